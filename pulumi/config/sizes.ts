/** Whether the lists of a configuration fit into the roles' policies. IAM refuses a policy that is too long, late in `pulumi up`. */

import type { Place } from "../names";
import type { Policy } from "../policies/document";

/** IAM's limit for a role's inline policies, all together, in characters without white space. */
export const ROLE_INLINE_MAX_CHARS = 10_240;

/** A region with a name as long as any. */
const LONG_REGION = "ap-northeast-99";

/** Where a stack may be, as long as any such place is written. */
export function longestPlace(deploymentId: string): Place {
  return { deploymentId, partition: "aws", region: LONG_REGION, account: "123456789012" };
}

/** A sentence for each role whose policy is too long, with the lists that it depends on. */
export function tooLong(
  namespace: string,
  policies: Readonly<Record<string, Policy>>,
  lists: Readonly<Record<string, readonly string[]>>,
): readonly string[] {
  const parts = Object.entries(lists)
    .filter(([, items]) => items.length > 0)
    .map(([key, items]) => `${namespace}:${key} (${items.length}, of ${items.join("").length} characters)`);
  return Object.entries(policies).flatMap(([role, policy]) => {
    const { length } = JSON.stringify(policy);
    if (length <= ROLE_INLINE_MAX_CHARS) return [];
    return `the policy of ${role} would have ${length} characters, and IAM takes ${ROLE_INLINE_MAX_CHARS}: shorten ${parts.join(" or ")}`;
  });
}
