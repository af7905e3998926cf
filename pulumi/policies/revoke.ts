/** What revoke may do: take access away. It can make no user, no role and no key, and attach nothing but a denial. */

import { type Place, openIndexArn, regional, scheduleGroupName, tableArn } from "../names";
import { readSecrets, sendJobs, takeJobs, writeLogs } from "./common";
import { type Policy, allow, policy } from "./document";
import { type IdentityCenter, readIdentityCenter, takeAccess } from "./identity-center";
import { type Grantable, denySessions, denyPrincipals, listPrincipals, removePrincipals } from "./principals";

/** What revoke's policy depends on. */
export interface Revoking extends Pick<Grantable, "sessionRoleArns"> {
  /** Roles in member accounts. */
  readonly accountRoleArns: readonly string[];
  readonly identityCenter?: IdentityCenter | undefined;
}

export function revokePolicy(place: Place, may: Revoking): Policy {
  const tables = [tableArn(place, "projects"), tableArn(place, "requests")];
  const schedules = regional(place, "scheduler", `schedule/${scheduleGroupName(place)}/keylease-*`);
  return policy(
    writeLogs(place, "revoke"),
    readSecrets(place, ["SLACK_BOT_TOKEN"]),
    ...takeJobs(place, "revoke"),
    sendJobs(place),
    // A sweep finds what may be overdue by the index, and looks at requests whole once a day; it reads projects whole, for
    // the accounts to look into.
    allow("ReadTables", ["dynamodb:GetItem", "dynamodb:Scan"], tables),
    allow("FindOpenRequests", ["dynamodb:Query"], [openIndexArn(place)]),
    allow("KeepRequests", ["dynamodb:BatchGetItem", "dynamodb:PutItem"], [tableArn(place, "requests")]),
    allow("RemoveSchedules", ["scheduler:DeleteSchedule"], [schedules]),
    listPrincipals(),
    denyPrincipals(place),
    ...removePrincipals(place),
    denySessions({ policyArns: [], sessionRoleArns: may.sessionRoleArns }),
    allow("ActInMemberAccounts", ["sts:AssumeRole"], may.accountRoleArns),
    ...readIdentityCenter(place, may.identityCenter),
    ...takeAccess(place, may.identityCenter),
  );
}
