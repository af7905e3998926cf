/** What each role may do, told from its document alone. That AWS's rules agree is tried against the emulator. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ROLE_INLINE_MAX_CHARS } from "../config/sizes";
import type { Place } from "../names";
import { IDENTITY_ACTIONS, boundaryPolicy } from "./boundary";
import type { Policy, Statement } from "./document";
import { ingressPolicy } from "./ingress";
import { memberPolicy } from "./member";
import { notifyPolicy } from "./notify";
import { covering, provisionPolicy } from "./provision";
import { revokePolicy } from "./revoke";
import { schedulerPolicy } from "./scheduler";
import { schedulerTrust, workersTrust } from "./trust";

const PLACE: Place = { deploymentId: "keylease", partition: "aws", region: "eu-central-1", account: "111122223333" };
const READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess";
const SESSION_ROLE = "arn:aws:iam::111122223333:role/payments-power";
const DENIED = "arn:aws:iam::aws:policy/AWSDenyAll";
const MEMBER_ROLE = "arn:aws:iam::444455556666:role/keylease-member";
const MAY = {
  policyArns: [READ_ONLY],
  sessionRoleArns: [SESSION_ROLE],
  accountRoleArns: [MEMBER_ROLE],
  sender: "keylease@example.com",
  mailIdentity: "example.com",
  mailSandbox: false,
};
const ROLES: Readonly<Record<string, Policy>> = {
  ingress: ingressPolicy(PLACE),
  notify: notifyPolicy(PLACE),
  provision: provisionPolicy(PLACE, MAY),
  revoke: revokePolicy(PLACE, MAY),
  scheduler: schedulerPolicy(PLACE),
  member: memberPolicy(PLACE, MAY),
};
/** Not a user that another deployment tagged. */
const OF_NO_OTHER = { StringEqualsIfExists: { "aws:ResourceTag/keylease:deployment": "keylease" } };

function role(name: string): Policy {
  const found = ROLES[name];
  assert.ok(found, name);
  return found;
}

const actions = (policy: Policy): string[] => policy.Statement.flatMap((statement) => [...statement.Action]);
const withAction = (policy: Policy, action: string): Statement[] =>
  policy.Statement.filter((statement) => statement.Action.includes(action));

test("no role has a wildcard for its actions, and none for its resources but where AWS takes nothing else", () => {
  for (const [name, policy] of Object.entries(ROLES)) {
    for (const statement of policy.Statement) {
      assert.ok(!statement.Action.some((action) => action.includes("*")), `${name}: ${statement.Action}`);
      const everything = statement.Resource?.includes("*") ?? false;
      assert.ok(!everything || statement.Sid === "ListPrincipals", `${name}: ${statement.Sid}`);
    }
  }
});

test("every resource is named down to its account, and open at its end at most", () => {
  for (const [name, policy] of Object.entries(ROLES)) {
    for (const resource of policy.Statement.flatMap((statement) => statement.Resource ?? [])) {
      assert.match(resource, /^arn:aws:[a-z]+:(eu-central-1)?:\d{12}:[^*]+\*?$|^\*$/, name);
    }
  }
});

test("every statement has a name of its own, and every role fits into IAM's limit", () => {
  for (const [name, policy] of Object.entries(ROLES)) {
    const sids = policy.Statement.map((statement) => statement.Sid);
    assert.equal(new Set(sids).size, sids.length, `${name}: ${sids}`);
    assert.ok(JSON.stringify(policy).length < ROLE_INLINE_MAX_CHARS, name);
  }
});

test("ingress sends to its queues, reads its three secrets and one claim at a time, and nothing else", () => {
  const wanted = ["dynamodb:GetItem", "logs:CreateLogStream", "logs:PutLogEvents", "secretsmanager:GetSecretValue", "sqs:SendMessage"];
  assert.deepEqual(actions(role("ingress")).sort(), wanted);
  const [secrets] = withAction(role("ingress"), "secretsmanager:GetSecretValue");
  assert.deepEqual(secrets?.Resource, [
    "arn:aws:secretsmanager:eu-central-1:111122223333:secret:keylease/slack-signing-secret-??????",
    "arn:aws:secretsmanager:eu-central-1:111122223333:secret:keylease/workflow-token-??????",
    "arn:aws:secretsmanager:eu-central-1:111122223333:secret:keylease/slack-bot-token-??????",
  ]);
});

