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

/** The roles of these ARNs, whichever account they are in. */
export function rolesTrust(roleArns: readonly string[]): Policy {
  return policy(trust({ AWS: roleArns }));
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
