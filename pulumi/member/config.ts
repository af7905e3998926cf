/** Reads a member account's configuration, or names every fault in it. */

import { DEPLOYMENT_ID, DEPLOYMENT_ID_IS, POLICY_ARN, ROLE_ARN } from "../config/read";
import { Reader } from "../config/reader";
import { longestPlace, tooLong } from "../config/sizes";
import { DEFAULT_DEPLOYMENT, type Deployment, memberRoleName } from "../names";
import { memberPolicy } from "../policies/member";
import type { Grantable } from "../policies/principals";

export interface MemberConfig extends Grantable, Deployment {
  /** The account that Keylease runs in, 12 digits. */
  readonly hubAccount: string;
  readonly roleName: string;
  readonly tags: Readonly<Record<string, string>>;
}

export function readMemberConfig(raw: Readonly<Record<string, string>>): MemberConfig {
  const from = new Reader("keylease-member", raw);
  const deploymentId = from.text("deploymentId", DEPLOYMENT_ID, DEPLOYMENT_ID_IS, DEFAULT_DEPLOYMENT);
  const config: MemberConfig = {
    deploymentId,
    hubAccount: from.text("hubAccount", /^\d{12}$/, "an account id of 12 digits"),
    roleName: from.text("roleName", /^[\w+=,.@-]{1,64}$/, "a role's name", memberRoleName({ deploymentId })),
    policyArns: from.list("policyArns", POLICY_ARN, "the ARN of a managed policy"),
    claimedRoles: from.flag("claimedRoles", false),
    sessionRoleArns: from.list("sessionRoleArns", ROLE_ARN, "the ARN of a role"),
    tags: from.map("tags"),
  };
  if (config.policyArns.length === 0 && config.sessionRoleArns.length === 0) {
    from.fault(
      "nothing can be granted: list managed policies in keylease-member:policyArns, or roles in " +
        "keylease-member:sessionRoleArns",
    );
  }
  const { policyArns, sessionRoleArns } = config;
  const policies = { [config.roleName]: memberPolicy(longestPlace(deploymentId), config) };
  for (const sentence of tooLong("keylease-member", policies, { policyArns, sessionRoleArns })) from.fault(sentence);
  from.finish();
  return config;
}
