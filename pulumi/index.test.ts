/** The declared graph, under mocks that make nothing: what is there, and how it hangs together. */

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { type Graph, declare } from "./declared/graph";

const SECRET = "xoxb-not-to-be-seen";
let declared: Graph["declared"];
let outputs: Graph["outputs"];
let of: Graph["of"];
let named: Graph["named"];

before(async () => {
  const config = {
    sender: "keylease@example.com",
    policyArns: JSON.stringify(["arn:aws:iam::aws:policy/ReadOnlyAccess"]),
    alarmEmail: "oncall@example.com",
    alarmSlackWorkspaceId: "T0123456789",
    alarmSlackChannelId: "C0123456789",
    tags: JSON.stringify({ team: "platform" }),
  };
  ({ declared, outputs, of, named } = await declare("main", config, { slackBotToken: SECRET }));
});

test("each queue has its DLQ, and a visibility no shorter than its function's timeout", () => {
  for (const worker of ["notify", "provision", "revoke"]) {
    const { inputs } = named("aws:sqs/queue:Queue", `keylease-${worker}`);
    const redrive = JSON.parse(inputs["redrivePolicy"]);
    assert.equal(redrive.deadLetterTargetArn, `arn:aws:test:eu-central-1:111122223333:keylease-${worker}-dlq`);
    const { timeout } = named("aws:lambda/function:Function", `keylease-${worker}`).inputs;
    assert.ok(inputs["visibilityTimeoutSeconds"] >= timeout, worker);
  }
});

test("every event source names failed jobs, and bounds how many functions run", () => {
  const sources = of("aws:lambda/eventSourceMapping:EventSourceMapping");
  assert.equal(sources.length, 3);
  for (const { inputs } of sources) {
    assert.deepEqual(inputs["functionResponseTypes"], ["ReportBatchItemFailures"]);
    assert.ok(inputs["scalingConfig"].maximumConcurrency >= 2);
  }
});

test("the tables are protected, encrypted and on demand, and those that are a memory can be restored to any second", () => {
  for (const { inputs } of of("aws:dynamodb/table:Table")) {
    assert.equal(inputs["billingMode"], "PAY_PER_REQUEST");
    assert.equal(inputs["deletionProtectionEnabled"], true);
    assert.equal(inputs["serverSideEncryption"].enabled, true);
    assert.equal(inputs["pointInTimeRecovery"].enabled, inputs["ttl"] === undefined);
    assert.equal(inputs["streamEnabled"], undefined);
  }
  assert.equal(of("aws:dynamodb/table:Table").length, 3);
});

test("claims alone are deleted when they have expired, and no backup keeps them", () => {
  const { hashKey, attributes, globalSecondaryIndexes } = named("aws:dynamodb/table:Table", "keylease-claims").inputs;
  assert.deepEqual([hashKey, attributes, globalSecondaryIndexes], ["claim_id", [{ name: "claim_id", type: "S" }], []]);
  const expiring = of("aws:dynamodb/table:Table").filter(({ inputs }) => inputs["ttl"] !== undefined);
  assert.deepEqual(expiring.map(({ name, inputs }) => [name, inputs["ttl"]]), [
    ["keylease-claims", { attributeName: "expires", enabled: true }],
  ]);
});

test("links to claim a credential lead to the API, and every path of it reaches the ingress", () => {
  for (const worker of ["notify", "provision", "revoke"]) {
    const { variables } = named("aws:lambda/function:Function", `keylease-${worker}`).inputs["environment"];
    assert.equal(variables.PUBLIC_URL, "https://api.test", worker);
    assert.equal(variables.DYNAMODB_TABLE_CLAIMS, "keylease-claims", worker);
  }
  const { variables } = named("aws:lambda/function:Function", "keylease-ingress").inputs["environment"];
  assert.equal(variables.DYNAMODB_TABLE_CLAIMS, "keylease-claims");
  const claims = ["ANY /claim/{proxy+}", "ANY /claims/{proxy+}"];
  const routes = of("aws:apigatewayv2/route:Route").map(({ inputs }) => inputs["routeKey"]);
  assert.deepEqual(routes, ["$default", ...claims]);
  const [stage] = of("aws:apigatewayv2/stage:Stage");
  const ofClaims = stage?.inputs["routeSettings"] as { routeKey: string; throttlingRateLimit: number }[];
  assert.deepEqual(ofClaims.map(({ routeKey }) => routeKey), claims);
  const all = stage?.inputs["defaultRouteSettings"] as { throttlingRateLimit: number };
  assert.ok(ofClaims.every(({ throttlingRateLimit }) => throttlingRateLimit < all.throttlingRateLimit / 2));
});

