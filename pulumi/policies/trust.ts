/** Who may assume the stack's roles. */

import type { Place } from "../names";
import { type Conditions, type Policy, type Statement, policy } from "./document";

/** Lambda, for the functions. */
export function lambdaTrust(): Policy {
  return policy(trust({ Service: "lambda.amazonaws.com" }));
}

/** EventBridge Scheduler, on behalf of this account only. */
export function schedulerTrust(place: Place): Policy {
  const account = { StringEquals: { "aws:SourceAccount": place.account } };
  return policy(trust({ Service: "scheduler.amazonaws.com" }, account));
}

/**
 * The two workers' roles in the hub account, each under its own session name: by that name the role's policy tells them
 * apart, so neither may use the other's.
 */
export function workersTrust(workers: readonly { readonly roleArn: string; readonly sessionName: string }[]): Policy {
  return policy(...workers.map(({ roleArn, sessionName }, index) => ({
    ...trust({ AWS: [roleArn] }, { StringEquals: { "sts:RoleSessionName": sessionName } }),
    Sid: `Assume${index + 1}`,
  })));
}

function trust(principal: Readonly<Record<string, string | readonly string[]>>, condition?: Conditions): Statement {
  const statement = {
    Sid: "Assume",
    Effect: "Allow" as const,
    Principal: principal,
    Action: ["sts:AssumeRole"],
  };
  return condition === undefined ? statement : { ...statement, Condition: condition };
}
