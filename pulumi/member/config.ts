/** Reads a member account's configuration, or names every fault in it. */

import { POLICY_ARN, ROLE_ARN } from "../config/read";
import { Reader } from "../config/reader";
import { MEMBER_ROLE } from "../names";
import type { Grantable } from "../policies/users";

export interface MemberConfig extends Grantable {
  /** The account that Keylease runs in, 12 digits. */
  readonly hubAccount: string;
  readonly roleName: string;
  readonly tags: Readonly<Record<string, string>>;
}

export function readMemberConfig(raw: Readonly<Record<string, string>>): MemberConfig {
  const from = new Reader("keylease-member", raw);
  const config: MemberConfig = {
    hubAccount: from.text("hubAccount", /^\d{12}$/, "an account id of 12 digits"),
    roleName: from.text("roleName", /^[\w+=,.@-]{1,64}$/, "a role's name", MEMBER_ROLE),
    policyArns: from.list("policyArns", POLICY_ARN, "the ARN of a managed policy"),
    sessionRoleArns: from.list("sessionRoleArns", ROLE_ARN, "the ARN of a role"),
    tags: from.map("tags"),
  };
  if (config.policyArns.length === 0 && config.sessionRoleArns.length === 0) {
    from.fault(
      "nothing can be granted: list managed policies in keylease-member:policyArns, or roles in " +
        "keylease-member:sessionRoleArns",
    );
  }
  from.finish();
  return config;
}