test("the sweep is sent every five minutes and the look at the whole table every day, as revoke reads them", () => {
  for (const [name, every, job] of [["sweep", "rate(5 minutes)", "sweep"], ["sweep-all", "rate(1 day)", "sweep_all"]] as const) {
    const { inputs } = named("aws:scheduler/schedule:Schedule", name);
    assert.equal(inputs["scheduleExpression"], every);
    assert.deepEqual(JSON.parse(inputs["target"].input), { version: 1, job });
  }
});

test("requests have one index, of keys alone, and revoke is told its name", () => {
  const table = named("aws:dynamodb/table:Table", "keylease-requests").inputs;
  assert.deepEqual(table["globalSecondaryIndexes"], [{ name: "open", hashKey: "open", projectionType: "KEYS_ONLY" }]);
  assert.deepEqual(table["attributes"], [{ name: "request_id", type: "S" }, { name: "open", type: "S" }]);
  assert.deepEqual(named("aws:dynamodb/table:Table", "keylease-projects").inputs["globalSecondaryIndexes"], []);
  const { variables } = named("aws:lambda/function:Function", "keylease-revoke").inputs["environment"];
  assert.equal(variables["DYNAMODB_INDEX_OPEN"], "open");
  assert.equal(outputs["operatorVariables"].DYNAMODB_INDEX_OPEN, "open");
});

test("each function is told what its program reads", () => {
  const variables = (name: string): Record<string, string> =>
    named("aws:lambda/function:Function", `keylease-${name}`).inputs["environment"].variables;
  const queues = ["QUEUE_URL_NOTIFY", "QUEUE_URL_PROVISION", "QUEUE_URL_REVOKE"];
  const all = ["LOG_FORMAT", "METRICS_NAMESPACE", "RUST_LOG", ...queues];
  const workers = [
    ...all, "DEPLOYMENT_ID", "DYNAMODB_TABLE_CLAIMS", "DYNAMODB_TABLE_PROJECTS", "DYNAMODB_TABLE_REQUESTS", "MIN_DURATION",
    "PENDING_TTL", "PUBLIC_URL", "SCHEDULER_GROUP", "SLACK_BOT_TOKEN_ARN",
  ];
  const making = [
    "PERMISSIONS_BOUNDARY_ARN", "SCHEDULER_DLQ_ARN", "SCHEDULER_ROLE_ARN", "SES_CONFIGURATION_SET", "SES_FROM_ADDRESS",
  ];
  const names = (name: string): string[] => Object.keys(variables(name)).sort();
  const ingress = ["DYNAMODB_TABLE_CLAIMS", "SLACK_BOT_TOKEN_ARN", "SLACK_SIGNING_SECRET_ARN", "WORKFLOW_TOKEN_ARN"];
  assert.deepEqual(names("ingress"), [...all, ...ingress].sort());
  assert.deepEqual(names("notify"), [...workers, "DYNAMODB_INDEX_OPEN"].sort());
  assert.deepEqual(names("revoke"), [...workers, "DYNAMODB_INDEX_OPEN"].sort());
  assert.deepEqual(names("provision"), [...workers, ...making].sort());
});

test("a secret's value is in its own version, marked secret, and nowhere else", () => {
  const holding = declared.filter(({ inputs }) => JSON.stringify(inputs).includes(SECRET));
  assert.deepEqual(holding.map(({ type }) => type), ["aws:secretsmanager/secretVersion:SecretVersion"]);
  // Pulumi encrypts what bears its mark for secrets.
  assert.ok(JSON.stringify(holding[0]?.inputs).includes("1b47061264138c4ac30d75fd1eb44270"));
  assert.ok(!JSON.stringify(outputs).includes(SECRET));
});

test("what may be undelivered reaches revoke as a job", () => {
  const targets = of("aws:cloudwatch/eventTarget:EventTarget");
  const whys = targets.map(({ inputs }) => {
    const { inputPaths, inputTemplate } = inputs["inputTransformer"];
    assert.deepEqual(inputPaths, { request_id: "$.detail.mail.tags.request_id[0]" });
    const { why, ...job } = JSON.parse(inputTemplate.replace("<request_id>", "r-1"));
    assert.deepEqual(job, { version: 1, job: "undelivered", request_id: "r-1" });
    return why;
  });
  assert.deepEqual(whys.sort(), ["bounce", "bounce", "complaint", "reject"]);
});

test("an event that cannot become a job is kept, by a queue that its rules may send to", () => {
  const arn = (name: string): string => `arn:aws:test:eu-central-1:111122223333:${name}`;
  const dlq = arn("keylease-mail-events-dlq");
  const targets = of("aws:cloudwatch/eventTarget:EventTarget");
  assert.deepEqual(new Set(targets.map(({ inputs }) => inputs["deadLetterConfig"].arn)), new Set([dlq]));
  const rules = targets.map(({ name }) => arn(name));
  for (const [name, queue] of [["keylease-revoke", arn("keylease-revoke")], ["keylease-mail-events-dlq", dlq]] as const) {
    const [statement] = JSON.parse(named("aws:sqs/queuePolicy:QueuePolicy", name).inputs["policy"]).Statement;
    assert.deepEqual(statement.Resource, [queue]);
    assert.deepEqual(statement.Condition, { ArnEquals: { "aws:SourceArn": rules } });
  }
});

