/** The stack with nothing configured but what has to be: no subscribers of alarms, no secrets, no sessions, no members. */

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { PROGRAMS } from "../names";
import { declaredAlarms, documentedAlarms } from "./alarms";
import { type Graph, declare } from "./graph";

let graph: Graph;

before(async () => {
  graph = await declare("main", {
    sender: "keylease@example.com",
    policyArns: JSON.stringify(["arn:aws:iam::aws:policy/ReadOnlyAccess"]),
  });
});

test("alarms go to the topic, which waits for its subscribers", () => {
  assert.equal(graph.of("aws:sns/topic:Topic").length, 1);
  assert.deepEqual(graph.of("aws:sns/topicSubscription:TopicSubscription"), []);
  assert.deepEqual(graph.declared.filter(({ type }) => type.startsWith("aws:chatbot/")), []);
  assert.deepEqual(graph.of("aws:iam/role:Role").filter(({ name }) => name.includes("alarms")), []);
  const topic = graph.outputs["alarmTopicArn"];
  for (const { name, inputs } of graph.of("aws:cloudwatch/metricAlarm:MetricAlarm")) {
    assert.deepEqual(inputs["alarmActions"], [topic], name);
  }
});

test("the secrets are there, and empty", () => {
  assert.equal(graph.of("aws:secretsmanager/secret:Secret").length, 3);
  assert.deepEqual(graph.of("aws:secretsmanager/secretVersion:SecretVersion"), []);
});

test("neither AWS nor Pulumi deletes the tables", () => {
  const tables = graph.of("aws:dynamodb/table:Table");
  assert.equal(tables.length, 3);
  for (const { name, inputs, isProtected } of tables) {
    assert.equal(inputs["deletionProtectionEnabled"], true, name);
    assert.equal(isProtected, true, name);
  }
});

test("the sender's identity is made, and mail is sent as it alone", () => {
  const identities = graph.of("aws:sesv2/emailIdentity:EmailIdentity");
  assert.deepEqual(identities.map(({ inputs }) => inputs["emailIdentity"]), ["keylease@example.com"]);
  const policy: string = graph.named("aws:iam/rolePolicy:RolePolicy", "keylease-provision").inputs["policy"];
  assert.ok(policy.includes(":identity/keylease@example.com\""), policy);
  assert.ok(!policy.includes(":identity/*"), policy);
});

test("functions are for arm64, from where the packages are put, at the level info", () => {
  const functions = graph.of("aws:lambda/function:Function");
  assert.deepEqual(functions.map(({ name }) => name).sort(), PROGRAMS.map((program) => `keylease-${program}`).sort());
  for (const { name, inputs } of functions) {
    assert.deepEqual(inputs["architectures"], ["arm64"], name);
    assert.equal(inputs["environment"].variables.RUST_LOG, "info", name);
  }
});

test("nothing that is made has a deployment's id in its name but the default's own", () => {
  const { variables } = graph.named("aws:lambda/function:Function", "keylease-revoke").inputs["environment"];
  assert.equal(variables.DEPLOYMENT_ID, "keylease");
  assert.equal(variables.METRICS_NAMESPACE, "Keylease");
  assert.equal(graph.named("aws:iam/policy:Policy", "keylease-boundary").inputs["name"], "keylease-boundary");
});

test("sweeps come", () => {
  const states = graph.of("aws:scheduler/schedule:Schedule").map(({ inputs }) => inputs["state"]);
  assert.deepEqual(states, ["ENABLED", "ENABLED"]);
});

test("logs are kept for 90 days", () => {
  const groups = graph.of("aws:cloudwatch/logGroup:LogGroup");
  assert.deepEqual(groups.map(({ inputs }) => inputs["retentionInDays"]), PROGRAMS.map(() => 90));
});

test("no role may assume anything, for no role is configured", () => {
  for (const { name, inputs } of graph.of("aws:iam/rolePolicy:RolePolicy")) {
    assert.ok(!inputs["policy"].includes("sts:AssumeRole"), name);
    const written = JSON.parse(inputs["policy"]).Statement.filter(({ Action }: { Action: string[] }) => Action.includes("iam:PutRolePolicy"));
    for (const { Sid, Resource } of written) {
      assert.ok(Resource.every((arn: string) => arn.endsWith("/keylease/*")), `${name}: ${Sid}: only on the roles that it makes`);
    }
  }
});

test("an address has no records to be put into DNS", () => {
  assert.deepEqual(graph.outputs["dkimTokens"], []);
});

test("docs/metrics.md lists the alarms that there are, each as it is", () => {
  assert.deepEqual(declaredAlarms(graph), documentedAlarms("http-api"));
});
