/** What the ingress may do: put jobs on the queues, and read its own two secrets. */

import type { Place } from "../names";
import { readSecrets, sendJobs, writeLogs } from "./common";
import { type Policy, policy } from "./document";

export function ingressPolicy(place: Place): Policy {
  return policy(
    writeLogs(place, "ingress"),
    readSecrets(place, ["SLACK_SIGNING_SECRET", "WORKFLOW_TOKEN"]),
    sendJobs(place),
  );
}
