/** What may be done to the users and roles of grants: the same in this account and, through a role, in a member account. */

import {
  type Account, DEFAULT_DEPLOYMENT, TAG_DEPLOYMENT, USER_PREFIX, boundaryArn, deniedArn, grantRolesArn, iamArn,
  usersArn,
} from "../names";
import { type Conditions, type Statement, allow } from "./document";

/** Which grants can be made in an account. */
export interface Grantable {
  /** The managed policies that may be attached. */
  readonly policyArns: readonly string[];
  /** The roles whose sessions may be handed out. */
  readonly sessionRoleArns: readonly string[];
  /** Whether sessions of grants' own roles may be handed out, which people claim. */
  readonly claimedRoles?: boolean;
}

/** Every user and every role that may be made. An action is about one of the two, so one statement has both. */
const both = (account: Account): readonly string[] => [usersArn(account), grantRolesArn(account)];

/** Make users and roles: under the path only, with the deployment's boundary and tag only, with the listed policies only. */
export function makePrincipals(account: Account, grantable: Grantable): readonly Statement[] {
  const users = [usersArn(account)];
  const principals = both(account);
  const bounded = { "iam:PermissionsBoundary": boundaryArn(account) };
  const boundedOrEnded = { "iam:PermissionsBoundary": [boundaryArn(account), deniedArn(account)] };
  const tagged = { [`aws:RequestTag/${TAG_DEPLOYMENT}`]: account.deploymentId };
  const notAnothers = ofNoOther(account);
  const statements = [
    allow("CreateBounded", ["iam:CreateUser", "iam:CreateRole"], principals, taggedAtCreation(account, bounded)),
    // The guard, and the catalogue's inline policy: the boundary holds whatever they say. One that is being removed has the
    // boundary that denies everything, and the guard that denies everything is still to be put on it.
    allow("WriteInlinePolicies", ["iam:PutUserPolicy", "iam:PutRolePolicy"], principals, {
      StringEquals: boundedOrEnded, ...notAnothers,
    }),
    // Both are created with their tags, which is an action of its own.
    allow("Tag", ["iam:TagUser", "iam:TagRole"], principals, {
      StringEqualsIfExists: { ...tagged, ...notAnothers.StringEqualsIfExists },
    }),
    allow("MakeKeys", ["iam:CreateAccessKey"], users, notAnothers),
    // IAM has no key for what a trust policy says: who may come in is the catalogue's word alone.
    allow("OpenRoles", ["iam:UpdateAssumeRolePolicy"], [grantRolesArn(account)], notAnothers),
  ];
  if (grantable.policyArns.length > 0) {
    const listed = { ArnEquals: { "iam:PolicyARN": grantable.policyArns }, StringEquals: bounded };
    statements.push(allow("AttachListedPolicies", ["iam:AttachUserPolicy", "iam:AttachRolePolicy"], principals, listed));
  }
  if (grantable.claimedRoles === true) {
    statements.push(allow("HandOutOwnRoles", HAND_OUT, [grantRolesArn(account)], notAnothers));
  }
  return statements;
}

const HAND_OUT = ["sts:AssumeRole", "sts:SetSourceIdentity"];
const DENY = ["iam:PutRolePolicy", "iam:DeleteRolePolicy", "iam:ListRolePolicies", "iam:GetRolePolicy"];

/**
 * A user without the tag is the default deployment's. Its earlier versions set none, and one may still run for a moment when
 * this policy is there already.
 */
function taggedAtCreation({ deploymentId }: Account, bounded: Readonly<Record<string, string>>): Conditions {
  const tagged = { [`aws:RequestTag/${TAG_DEPLOYMENT}`]: deploymentId };
  return deploymentId === DEFAULT_DEPLOYMENT
    ? { StringEquals: bounded, StringEqualsIfExists: tagged }
    : { StringEquals: { ...bounded, ...tagged } };
}

