/** What notify may do: its queue, the tables, Slack's token. Nothing of IAM. */

import { type Place, openIndexArn, tableArn } from "../names";
import { readSecrets, sendJobs, takeJobs, writeLogs } from "./common";
import { type Policy, allow, policy } from "./document";
import { type IdentityCenter, readIdentityCenter } from "./identity-center";

export function notifyPolicy(place: Place, may: { readonly identityCenter?: IdentityCenter | undefined } = {}): Policy {
  const projects = tableArn(place, "projects");
  const requests = tableArn(place, "requests");
  return policy(
    writeLogs(place, "notify"),
    readSecrets(place, ["SLACK_BOT_TOKEN"]),
    ...takeJobs(place, "notify"),
    sendJobs(place),
    // A refusal names the projects that there are.
    allow("ReadProjects", ["dynamodb:GetItem", "dynamodb:Scan"], [projects]),
    // What somebody has is found among the open requests.
    allow("FindOpenRequests", ["dynamodb:Query"], [openIndexArn(place)]),
    allow("KeepRequests", ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem"], [requests]),
    ...readIdentityCenter(place, may.identityCenter),
  );
}
