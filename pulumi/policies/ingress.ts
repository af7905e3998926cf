/**
 * What the ingress may do: put jobs on the queues, look one claim up by its id, and read its three secrets: the bot's token is
 * what it opens forms with. It can neither list claims nor write one, and cannot open what is sealed in them.
 */

import { type Place, tableArn } from "../names";
import { readSecrets, sendJobs, writeLogs } from "./common";
import { type Policy, allow, policy } from "./document";

export function ingressPolicy(place: Place): Policy {
  return policy(
    writeLogs(place, "ingress"),
    readSecrets(place, ["SLACK_SIGNING_SECRET", "WORKFLOW_TOKEN", "SLACK_BOT_TOKEN"]),
    sendJobs(place),
    allow("ReadClaims", ["dynamodb:GetItem"], [tableArn(place, "claims")]),
  );
}
