/** The stack with a function URL instead of the HTTP API. */

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { declaredAlarms, documentedAlarms } from "./alarms";
import { type Graph, declare } from "./graph";

let graph: Graph;

before(async () => {
  graph = await declare("main", {
    sender: "keylease@example.com",
    policyArns: JSON.stringify(["arn:aws:iam::aws:policy/ReadOnlyAccess"]),
    ingress: "function-url",
  });
});

test("the ingress alone has a URL, and nothing of API Gateway is left", () => {
  const urls = graph.of("aws:lambda/functionUrl:FunctionUrl");
  assert.deepEqual(urls.map(({ inputs }) => inputs["functionName"]), ["keylease-ingress"]);
  // Slack signs in its own way, and the program checks that: AWS is not to ask for a signature of its own.
  assert.equal(urls[0]?.inputs["authorizationType"], "NONE");
  assert.deepEqual(graph.declared.filter(({ type }) => type.startsWith("aws:apigateway")), []);
});

test("anybody may call the ingress through its URL, and nobody may call it otherwise", () => {
  const permissions = graph.of("aws:lambda/permission:Permission").map(({ inputs }) => inputs);
  const anybody = { function: "keylease-ingress", principal: "*" };
  assert.deepEqual(permissions, [
    { ...anybody, action: "lambda:InvokeFunctionUrl", functionUrlAuthType: "NONE" },
    // Without its condition this one would let everybody call the function itself, with an event of their own making.
    { ...anybody, action: "lambda:InvokeFunction", invokedViaFunctionUrl: true },
  ]);
});

test("the outputs are under the URL, with one slash between", () => {
  for (const [output, path] of Object.entries({
    workflowUrl: "/workflows/aws-access",
    interactionsUrl: "/slack/interactions",
    commandsUrl: "/slack/commands",
    eventsUrl: "/slack/events",
    healthUrl: "/healthz",
  })) {
    assert.equal(graph.outputs[output], `https://function.test${path}`, output);
  }
});

test("links to claim a credential begin with the URL, without its slash", () => {
  const { variables } = graph.named("aws:lambda/function:Function", "keylease-provision").inputs["environment"];
  assert.equal(variables.PUBLIC_URL, "https://function.test");
});

test("docs/metrics.md lists the alarms that there are, each as it is", () => {
  assert.deepEqual(declaredAlarms(graph), documentedAlarms("function-url"));
});
