/** What provision may do: make the credentials that the stack's configuration allows, and undo them. */

import {
  type Place, configurationSetName, queueArn, queueName, regional, roleArn, scheduleGroupName, schedulerRoleName,
  tableArn,
} from "../names";
import { readSecrets, sendJobs, takeJobs, writeLogs } from "./common";
import { type Policy, type Statement, allow, policy } from "./document";
import { type IdentityCenter, giveAccess, readIdentityCenter, takeAccess } from "./identity-center";
import { type Grantable, makeSessions, makePrincipals, removePrincipals } from "./principals";

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
  readonly identityCenter?: IdentityCenter | undefined;
}

export function provisionPolicy(place: Place, may: Provisioning): Policy {
  return policy(
    writeLogs(place, "provision"),
    readSecrets(place, ["SLACK_BOT_TOKEN"]),
    ...takeJobs(place, "provision"),
    sendJobs(place),
    // A schedule's target is named by its ARN, which is read from the queue.
    allow("FindRevokeQueue", ["sqs:GetQueueAttributes"], [queueArn(place, queueName(place, "revoke"))]),
    allow("ReadProjects", ["dynamodb:GetItem"], [tableArn(place, "projects")]),
    // Every job about a claim is its own: it seals the credential, and closes the claim when the grant is over.
    allow("KeepRecords", ["dynamodb:GetItem", "dynamodb:PutItem"], [tableArn(place, "requests"), tableArn(place, "claims")]),
    ...arrangeEnds(place),
    ...makePrincipals(place, may),
    ...removePrincipals(place),
    makeSessions(may),
    allow("ActInMemberAccounts", ["sts:AssumeRole"], may.accountRoleArns),
    sendMail(place, may),
    ...readIdentityCenter(place, may.identityCenter),
    ...giveAccess(place, may.identityCenter),
    ...takeAccess(place, may.identityCenter),
  );
}

function arrangeEnds(place: Place): readonly Statement[] {
  const schedules = regional(place, "scheduler", `schedule/${scheduleGroupName(place)}/keylease-*`);
  const actions = ["scheduler:CreateSchedule", "scheduler:UpdateSchedule", "scheduler:DeleteSchedule"];
  const toScheduler = { StringEquals: { "iam:PassedToService": "scheduler.amazonaws.com" } };
  return [
    allow("ArrangeEnds", actions, [schedules]),
    allow("PassSchedulerRole", ["iam:PassRole"], [roleArn(place, schedulerRoleName(place))], toScheduler),
  ];
}

/** While SES is in its sandbox it also checks the identities of those who are written to. */
function sendMail(place: Place, may: Provisioning): Statement {
  const identities = may.mailSandbox ? ["*"] : covering(may.sender, may.mailIdentity);
  const resources = [
    ...identities.map((identity) => regional(place, "ses", `identity/${identity}`)),
    regional(place, "ses", `configuration-set/${configurationSetName(place)}`),
  ];
  return allow("SendMail", ["ses:SendEmail"], resources, { StringEquals: { "ses:FromAddress": may.sender } });
}

/**
 * What SES may check for a sender: of the identities that the account has, the one that is nearest to the address, from the
 * address itself through its domain to the identity that is configured.
 */
export function covering(sender: string, mailIdentity: string): readonly string[] {
  const labels = (sender.split("@")[1] ?? "").split(".");
  const domains = labels.map((_, index) => labels.slice(index).join("."));
  const last = domains.indexOf(mailIdentity);
  return [sender, ...domains.slice(0, last + 1)];
}