test("a worker that sends to its own queue is not taken for a loop without end", () => {
  const allowed = of("aws:lambda/functionRecursionConfig:FunctionRecursionConfig")
    .map(({ inputs }) => `${inputs["functionName"]} ${inputs["recursiveLoop"]}`);
  assert.deepEqual(allowed.sort(), ["notify", "provision", "revoke"].map((worker) => `keylease-${worker} Allow`));
});

test("the boundary keeps grantees from the API, by the id that AWS gave it, and from the sender", () => {
  const { policy } = named("aws:iam/policy:Policy", "keylease-boundary").inputs;
  for (const own of ["arn:aws:apigateway:*::/apis/keylease/*", ":identity/keylease@example.com", "ses:FromAddress"]) {
    assert.ok(policy.includes(own), own);
  }
});

test("a new alarm says nothing: that it is over is said where somebody waits for it", () => {
  const alarms = of("aws:cloudwatch/metricAlarm:MetricAlarm").filter(({ inputs }) => inputs["okActions"].length > 0);
  const names = [...["notify", "provision", "revoke"].flatMap((worker) =>
    [`keylease-${worker}-waits`, `keylease-${worker}-waits-for-operator`]), "keylease-sweep-missing"];
  assert.deepEqual(alarms.map(({ name }) => name).sort(), names);
  for (const { name, inputs } of of("aws:cloudwatch/metricAlarm:MetricAlarm")) assert.equal(inputs["actionsEnabled"], true, name);
});

test("EventBridge's failures are added up over the rules, for AWS has no metric of them all", () => {
  const { metricQueries } = named("aws:cloudwatch/metricAlarm:MetricAlarm", "keylease-mail-events-lost").inputs;
  const parts = metricQueries.slice(0, -1).map(({ id, metric }: any) => [id, metric.dimensions]);
  assert.deepEqual(parts, ["bounce", "bounce-transient", "reject", "complaint"].map((kind, index) =>
    [`m${index + 1}`, { RuleName: `keylease-${kind}` }]));
  const { expression, returnData } = metricQueries.at(-1);
  assert.deepEqual([expression, returnData], ["SUM([m1,m2,m3,m4])", true]);
});

test("there is an alarm for everything that needs somebody", () => {
  const alarms = of("aws:cloudwatch/metricAlarm:MetricAlarm");
  const names = new Set(alarms.map(({ name }) => name));
  for (const wanted of [
    "keylease-ingress-errors", "keylease-notify-errors", "keylease-provision-errors", "keylease-revoke-errors",
    "keylease-notify-waits", "keylease-provision-waits", "keylease-revoke-waits",
    "keylease-notify-parked", "keylease-provision-parked", "keylease-revoke-parked", "keylease-schedules-parked",
    "keylease-mail-bounce", "keylease-mail-complaint", "keylease-projects-read-throttled",
    "keylease-requests-write-throttled", "keylease-sweep-missing", "keylease-clean-up-late", "keylease-ingress-slow",
    "keylease-ingress-failing", "keylease-mail-events-lost", "keylease-mail-events-parked", "keylease-revoke-dropped",
    "keylease-claims-refused", "keylease-claims-read-throttled",
  ]) {
    assert.ok(names.has(wanted), wanted);
  }
  for (const { name, inputs } of alarms) {
    assert.ok(name.startsWith("keylease-"), "the boundary keeps grantees from alarms of that name");
    assert.equal(inputs["alarmActions"].length, 1, name);
  }
});

test("everything that takes tags has the stack's", () => {
  for (const { name, inputs } of declared.filter(({ type }) => /Queue$|Function$|Table$|Role$/.test(type))) {
    assert.deepEqual(inputs["tags"], { application: "keylease", team: "platform" }, name);
  }
});

test("the outputs are the URLs for Slack and the variables for keylease", () => {
  assert.equal(outputs["workflowUrl"], "https://api.test/workflows/aws-access");
  assert.equal(outputs["interactionsUrl"], "https://api.test/slack/interactions");
  assert.equal(outputs["commandsUrl"], "https://api.test/slack/commands");
  assert.equal(outputs["operatorVariables"].QUEUE_URL_REVOKE, "https://queues/keylease-revoke");
  assert.equal(outputs["operatorVariables"].AWS_REGION, "eu-central-1");
  assert.equal(outputs["operatorVariables"].DYNAMODB_TABLE_CLAIMS, "keylease-claims");
  assert.equal(outputs["operatorVariables"].PUBLIC_URL, "https://api.test");
});
