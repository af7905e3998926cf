/** The stack's configuration: what is read, and that nonsense is refused with a sentence for each fault. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { readConfig } from "./read";
import { ConfigError } from "./reader";

const ENOUGH = {
  sender: "keylease@example.com",
  policyArns: JSON.stringify(["arn:aws:iam::aws:policy/ReadOnlyAccess"]),
};

function faults(raw: Record<string, string>, ...secrets: string[]): readonly string[] {
  try {
    readConfig(raw, new Set(secrets));
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.faults;
  }
  return [];
}

test("a sender and something to grant are enough", () => {
  const config = readConfig(ENOUGH, new Set());
  assert.equal(config.mailIdentity, "keylease@example.com");
  assert.equal(config.ingress, "http-api");
  assert.equal(config.architecture, "arm64");
  assert.equal(config.packages, "../target/package/arm64", "where cargo xtask package puts the zips");
  assert.equal(config.deletionProtection, true);
  assert.equal(config.logRetentionDays, 90);
  assert.deepEqual(config.policyArns, ["arn:aws:iam::aws:policy/ReadOnlyAccess"]);
});

test("every fault is told at once", () => {
  assert.deepEqual(faults({ ...ENOUGH, sender: "nobody", ingress: "carrier-pigeon", logRetentionDays: "91" }), [
    "keylease:sender is `nobody`, which is not an email address like keylease@example.com",
    "keylease:ingress is `carrier-pigeon`; it must be one of http-api, function-url",
    "keylease:logRetentionDays is `91`; it must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, " +
      "731, 1096, 1827, 2192, 2557, 2922, 3288, 3653",
  ]);
});

test("a missing sender is named", () => {
  assert.deepEqual(faults({ policyArns: ENOUGH.policyArns }), [
    "keylease:sender is missing; set it to an email address like keylease@example.com",
  ]);
});

test("a key that nothing reads is refused, for it may be a slip of the pen", () => {
  const [fault] = faults({ ...ENOUGH, policyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess" });
  assert.match(fault ?? "", /^keylease:policyArn is not a setting; there are .*policyArns/);
});

test("lists hold ARNs, each once", () => {
  const policy = "arn:aws:iam::aws:policy/ReadOnlyAccess";
  assert.deepEqual(faults({ ...ENOUGH, policyArns: JSON.stringify([policy, policy, "ReadOnlyAccess", "*"]) }), [
    "keylease:policyArns lists `ReadOnlyAccess`, which is not the ARN of a managed policy",
    "keylease:policyArns lists `*`, which is not the ARN of a managed policy",
    `keylease:policyArns lists \`${policy}\` twice`,
  ]);
  assert.deepEqual(faults({ ...ENOUGH, sessionRoleArns: '"arn:aws:iam::111122223333:role/a"' }), [
    "keylease:sessionRoleArns is not a list",
  ]);
  assert.deepEqual(faults({ ...ENOUGH, sessionRoleArns: "[" }), ["keylease:sessionRoleArns is not a list"]);
  const wildcard = JSON.stringify(["arn:aws:iam::111122223333:role/*"]);
  assert.equal(faults({ ...ENOUGH, sessionRoleArns: wildcard }).length, 1, "a list names roles, not kinds of roles");
});

test("the identity covers the sender", () => {
  assert.deepEqual(faults({ ...ENOUGH, mailIdentity: "example.com" }), []);
  assert.deepEqual(faults({ ...ENOUGH, sender: "k@mail.example.com", mailIdentity: "example.com" }), []);
  assert.deepEqual(faults({ ...ENOUGH, mailIdentity: "ample.com" }), [
    "keylease:mailIdentity ample.com does not cover keylease:sender keylease@example.com",
  ]);
});

test("a domain for bounces is under the identity's, which is a domain", () => {
  const at = (mailFromDomain: string, mailIdentity = "example.com"): readonly string[] =>
    faults({ ...ENOUGH, mailIdentity, mailFromDomain });
  assert.deepEqual(at("bounces.example.com"), []);
  for (const [domain, identity] of [["bounces.example.org"], ["example.com"], ["bounces.example.com", ENOUGH.sender]] as const) {
    assert.equal(at(domain, identity).length, 1, `${domain} ${identity}`);
  }
});

test("a deployment's id fits into every name, and a number is one", () => {
  const told = faults({ ...ENOUGH, deploymentId: "Staging.1", workerConcurrency: "1" });
  assert.deepEqual(told, [
    "keylease:deploymentId is `Staging.1`, which is not 1 to 32 of a-z, 0-9 and `-`",
    "keylease:workerConcurrency is `1`; it must be a whole number from 2 to 1000",
  ]);
  for (const workerConcurrency of ["1001", "2.5", "many", "-2"]) {
    assert.equal(faults({ ...ENOUGH, workerConcurrency }).length, 1, workerConcurrency);
  }
});

test("lists that do not fit into a role's policy are named, with how long they are", () => {
  const roles = (count: number): string =>
    JSON.stringify(Array.from({ length: count }, (_, index) => `arn:aws:iam::111122223333:role/a-team-and-its-power-${index + 10}`));
  assert.deepEqual(faults({ ...ENOUGH, sessionRoleArns: roles(70) }), []);
  const [fault, ...others] = faults({ ...ENOUGH, sessionRoleArns: roles(100) });
  assert.deepEqual(others, []);
  assert.match(fault ?? "", /^the policy of provision would have \d+ characters, and IAM takes 10240: shorten /);
  assert.match(fault ?? "", /keylease:policyArns \(1, of 38 characters\) or keylease:sessionRoleArns \(100, of \d+ characters\)$/);
});

test("something can be granted", () => {
  assert.match(faults({ sender: ENOUGH.sender })[0] ?? "", /^nothing can be granted/);
});

test("a secret in clear is refused, and never shown", () => {
  const token = { ...ENOUGH, slackBotToken: "xoxb-very-secret" };
  assert.deepEqual(faults(token, "slackBotToken"), []);
  const [fault] = faults(token);
  assert.equal(
    fault,
    "keylease:slackBotToken is in clear; set it with: pulumi config set --secret keylease:slackBotToken",
  );
  const malformed = faults({ ...ENOUGH, slackBotToken: "hunter2" }, "slackBotToken");
  assert.deepEqual(malformed, ["keylease:slackBotToken must be a token that begins with xoxb-"]);
});

test("Slack alarms need both ids", () => {
  assert.equal(faults({ ...ENOUGH, alarmSlackChannelId: "C0123456789" }).length, 1);
  assert.deepEqual(faults({ ...ENOUGH, alarmSlackChannelId: "C0123456789", alarmSlackWorkspaceId: "T0123456789" }), []);
});
