/** The stack with every key of its configuration set to something else than its default. */

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { PROGRAMS } from "../names";
import { SECRET_KEYS, readConfig } from "../config/read";
import { type Graph, declare } from "./graph";

const LEAST = {
  sender: "keylease@example.com",
  policyArns: JSON.stringify(["arn:aws:iam::aws:policy/ReadOnlyAccess"]),
};
const SESSION_ROLE = "arn:aws:iam::111122223333:role/payments-power";
const MEMBER_ROLE = "arn:aws:iam::444455556666:role/keylease-member";
const EVERYTHING = {
  packages: "../target/elsewhere",
  architecture: "x86_64",
  sender: "keylease@mail.example.org",
  mailIdentity: "example.org",
  createMailIdentity: "false",
  mailSandbox: "true",
  ingress: "function-url",
  policyArns: JSON.stringify(["arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"]),
  sessionRoleArns: JSON.stringify([SESSION_ROLE]),
  accountRoleArns: JSON.stringify([MEMBER_ROLE]),
  minDuration: "30m",
  pendingTtl: "8h",
  alarmEmail: "oncall@example.org",
  alarmSlackWorkspaceId: "T0123456789",
  alarmSlackChannelId: "C0123456789",
  logRetentionDays: "400",
  logLevel: "info,aws=warn",
  deletionProtection: "false",
  tags: JSON.stringify({ team: "platform", "cost-centre": "42" }),
};
const SECRETS = {
  slackSigningSecret: "0123456789abcdef0123456789abcdef",
  workflowToken: "a-token-of-at-least-32-characters-",
  slackBotToken: "xoxb-not-to-be-seen",
};
let graph: Graph;

before(async () => {
  graph = await declare("main", EVERYTHING, SECRETS);
});

const policyOf = (role: string): string => graph.named("aws:iam/rolePolicy:RolePolicy", role).inputs["policy"];

test("there is no key that this file leaves out", () => {
  const secrets = new Set<string>(SECRET_KEYS);
  const read = (raw: Record<string, string>): [string, unknown][] => Object.entries(readConfig(raw, secrets));
  const defaults = new Map(read(LEAST));
  for (const [key, value] of read({ ...EVERYTHING, ...SECRETS })) assert.notDeepEqual(value, defaults.get(key), key);
  assert.deepEqual(Object.keys(SECRETS), [...SECRET_KEYS]);
});

test("the tables may be deleted", () => {
  for (const { name, inputs, isProtected } of graph.of("aws:dynamodb/table:Table")) {
    assert.equal(inputs["deletionProtectionEnabled"], false, name);
    assert.equal(isProtected, false, name);
  }
});

test("an identity that is there already is not made again", () => {
  assert.deepEqual(graph.of("aws:sesv2/emailIdentity:EmailIdentity"), []);
  assert.deepEqual(graph.outputs["dkimTokens"], []);
});

test("in SES's sandbox recipients' identities count too, and the sender stays the one", () => {
  const send = JSON.parse(policyOf("keylease-provision")).Statement.find(({ Sid }: { Sid: string }) => Sid === "SendMail");
  assert.ok(send.Resource.includes("arn:aws:ses:eu-central-1:111122223333:identity/*"), send.Resource);
  assert.deepEqual(send.Condition, { StringEquals: { "ses:FromAddress": "keylease@mail.example.org" } });
});

test("who is told of alarms: an address, and a channel that may do nothing", () => {
  const [subscription, ...others] = graph.of("aws:sns/topicSubscription:TopicSubscription");
  assert.deepEqual(others, []);
  assert.equal(subscription?.inputs["protocol"], "email");
  assert.equal(subscription?.inputs["endpoint"], "oncall@example.org");
  assert.equal(subscription?.inputs["topic"], graph.outputs["alarmTopicArn"]);
  const [channel] = graph.of("aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration");
  assert.equal(channel?.inputs["slackTeamId"], "T0123456789");
  assert.equal(channel?.inputs["slackChannelId"], "C0123456789");
  assert.deepEqual(channel?.inputs["snsTopicArns"], [graph.outputs["alarmTopicArn"]]);
  const policies = graph.of("aws:iam/rolePolicy:RolePolicy").map(({ inputs }) => inputs["role"]);
  assert.ok(!policies.includes("keylease-alarms"), "its role has no policy");
});

test("functions are what the configuration says", async () => {
  for (const program of PROGRAMS) {
    const { inputs } = graph.named("aws:lambda/function:Function", `keylease-${program}`);
    assert.deepEqual(inputs["architectures"], ["x86_64"], program);
    assert.equal(await inputs["code"].path, `../target/elsewhere/${program}.zip`);
    assert.equal(inputs["environment"].variables.RUST_LOG, "info,aws=warn", program);
    const { retentionInDays } = graph.named("aws:cloudwatch/logGroup:LogGroup", `keylease-${program}`).inputs;
    assert.equal(retentionInDays, 400, program);
  }
});

test("the programs and the operator go by the same times and the same sender", () => {
  const provision = graph.named("aws:lambda/function:Function", "keylease-provision").inputs["environment"].variables;
  for (const variables of [provision, graph.outputs["operatorVariables"]]) {
    assert.equal(variables.MIN_DURATION, "30m");
    assert.equal(variables.PENDING_TTL, "8h");
    assert.equal(variables.SES_FROM_ADDRESS, "keylease@mail.example.org");
  }
});

test("provision hands sessions out, and both workers act in the member account", () => {
  const provision = policyOf("keylease-provision");
  assert.ok(provision.includes(SESSION_ROLE) && provision.includes(MEMBER_ROLE), provision);
  assert.ok(provision.includes("policy/job-function/ViewOnlyAccess"), provision);
  const assumes = JSON.parse(policyOf("keylease-revoke")).Statement
    .filter(({ Action }: { Action: string[] }) => Action.includes("sts:AssumeRole"))
    .flatMap(({ Resource }: { Resource: string[] }) => Resource);
  assert.deepEqual(assumes, [MEMBER_ROLE]);
  for (const role of ["keylease-ingress", "keylease-notify"]) {
    assert.ok(!policyOf(role).includes("sts:"), role);
  }
});

test("each secret has its own value, marked secret, and no output or other resource has it", () => {
  for (const value of Object.values(SECRETS)) {
    const holding = graph.declared.filter(({ inputs }) => JSON.stringify(inputs).includes(value));
    assert.deepEqual(holding.map(({ type }) => type), ["aws:secretsmanager/secretVersion:SecretVersion"]);
    assert.ok(!JSON.stringify(graph.outputs).includes(value));
  }
  const version = graph.named("aws:secretsmanager/secretVersion:SecretVersion", "keylease/workflow-token");
  assert.ok(JSON.stringify(version.inputs).includes(SECRETS.workflowToken));
});

test("every tag is on everything that takes tags", () => {
  const tagged = graph.declared.filter(({ inputs }) => inputs["tags"] !== undefined);
  assert.ok(tagged.length > 30, `${tagged.length}`);
  for (const { name, inputs } of tagged) {
    assert.deepEqual(inputs["tags"], { application: "keylease", team: "platform", "cost-centre": "42" }, name);
  }
});