test("claims are read by ingress and provision, one by one, and written by provision alone", () => {
  const claims = "arn:aws:dynamodb:eu-central-1:111122223333:table/keylease-claims";
  const may = (name: string): string[] => role(name).Statement
    .filter(({ Resource }) => Resource?.some((arn) => arn.startsWith(claims) || arn.endsWith("table/*")))
    .flatMap(({ Action }) => [...Action]);
  for (const name of Object.keys(ROLES)) {
    const wanted = { ingress: ["dynamodb:GetItem"], provision: ["dynamodb:GetItem", "dynamodb:PutItem"] }[name] ?? [];
    assert.deepEqual(may(name), wanted, name);
  }
  const [read, ...others] = withAction(role("ingress"), "dynamodb:GetItem");
  assert.deepEqual([read?.Resource, others], [[claims], []], "no other table");
});

test("notify has nothing of IAM or STS", () => {
  assert.deepEqual(actions(role("notify")).filter((action) => /^(iam|sts):/.test(action)), []);
});

test("provision makes users and roles under the path, with the boundary, and attaches what is listed", () => {
  const bounded = { "iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/keylease-boundary" };
  const users = ["arn:aws:iam::111122223333:user/keylease/*", "arn:aws:iam::111122223333:role/keylease/*"];
  // Earlier versions set no tag, and one may still run when this policy is there.
  const create = { StringEquals: bounded, StringEqualsIfExists: { "aws:RequestTag/keylease:deployment": "keylease" } };
  const ended = { "iam:PermissionsBoundary": [bounded["iam:PermissionsBoundary"], DENIED] };
  const put = { StringEquals: ended, ...OF_NO_OTHER };
  const makes = [
    ["iam:CreateUser", create], ["iam:CreateRole", create], ["iam:PutUserPolicy", put], ["iam:PutRolePolicy", put],
  ] as const;
  for (const [action, condition] of makes) {
    const [statement, ...others] = withAction(role("provision"), action).filter(({ Sid }) => Sid !== "MakeSessions");
    assert.deepEqual(statement?.Resource, users);
    assert.deepEqual(statement?.Condition, condition);
    assert.deepEqual(others, [], "a second statement would be a way around the first");
  }
  for (const action of ["iam:AttachUserPolicy", "iam:AttachRolePolicy"]) {
    const [attach, ...others] = withAction(role("provision"), action);
    assert.deepEqual(attach?.Resource, users);
    assert.deepEqual(attach?.Condition, { ArnEquals: { "iam:PolicyARN": [READ_ONLY] }, StringEquals: bounded });
    assert.deepEqual(others, []);
  }
});

test("whatever changes a role of a grant reaches no other role", () => {
  const changing = /^iam:(Create|Delete|Update|Tag|Attach|Detach)\w*Role|AssumeRolePolicy$|RolePermissionsBoundary$/;
  const path = /^arn:aws:iam::111122223333:(user|role)\/keylease\/\*$/;
  for (const [name, policy] of Object.entries(ROLES)) {
    for (const { Sid, Action, Resource } of policy.Statement.filter(({ Action }) => Action.some((one) => changing.test(one)))) {
      // Denials of sessions are put on their role, and taken off it.
      const isDenial = Action.every((one) => !changing.test(one) || one === "iam:DeleteRolePolicy");
      const known = (arn: string): boolean => path.test(arn) || (isDenial && arn === SESSION_ROLE);
      assert.ok(Resource?.every(known), `${name}: ${Sid}: ${Resource}`);
    }
  }
});

test("provision passes one role, to Scheduler alone, and mails as the sender alone", () => {
  const [pass] = withAction(role("provision"), "iam:PassRole");
  assert.deepEqual(pass?.Resource, ["arn:aws:iam::111122223333:role/keylease-scheduler"]);
  assert.deepEqual(pass?.Condition, { StringEquals: { "iam:PassedToService": "scheduler.amazonaws.com" } });
  const [send] = withAction(role("provision"), "ses:SendEmail");
  assert.deepEqual(send?.Condition, { StringEquals: { "ses:FromAddress": "keylease@example.com" } });
  assert.deepEqual(send?.Resource, [
    "arn:aws:ses:eu-central-1:111122223333:identity/keylease@example.com",
    "arn:aws:ses:eu-central-1:111122223333:identity/example.com",
    "arn:aws:ses:eu-central-1:111122223333:configuration-set/keylease",
  ]);
});

