/** What provision may do: make the credentials that the stack's configuration allows, and undo them. */

import {
  type Place, CONFIGURATION_SET, SCHEDULER_ROLE, SCHEDULE_GROUP, TABLES,
  queueArn, queueName, regional, roleArn, tableArn,
} from "../names";
import { readSecrets, sendJobs, takeJobs, writeLogs } from "./common";
import { type Policy, type Statement, allow, policy } from "./document";
import { type Grantable, denySessions, handOutSessions, makeUsers, removeUsers } from "./users";

/** What provision's policy depends on. */
export interface Provisioning extends Grantable {
  /** Roles in member accounts. */
  readonly accountRoleArns: readonly string[];
  /** The address that credentials are sent from. */
  readonly sender: string;
  /** The SES identity that covers it. */
  readonly mailIdentity: string;
  /** Whether SES is in its sandbox still. */
  readonly mailSandbox: boolean;
}

export function provisionPolicy(place: Place, may: Provisioning): Policy {
  const tables = [tableArn(place, TABLES.projects), tableArn(place, TABLES.requests)];
  return policy(
    writeLogs(place, "provision"),
    readSecrets(place, ["SLACK_BOT_TOKEN"]),
    ...takeJobs(place, "provision"),
    sendJobs(place),
    // A schedule's target is named by its ARN, which is read from the queue.
    allow("FindRevokeQueue", ["sqs:GetQueueAttributes"], [queueArn(place, queueName("revoke"))]),
    allow("ReadTables", ["dynamodb:GetItem"], tables),
    allow("KeepRequests", ["dynamodb:PutItem"], [tableArn(place, TABLES.requests)]),
    ...arrangeEnds(place),
    ...makeUsers(place, may),
    ...removeUsers(place),
    handOutSessions(may),
    denySessions(may),
    allow("ActInMemberAccounts", ["sts:AssumeRole"], may.accountRoleArns),
    sendMail(place, may),
  );
}

function arrangeEnds(place: Place): readonly Statement[] {
  const schedules = regional(place, "scheduler", `schedule/${SCHEDULE_GROUP}/keylease-*`);
  const actions = ["scheduler:CreateSchedule", "scheduler:UpdateSchedule", "scheduler:DeleteSchedule"];
  const toScheduler = { StringEquals: { "iam:PassedToService": "scheduler.amazonaws.com" } };
  return [
    allow("ArrangeEnds", actions, [schedules]),
    allow("PassSchedulerRole", ["iam:PassRole"], [roleArn(place, SCHEDULER_ROLE)], toScheduler),
  ];
}

/** While SES is in its sandbox it also checks the identities of those who are written to. */
function sendMail(place: Place, may: Provisioning): Statement {
  const identity = may.mailSandbox ? "*" : may.mailIdentity;
  const resources = [
    regional(place, "ses", `identity/${identity}`),
    regional(place, "ses", `configuration-set/${CONFIGURATION_SET}`),
  ];
  return allow("SendMail", ["ses:SendEmail"], resources, { StringEquals: { "ses:FromAddress": may.sender } });
}