/** Hand out sessions of the listed roles, saying who is behind each. */
export function handOutSessions(grantable: Grantable): Statement {
  return allow("HandOutSessions", HAND_OUT, grantable.sessionRoleArns);
}

/** Hand sessions out and deny them, in one statement: the list is what makes a policy too long. */
export function makeSessions(grantable: Grantable): Statement {
  return allow("MakeSessions", [...HAND_OUT, ...DENY], grantable.sessionRoleArns);
}

/** Deny a session that ended early on its role, and remove the denial later. IAM has no key for a policy's name or content. */
export function denySessions(grantable: Grantable): Statement {
  return allow("DenySessions", DENY, grantable.sessionRoleArns);
}

/** Deny everything to a user or a role, whatever boundary it has, and close a role: nothing may stand in the way of an end. */
export function denyPrincipals(account: Account): Statement {
  const actions = ["iam:PutUserPolicy", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"];
  return allow("Deny", actions, both(account), ofNoOther(account));
}

/**
 * Make AWS's policy that denies everything the boundary of a user or a role, and no other policy: it is the first step of an
 * end, after which nothing that is put on it gives it anything. No role may take a boundary away.
 */
function endPrincipals(account: Account): Statement {
  const actions = ["iam:PutUserPermissionsBoundary", "iam:PutRolePermissionsBoundary"];
  const denied = { StringEquals: { "iam:PermissionsBoundary": deniedArn(account) } };
  return allow("End", actions, both(account), { ...denied, ...ofNoOther(account) });
}

/** Find users and roles, end what they may do, and take away everything that IAM can attach to one. */
export function removePrincipals(account: Account): readonly Statement[] {
  const reads = [
    "iam:GetUser", "iam:ListUserTags", "iam:ListAccessKeys", "iam:ListAttachedUserPolicies", "iam:ListGroupsForUser",
    "iam:ListMFADevices", "iam:ListSSHPublicKeys", "iam:ListServiceSpecificCredentials",
    "iam:ListSigningCertificates", "iam:ListUserPolicies",
    "iam:GetRole", "iam:ListRoleTags", "iam:ListAttachedRolePolicies", "iam:ListInstanceProfilesForRole", "iam:ListRolePolicies",
  ];
  const removals = [
    "iam:DeactivateMFADevice", "iam:DeleteAccessKey", "iam:DeleteLoginProfile", "iam:DeleteSSHPublicKey",
    "iam:DeleteServiceSpecificCredential", "iam:DeleteSigningCertificate", "iam:DeleteUser", "iam:DeleteUserPolicy",
    "iam:DetachUserPolicy", "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy",
  ];
  const bareNames = [iamArn(account, `user/${USER_PREFIX}*`), iamArn(account, `role/${USER_PREFIX}*`)];
  return [
    // One that is gone has no path any more: to be told so, one must be allowed to look at the bare name.
    allow("LookAt", reads, [...both(account), ...bareNames]),
    endPrincipals(account),
    allow("Remove", removals, both(account), ofNoOther(account)),
    // IAM checks each of these on the group, the device or the profile. None of them is named after whom it is for.
    allow(
      "TakeOut",
      ["iam:RemoveUserFromGroup", "iam:DeleteVirtualMFADevice", "iam:RemoveRoleFromInstanceProfile"],
      ["group/*", "mfa/*", "instance-profile/*"].map((resource) => iamArn(account, resource)),
    ),
  ];
}

/** List users and roles by their path. IAM takes no narrower resource for it. */
export function listPrincipals(): Statement {
  return allow("ListPrincipals", ["iam:ListRoles", "iam:ListUsers"], ["*"]);
}

/**
 * Not one that another deployment tagged as its own. One without the tag is no obstacle: earlier versions set none, IAM
 * shows a new one late, and nothing may stand in the way of an end.
 */
function ofNoOther(account: Account): Conditions & { readonly StringEqualsIfExists: Readonly<Record<string, string>> } {
  return { StringEqualsIfExists: { [`aws:ResourceTag/${TAG_DEPLOYMENT}`]: account.deploymentId } };
}