test("mail is allowed for each identity that SES may check for the sender", () => {
  assert.deepEqual(covering("k@a.example.com", "k@a.example.com"), ["k@a.example.com"]);
  assert.deepEqual(covering("k@a.b.example.com", "example.com"), [
    "k@a.b.example.com", "a.b.example.com", "b.example.com", "example.com",
  ]);
});

test("whatever is done to a user or a role is not done to one of another deployment", () => {
  for (const name of ["provision", "revoke", "member"]) {
    const isOne = (arn: string): boolean => arn.includes(":user/") || arn.includes(":role/keylease/");
    const users = role(name).Statement.filter(({ Resource }) => Resource?.some(isOne));
    for (const { Sid, Condition } of users.filter(({ Sid }) => Sid !== "LookAt")) {
      const own = JSON.stringify(Condition ?? {});
      const isOwn = own.includes("aws:RequestTag/keylease:deployment") || own.includes("policy/keylease-boundary\"}");
      const notAnothers = Condition?.["StringEqualsIfExists"]?.["aws:ResourceTag/keylease:deployment"] === "keylease";
      assert.ok(isOwn || notAnothers, `${name}: ${Sid}`);
    }
  }
});

test("a second deployment has names of its own everywhere, and the same path of users and roles", () => {
  const second = { ...PLACE, deploymentId: "staging" };
  const names = (policy: Policy): string[] => policy.Statement.flatMap(({ Resource }) => Resource ?? [])
    .filter((arn) => arn.includes("keylease") && !/:(user|role)\/keylease[-/]\*?$/.test(arn) && arn !== MEMBER_ROLE);
  const listed = { ...MAY, sender: "mail@example.com" };
  for (const policy of [
    ingressPolicy(second), notifyPolicy(second), provisionPolicy(second, listed), revokePolicy(second, listed),
    schedulerPolicy(second),
  ]) {
    for (const arn of names(policy)) assert.match(arn, /keylease-staging/);
  }
  const made = memberPolicy(second, MAY).Statement.find(({ Sid }) => Sid === "CreateBounded");
  assert.deepEqual(made?.Condition?.["StringEquals"], {
    "iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/keylease-staging-boundary",
    "aws:RequestTag/keylease:deployment": "staging",
  });
  const boundary = JSON.stringify(boundaryPolicy(second));
  assert.equal(boundary, JSON.stringify(boundaryPolicy(PLACE)), "a grantee is kept from every deployment");
});

test("roles are assumed that the configuration lists, and no others", () => {
  const assumable = (name: string): readonly string[] =>
    withAction(role(name), "sts:AssumeRole").flatMap((statement) => statement.Resource ?? []);
  assert.deepEqual(assumable("provision"), [SESSION_ROLE, MEMBER_ROLE]);
  assert.deepEqual(assumable("revoke"), [MEMBER_ROLE]);
  assert.deepEqual(assumable("member"), [SESSION_ROLE]);
});

test("revoke makes nothing", () => {
  const making = /^iam:(Create|Attach|Add|Update|Upload|Enable|Tag|Pass|Set)/;
  // IAM has no call that can only close a door.
  const closing = "iam:UpdateAssumeRolePolicy";
  assert.deepEqual(actions(role("revoke")).filter((action) => making.test(action) && action !== closing), []);
  const puts = actions(role("revoke")).filter((action) => action.startsWith("iam:Put"));
  const denials = [
    "iam:PutUserPolicy", "iam:PutRolePolicy", "iam:PutUserPermissionsBoundary", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy",
  ];
  assert.deepEqual(puts, denials, "for denials");
});

test("only notify and revoke read the index of requests, and only that index", () => {
  for (const name of Object.keys(ROLES)) {
    const found = withAction(role(name), "dynamodb:Query").map((statement) => statement.Resource);
    const index = "arn:aws:dynamodb:eu-central-1:111122223333:table/keylease-requests/index/open";
    assert.deepEqual(found, ["notify", "revoke"].includes(name) ? [[index]] : [], name);
  }
});

