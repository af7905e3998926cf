/** The stack with every key of its configuration set to something else than its default. */

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { PROGRAMS, WORKERS } from "../names";
import { SECRET_KEYS, readConfig } from "../config/read";
import { type Graph, declare } from "./graph";

const LEAST = {
  sender: "keylease@example.com",
  policyArns: JSON.stringify(["arn:aws:iam::aws:policy/ReadOnlyAccess"]),
};
const SESSION_ROLE = "arn:aws:iam::111122223333:role/payments-power";
const MEMBER_ROLE = "arn:aws:iam::444455556666:role/keylease-member";
const EVERYTHING = {
  deploymentId: "staging",
  packages: "../target/elsewhere",
  architecture: "x86_64",
  sender: "keylease@mail.example.org",
  mailIdentity: "example.org",
  createMailIdentity: "false",
  mailSandbox: "true",
  claimedRoles: "true",
  mailFromDomain: "bounces.example.org",
  workerConcurrency: "2",
  sweeps: "false",
  ingress: "function-url",
  policyArns: JSON.stringify(["arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"]),
  sessionRoleArns: JSON.stringify([SESSION_ROLE]),
  accountRoleArns: JSON.stringify([MEMBER_ROLE]),
  identityCenterInstanceArn: "arn:aws:sso:::instance/ssoins-72231a2b3c4d5e6f",
  identityStoreId: "d-9067a1b2c3",
  identityCenterAccount: "444455556666",
  identityCenterRegion: "eu-west-1",
  identityCenterPortalUrl: "https://example.awsapps.com/start",
  permissionSetArns: JSON.stringify(["arn:aws:sso:::permissionSet/ssoins-72231a2b3c4d5e6f/ps-1a2b3c4d5e6f7a8b"]),
  assignedAccountIds: JSON.stringify(["111122223333"]),
  accountAccessApplicationArn: "arn:aws:account-access:eu-west-1:444455556666:application/aam-1a2b3c4d",
  groupIds: JSON.stringify(["90677e3a-1011-70f2-4a45-2b3c4d5e6f70"]),
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

test("everything has the deployment's name, and no name that the default deployment has", () => {
  const NAMES = ["name", "configurationSetName", "dashboardName", "configurationName"];
  const named = graph.declared.flatMap(({ inputs }) => NAMES.map((key) => inputs[key]).filter((name) => name !== undefined));
  assert.ok(named.length > 50, `${named.length}`);
  // A stage is of its API, a schedule of its group.
  const ofAnother = ["$default", "sweep", "sweep-all"];
  for (const name of named.filter((name) => !ofAnother.includes(name))) assert.match(name, /keylease-staging/);
});

test("the programs and the operator are told which deployment they are, and where its metrics are", () => {
  for (const worker of WORKERS) {
    const { variables } = graph.named("aws:lambda/function:Function", `keylease-staging-${worker}`).inputs["environment"];
    assert.equal(variables.DEPLOYMENT_ID, "staging", worker);
    assert.equal(variables.IDENTITY_STORE_ID, "d-9067a1b2c3", worker);
    assert.equal(variables.IDENTITY_CENTER_REGION, "eu-west-1", worker);
    assert.equal(variables.SCHEDULER_GROUP, "keylease-staging", worker);
  }
  for (const program of PROGRAMS) {
    const { variables } = graph.named("aws:lambda/function:Function", `keylease-staging-${program}`).inputs["environment"];
    assert.equal(variables.METRICS_NAMESPACE, "Keylease/staging", program);
  }
  assert.equal(graph.outputs["operatorVariables"].DEPLOYMENT_ID, "staging");
  const own = graph.of("aws:cloudwatch/metricAlarm:MetricAlarm").map(({ inputs }) => inputs["namespace"] ?? "AWS/Events");
  assert.deepEqual(own.filter((namespace) => !namespace.startsWith("AWS/") && namespace !== "Keylease/staging"), []);
});

test("sweeps are off until somebody turns them on, and nobody is told that none comes", () => {
  const states = graph.of("aws:scheduler/schedule:Schedule").map(({ inputs }) => inputs["state"]);
  assert.deepEqual(states, ["DISABLED", "DISABLED"]);
  const missing = graph.named("aws:cloudwatch/metricAlarm:MetricAlarm", "keylease-staging-sweep-missing").inputs;
  assert.equal(missing["actionsEnabled"], false);
});

test("the workers leave functions to the ingress in an account that has ten", () => {
  const sources = graph.of("aws:lambda/eventSourceMapping:EventSourceMapping");
  assert.deepEqual(sources.map(({ inputs }) => inputs["scalingConfig"].maximumConcurrency), [2, 2, 2]);
});

test("bounces go to a domain of the sender's", () => {
  const [from, ...others] = graph.of("aws:sesv2/emailIdentityMailFromAttributes:EmailIdentityMailFromAttributes");
  assert.deepEqual(others, []);
  assert.equal(from?.inputs["emailIdentity"], "example.org");
  assert.equal(from?.inputs["mailFromDomain"], "bounces.example.org");
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
  const send = JSON.parse(policyOf("keylease-staging-provision")).Statement.find(({ Sid }: { Sid: string }) => Sid === "SendMail");
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
  assert.ok(!policies.includes("keylease-staging-alarms"), "its role has no policy");
});

test("functions are what the configuration says", async () => {
  for (const program of PROGRAMS) {
    const { inputs } = graph.named("aws:lambda/function:Function", `keylease-staging-${program}`);
    assert.deepEqual(inputs["architectures"], ["x86_64"], program);
    assert.equal(await inputs["code"].path, `../target/elsewhere/${program}.zip`);
    assert.equal(inputs["environment"].variables.RUST_LOG, "info,aws=warn", program);
    const { retentionInDays } = graph.named("aws:cloudwatch/logGroup:LogGroup", `keylease-staging-${program}`).inputs;
    assert.equal(retentionInDays, 400, program);
  }
});

test("the programs and the operator go by the same times and the same sender", () => {
  const provision = graph.named("aws:lambda/function:Function", "keylease-staging-provision").inputs["environment"].variables;
  for (const variables of [provision, graph.outputs["operatorVariables"]]) {
    assert.equal(variables.MIN_DURATION, "30m");
    assert.equal(variables.PENDING_TTL, "8h");
    assert.equal(variables.SES_FROM_ADDRESS, "keylease@mail.example.org");
  }
});

test("provision hands sessions out, and both workers act in the member account", () => {
  const provision = policyOf("keylease-staging-provision");
  assert.ok(provision.includes(SESSION_ROLE) && provision.includes(MEMBER_ROLE), provision);
  assert.ok(provision.includes("policy/job-function/ViewOnlyAccess"), provision);
  const assumes = JSON.parse(policyOf("keylease-staging-revoke")).Statement
    .filter(({ Action }: { Action: string[] }) => Action.includes("sts:AssumeRole"))
    .flatMap(({ Resource }: { Resource: string[] }) => Resource);
  assert.deepEqual(assumes, [MEMBER_ROLE]);
  for (const role of ["keylease-staging-ingress", "keylease-staging-notify"]) {
    assert.ok(!policyOf(role).includes("sts:"), role);
  }
});

test("each secret has its own value, marked secret, and no output or other resource has it", () => {
  for (const value of Object.values(SECRETS)) {
    const holding = graph.declared.filter(({ inputs }) => JSON.stringify(inputs).includes(value));
    assert.deepEqual(holding.map(({ type }) => type), ["aws:secretsmanager/secretVersion:SecretVersion"]);
    assert.ok(!JSON.stringify(graph.outputs).includes(value));
  }
  const version = graph.named("aws:secretsmanager/secretVersion:SecretVersion", "keylease-staging/workflow-token");
  assert.ok(JSON.stringify(version.inputs).includes(SECRETS.workflowToken));
});

test("every tag is on everything that takes tags", () => {
  const tagged = graph.declared.filter(({ inputs }) => inputs["tags"] !== undefined);
  assert.ok(tagged.length > 30, `${tagged.length}`);
  for (const { name, inputs } of tagged) {
    assert.deepEqual(inputs["tags"], { application: "keylease", team: "platform", "cost-centre": "42" }, name);
  }
});
