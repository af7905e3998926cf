/** What the two workers may do in a member account, through its role: the same limits as at home. */

import { type Place } from "../names";
import { type Policy, policy } from "./document";
import { type Grantable, denySessions, handOutSessions, listUsers, makeUsers, removeUsers, denyUsers } from "./users";

export function memberPolicy(account: Pick<Place, "partition" | "account">, grantable: Grantable): Policy {
  return policy(
    ...makeUsers(account, grantable),
    denyUsers(account),
    ...removeUsers(account),
    listUsers(),
    handOutSessions(grantable),
    denySessions(grantable),
  );
}