test("whoever removes users and roles may make AWS's policy that denies everything their boundary, and no other policy", () => {
  for (const name of Object.keys(ROLES)) {
    for (const action of ["iam:PutUserPermissionsBoundary", "iam:PutRolePermissionsBoundary"]) {
      const found = withAction(role(name), action).map(({ Resource, Condition }) => ({ Resource, Condition }));
      const denied = {
        Resource: ["arn:aws:iam::111122223333:user/keylease/*", "arn:aws:iam::111122223333:role/keylease/*"],
        Condition: { StringEquals: { "iam:PermissionsBoundary": DENIED }, ...OF_NO_OTHER },
      };
      assert.deepEqual(found, ["provision", "revoke", "member"].includes(name) ? [denied] : [], name);
    }
  }
});

test("no role may take a boundary away, or change a managed policy", () => {
  const forbidden = /Delete\w*Boundary$|PolicyVersion$|^iam:(Create|Delete)Policy$/;
  for (const [name, policy] of Object.entries(ROLES)) {
    assert.deepEqual(actions(policy).filter((action) => forbidden.test(action)), [], name);
  }
});

test("with nothing listed, there is no statement for it", () => {
  const none = provisionPolicy(PLACE, { ...MAY, policyArns: [], sessionRoleArns: [], accountRoleArns: [] });
  assert.deepEqual(withAction(none, "iam:AttachUserPolicy"), []);
  assert.deepEqual(withAction(none, "sts:AssumeRole"), []);
  assert.deepEqual(withAction(none, "iam:AttachRolePolicy"), []);
  assert.deepEqual(withAction(none, "iam:PutRolePolicy").map(({ Sid }) => Sid), ["WriteInlinePolicies"]);
});

test("the boundary denies the identities that the guard denies", () => {
  const guard = readFileSync(join(__dirname, "../../../shared/domain/src/policy.rs"), "utf8");
  const list = /IDENTITY_ACTIONS: \[&str; \d+\] = \[([^\]]*)\]/.exec(guard)?.[1] ?? "";
  const theirs = [...list.matchAll(/"([^"]+)"/g)].map((found) => found[1]);
  assert.deepEqual([...IDENTITY_ACTIONS], theirs);
});

test("the boundary keeps a grantee out of Keylease itself, and fits into a managed policy", () => {
  const boundary = boundaryPolicy(PLACE);
  const denied = boundary.Statement.filter((statement) => statement.Effect === "Deny")
    .flatMap((statement) => statement.Resource ?? []);
  for (const own of [
    "arn:aws:sqs:*:111122223333:keylease-*",
    "arn:aws:dynamodb:*:111122223333:table/keylease-*",
    "arn:aws:secretsmanager:*:111122223333:secret:keylease*",
    "arn:aws:lambda:*:111122223333:function:keylease-*",
    "arn:aws:scheduler:*:111122223333:schedule/keylease*",
    "arn:aws:cloudwatch::111122223333:dashboard/keylease*",
  ]) {
    assert.ok(denied.includes(own), own);
  }
  assert.ok(JSON.stringify(boundary).length < 6_144, "IAM's limit for a managed policy");
});

test("the boundary keeps a grantee from what of the stack is not named after it", () => {
  const unnamed = { apiId: "a1b2c3", sender: "keylease@example.com", mailIdentities: ["example.com"] };
  const boundary = boundaryPolicy(PLACE, unnamed);
  const denied = (sid: string): Statement | undefined => boundary.Statement.find(({ Sid }) => Sid === sid);
  for (const arn of [
    "arn:aws:apigateway:*::/apis/a1b2c3", "arn:aws:apigateway:*::/apis/a1b2c3/*",
    "arn:aws:ses:*:111122223333:identity/example.com",
  ]) {
    assert.ok(denied("NotKeylease")?.Resource?.includes(arn), arn);
  }
  assert.deepEqual(denied("NotItsEventSources"), {
    Sid: "NotItsEventSources",
    Effect: "Deny",
    Action: ["lambda:*EventSourceMapping"],
    Resource: ["*"],
    Condition: { ArnLike: { "lambda:FunctionArn": "arn:aws:lambda:*:111122223333:function:keylease-*" } },
  });
  assert.deepEqual(denied("NotAsItsSender")?.Condition, { StringEquals: { "ses:FromAddress": "keylease@example.com" } });
  assert.ok(JSON.stringify(boundary).length < 6_144, "IAM's limit for a managed policy");
});

