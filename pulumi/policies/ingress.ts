/** What the ingress may do: put jobs on the queues, and read its three secrets: the bot's token is what it opens forms with. */

import type { Place } from "../names";
import { readSecrets, sendJobs, writeLogs } from "./common";
import { type Policy, policy } from "./document";

export function ingressPolicy(place: Place): Policy {
  return policy(
    writeLogs(place, "ingress"),
    readSecrets(place, ["SLACK_SIGNING_SECRET", "WORKFLOW_TOKEN", "SLACK_BOT_TOKEN"]),
    sendJobs(place),
  );
}
