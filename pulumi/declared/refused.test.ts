/** Configurations that make no sense: both stacks say each fault, and declare nothing. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { refusal } from "./graph";

const READ_ONLY = JSON.stringify(["arn:aws:iam::aws:policy/ReadOnlyAccess"]);

test("the stack says every fault at once, by the key's whole name", () => {
  const { message } = refusal("main", { sender: "keylease@example.com", ingress: "carrier-pigeon" });
  assert.match(message, /keylease:ingress is `carrier-pigeon`/);
  assert.match(message, /nothing can be granted/);
});

test("the stack takes no secret in clear", () => {
  const config = { sender: "keylease@example.com", policyArns: READ_ONLY, slackBotToken: "xoxb-not-to-be-seen" };
  const { message } = refusal("main", config);
  assert.match(message, /keylease:slackBotToken is in clear/);
  assert.ok(!message.includes("not-to-be-seen"));
});

test("a member account's stack needs the hub's account, and something to grant", () => {
  assert.match(refusal("member", { policyArns: READ_ONLY }).message, /keylease-member:hubAccount is missing/);
  assert.match(refusal("member", { hubAccount: "111122223333" }).message, /nothing can be granted/);
});

test("a member account's stack takes no settings of the main one", () => {
  const config = { hubAccount: "111122223333", policyArns: READ_ONLY, accountRoleArns: "[]", role: "mine" };
  const { message } = refusal("member", config);
  assert.match(message, /keylease-member:accountRoleArns is not a setting/);
  assert.match(message, /keylease-member:role is not a setting; there are .*roleName/);
});