test("a member's role trusts each worker under its own name, and only provision makes anything there", () => {
  const roleArn = "arn:aws:iam::111122223333:role/keylease-provision";
  const trust = workersTrust([{ roleArn, sessionName: "keylease-provision" }]);
  assert.deepEqual(trust.Statement[0]?.Principal, { AWS: [roleArn] });
  const named = { StringEquals: { "sts:RoleSessionName": "keylease-provision" } };
  assert.deepEqual(trust.Statement[0]?.Condition, named);
  for (const action of ["iam:CreateUser", "iam:CreateAccessKey", "iam:AttachUserPolicy", "iam:CreateRole", "sts:AssumeRole"]) {
    const [statement, ...others] = withAction(role("member"), action);
    assert.deepEqual(statement?.Condition?.["StringLike"], { "aws:userid": "*:keylease-provision" }, action);
    assert.deepEqual(others, [], action);
  }
});

test("Scheduler's role is for this account", () => {
  const condition = { StringEquals: { "aws:SourceAccount": "111122223333" } };
  assert.deepEqual(schedulerTrust(PLACE).Statement[0]?.Condition, condition);
});

const CENTER = {
  instanceArn: "arn:aws:sso:::instance/ssoins-72231a2b3c4d5e6f",
  storeId: "d-9067a1b2c3",
  ownerAccount: "444455556666",
  region: undefined,
  portalUrl: undefined,
  permissionSetArns: ["arn:aws:sso:::permissionSet/ssoins-72231a2b3c4d5e6f/ps-1a2b3c4d5e6f7a8b"],
  accountIds: ["111122223333"],
  groupIds: ["90677e3a-1011-70f2-4a45-2b3c4d5e6f70"],
  accessApplicationArn: undefined,
};

test("account access manager is one application's, and off unless that is named", () => {
  const access = /^account-access:/;
  const without = { ...MAY, identityCenter: CENTER };
  const application = "arn:aws:account-access:eu-central-1:444455556666:application/aam-1a2b3c4d";
  const may = { ...MAY, identityCenter: { ...CENTER, accessApplicationArn: application } };
  for (const make of [notifyPolicy, provisionPolicy, revokePolicy]) {
    assert.ok(!actions(make(PLACE, without)).some((action) => access.test(action)), make.name);
    const statements = make(PLACE, may).Statement.filter((one) => one.Action.some((action) => access.test(action)));
    for (const statement of statements.filter((one) => !one.Action.includes("account-access:ListApplications"))) {
      assert.deepEqual(statement.Resource, [application]);
    }
  }
  const creates = (policy: Policy): boolean => actions(policy).includes("account-access:CreateEntitlement");
  assert.ok(creates(provisionPolicy(PLACE, may)) && !creates(notifyPolicy(PLACE, may)) && !creates(revokePolicy(PLACE, may)));
});

test("grants' own roles are assumed by provision alone, and only where they are claimed", () => {
  const own = (policy: Policy): boolean => policy.Statement.some((one) => one.Sid === "HandOutOwnRoles");
  assert.ok(!own(provisionPolicy(PLACE, MAY)));
  assert.ok(own(provisionPolicy(PLACE, { ...MAY, claimedRoles: true })));
});

test("what Identity Center gives is limited to what is listed, and nobody may without one", () => {
  const center = /^(sso|identitystore):/;
  for (const policy of Object.values(ROLES)) assert.ok(!actions(policy).some((action) => center.test(action)));
  const may = { ...MAY, identityCenter: CENTER };
  const [notify, provision, revoke] = [notifyPolicy(PLACE, may), provisionPolicy(PLACE, may), revokePolicy(PLACE, may)];
  const writes = /:(Create|Delete)(AccountAssignment|GroupMembership)$/;
  assert.ok(!actions(notify).some((action) => writes.test(action)), "notify only looks");
  assert.ok(!actions(revoke).some((action) => /:Create/.test(action) && center.test(action)), "revoke gives nothing");
  for (const policy of [provision, revoke]) {
    for (const statement of policy.Statement.filter((statement) => statement.Action.some((action) => writes.test(action)))) {
      for (const resource of statement.Resource ?? []) {
        assert.ok(!/(permissionSet|account|group|instance)\/.*\*/.test(resource), `${statement.Sid}: ${resource}`);
      }
    }
  }
  const nothing = { ...CENTER, permissionSetArns: [], groupIds: [] };
  assert.ok(!actions(provisionPolicy(PLACE, { ...MAY, identityCenter: nothing })).some((action) => writes.test(action)));
  const forget = withAction(revoke, "dynamodb:DeleteItem");
  assert.deepEqual(forget.map((statement) => statement.Condition), [
    { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["holding:*"] } },
  ]);
});
