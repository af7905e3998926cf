/** The member account's stack as it is declared: one role, what it may do, whom it trusts, and the boundary of its users. */

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { type Graph, declare } from "../declared/graph";

const HUB = "999988887777";
const READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess";
const SESSION_ROLE = "arn:aws:iam::111122223333:role/payments-power";
const ROLE = "keylease-payments";
let graph: Graph;

interface Statement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Principal?: Record<string, string[]>;
  readonly Action: string[];
  readonly Resource: string[];
  readonly Condition?: Record<string, Record<string, string | string[]>>;
}

before(async () => {
  graph = await declare("member", {
    hubAccount: HUB,
    roleName: ROLE,
    policyArns: JSON.stringify([READ_ONLY]),
    sessionRoleArns: JSON.stringify([SESSION_ROLE]),
    tags: JSON.stringify({ team: "payments" }),
  });
});

const statements = (document: string): Statement[] => JSON.parse(document).Statement;
const mayDo = (): Statement[] => statements(graph.named("aws:iam/rolePolicy:RolePolicy", ROLE).inputs["policy"]);
const boundary = (): string => graph.named("aws:iam/policy:Policy", "keylease-boundary").inputs["policy"];

test("a role, its policy and a boundary are all that it puts into the account", () => {
  const types = graph.declared.map(({ type }) => type).filter((type) => type !== "pulumi:pulumi:Stack");
  assert.deepEqual(types.sort(), ["aws:iam/policy:Policy", "aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy"]);
  const policy = graph.named("aws:iam/rolePolicy:RolePolicy", ROLE).inputs;
  assert.equal(policy["role"], ROLE);
});

test("the hub's two workers may take the role, each under its own name, and nobody else may", () => {
  const trust = statements(graph.named("aws:iam/role:Role", ROLE).inputs["assumeRolePolicy"]);
  assert.deepEqual(trust.map(({ Sid: _, ...statement }) => statement), ["provision", "revoke"].map((worker) => ({
    Effect: "Allow",
    Principal: { AWS: [`arn:aws:iam::${HUB}:role/keylease-${worker}`] },
    Action: ["sts:AssumeRole"],
    Condition: { StringEquals: { "sts:RoleSessionName": `keylease-${worker}` } },
  })));
});

test("whatever makes something is for provision's session alone", () => {
  const making = /^iam:(Create|Attach|Tag)|^sts:/;
  const makes = mayDo().filter(({ Action }) => Action.some((action) => making.test(action)));
  const actions = makes.flatMap(({ Action }) => Action);
  for (const action of ["iam:CreateUser", "iam:CreateAccessKey", "iam:AttachUserPolicy", "sts:AssumeRole"]) {
    assert.ok(actions.includes(action), action);
  }
  for (const { Sid, Condition } of makes) {
    assert.deepEqual(Condition?.["StringLike"], { "aws:userid": "*:keylease-provision" }, Sid);
  }
});

test("users and roles are made in this account, with this account's boundary, and with what is listed", () => {
  const made = ["arn:aws:iam::111122223333:user/keylease/*", "arn:aws:iam::111122223333:role/keylease/*"];
  const own = "arn:aws:iam::111122223333:policy/keylease-boundary";
  const [create] = mayDo().filter(({ Action }) => Action.includes("iam:CreateUser"));
  assert.deepEqual(create?.Resource, made);
  assert.deepEqual(create?.Condition?.["StringEquals"], { "iam:PermissionsBoundary": own });
  const tagged = { "aws:RequestTag/keylease:deployment": "keylease" };
  assert.deepEqual(create?.Condition?.["StringEqualsIfExists"], tagged);
  const [attach] = mayDo().filter(({ Action }) => Action.includes("iam:AttachUserPolicy"));
  assert.deepEqual(attach?.Resource, made);
  assert.deepEqual(attach?.Condition?.["ArnEquals"], { "iam:PolicyARN": [READ_ONLY] });
  assert.deepEqual(attach?.Condition?.["StringEquals"], { "iam:PermissionsBoundary": own });
});

test("sessions are of the listed roles, and denials are put on those", () => {
  for (const action of ["sts:AssumeRole", "sts:SetSourceIdentity", "iam:PutRolePolicy", "iam:DeleteRolePolicy"]) {
    const resources = mayDo().filter(({ Action }) => Action.includes(action)).flatMap(({ Resource }) => Resource);
    // The others are the users and roles that it makes.
    assert.deepEqual(resources.filter((arn) => !arn.endsWith("/keylease/*")), [SESSION_ROLE], action);
  }
});

test("it may do nothing but IAM and STS, and nothing to the hub", () => {
  for (const { Sid, Effect, Action, Resource } of mayDo()) {
    assert.equal(Effect, "Allow");
    assert.ok(Action.every((action) => /^(iam|sts):\w+$/.test(action)), Sid);
    assert.ok(!Resource.join().includes(HUB), Sid);
    assert.ok(Sid === "ListPrincipals" || !Resource.includes("*"), Sid);
  }
});

test("the boundary is one of this account, and denies other identities", () => {
  const [everything, identities, own] = statements(boundary());
  assert.equal(everything?.Effect, "Allow");
  assert.equal(identities?.Effect, "Deny");
  assert.ok(identities?.Action.includes("iam:*") && identities.Action.includes("sts:Assume*"));
  assert.equal(own?.Effect, "Deny");
  assert.ok(!boundary().includes(HUB));
});

test("what takes tags has the stack's", () => {
  for (const type of ["aws:iam/role:Role", "aws:iam/policy:Policy"]) {
    for (const { inputs } of graph.of(type)) {
      assert.deepEqual(inputs["tags"], { application: "keylease", team: "payments" });
    }
  }
});

test("the outputs are what the projects and the main stack are told", () => {
  assert.deepEqual(graph.outputs, {
    accountRoleArn: `arn:aws:test:eu-central-1:111122223333:${ROLE}`,
    boundaryArn: "arn:aws:test:eu-central-1:111122223333:keylease-boundary",
  });
});
