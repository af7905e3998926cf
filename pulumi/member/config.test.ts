/** A member account's configuration. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigError } from "../config/reader";
import { readMemberConfig } from "./config";

const ENOUGH = { hubAccount: "111122223333", policyArns: '["arn:aws:iam::aws:policy/ReadOnlyAccess"]' };

test("a hub and something to grant are enough", () => {
  assert.equal(readMemberConfig(ENOUGH).roleName, "keylease-member");
  assert.equal(readMemberConfig({ ...ENOUGH, deploymentId: "staging" }).roleName, "keylease-staging-member");
});

test("a list that does not fit into the role's policy is named", () => {
  const roles = Array.from({ length: 90 }, (_, index) => `arn:aws:iam::444455556666:role/a-team-and-its-power-${index + 10}`);
  const config = { ...ENOUGH, sessionRoleArns: JSON.stringify(roles) };
  assert.throws(() => readMemberConfig(config), /policy of keylease-member would have .*keylease-member:sessionRoleArns \(90,/);
});

test("nonsense is refused", () => {
  assert.throws(() => readMemberConfig({ ...ENOUGH, hubAccount: "1111" }), ConfigError);
  assert.throws(() => readMemberConfig({ ...ENOUGH, deploymentId: "Staging one" }), /keylease-member:deploymentId/);
  assert.throws(() => readMemberConfig({ hubAccount: "111122223333" }), /nothing can be granted/);
});
