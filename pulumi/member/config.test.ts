/** A member account's configuration. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigError } from "../config/reader";
import { readMemberConfig } from "./config";

const ENOUGH = { hubAccount: "111122223333", policyArns: '["arn:aws:iam::aws:policy/ReadOnlyAccess"]' };

test("a hub and something to grant are enough", () => {
  assert.equal(readMemberConfig(ENOUGH).roleName, "keylease-member");
});

test("nonsense is refused", () => {
  assert.throws(() => readMemberConfig({ ...ENOUGH, hubAccount: "1111" }), ConfigError);
  assert.throws(() => readMemberConfig({ hubAccount: "111122223333" }), /nothing can be granted/);
});
