/**
 * What the two workers may do in a member account, through its one role: the same limits as at home. Only a session of
 * provision makes anything; the role's trust keeps revoke from calling its session so.
 */

import { type Account, sessionName } from "../names";
import { type Policy, type Statement, policy } from "./document";
import { type Grantable, denySessions, denyPrincipals, handOutSessions, listPrincipals, makePrincipals, removePrincipals } from "./principals";

export function memberPolicy(account: Account, grantable: Grantable): Policy {
  return policy(
    ...makePrincipals(account, grantable).map(byProvision),
    denyPrincipals(account),
    ...removePrincipals(account),
    listPrincipals(),
    byProvision(handOutSessions(grantable)),
    denySessions(grantable),
  );
}

/** `aws:userid` is the role's id, a colon and the session's name. */
function byProvision(statement: Statement): Statement {
  const provision = { StringLike: { "aws:userid": `*:${sessionName("provision")}` } };
  return { ...statement, Condition: { ...statement.Condition, ...provision } };
}
