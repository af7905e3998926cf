/** What may be done to the users of grants: the same in this account and, through a role, in a member account. */

import {
  type Account, DEFAULT_DEPLOYMENT, TAG_DEPLOYMENT, USER_PREFIX, boundaryArn, deniedArn, iamArn, usersArn,
} from "../names";
import { type Conditions, type Statement, allow } from "./document";

/** Which grants can be made in an account. */
export interface Grantable {
  /** The managed policies that may be attached. */
  readonly policyArns: readonly string[];
  /** The roles whose sessions may be handed out. */
  readonly sessionRoleArns: readonly string[];
}

/** Make users: under the path only, with the deployment's boundary and tag only, with the listed policies only. */
export function makeUsers(account: Account, grantable: Grantable): readonly Statement[] {
  const users = [usersArn(account)];
  const bounded = { "iam:PermissionsBoundary": boundaryArn(account) };
  const boundedOrEnded = { "iam:PermissionsBoundary": [boundaryArn(account), deniedArn(account)] };
  const tagged = { [`aws:RequestTag/${TAG_DEPLOYMENT}`]: account.deploymentId };
  const notAnothers = ofNoOther(account);
  const statements = [
    allow("CreateBoundedUsers", ["iam:CreateUser"], users, taggedAtCreation(account, bounded, tagged)),
    // The guard, and a role's own inline policy: the boundary holds whatever they say. A user that is being removed has the
    // boundary that denies everything, and the guard that denies everything is still to be put on it.
    allow("WriteInlinePolicies", ["iam:PutUserPolicy"], users, { StringEquals: boundedOrEnded, ...notAnothers }),
    // A user is created with its tags, which is an action of its own.
    allow("TagUsers", ["iam:TagUser"], users, {
      StringEqualsIfExists: { ...tagged, ...notAnothers.StringEqualsIfExists },
    }),
    allow("MakeKeys", ["iam:CreateAccessKey"], users, notAnothers),
  ];
  if (grantable.policyArns.length > 0) {
    const listed = { ArnEquals: { "iam:PolicyARN": grantable.policyArns }, StringEquals: bounded };
    statements.push(allow("AttachListedPolicies", ["iam:AttachUserPolicy"], users, listed));
  }
  return statements;
}

const HAND_OUT = ["sts:AssumeRole", "sts:SetSourceIdentity"];
const DENY = ["iam:PutRolePolicy", "iam:DeleteRolePolicy", "iam:ListRolePolicies", "iam:GetRolePolicy"];

/**
 * A user without the tag is the default deployment's. Its earlier versions set none, and one may still run for a moment when
 * this policy is there already.
 */
function taggedAtCreation(
  { deploymentId }: Account,
  bounded: Readonly<Record<string, string>>,
  tagged: Readonly<Record<string, string>>,
): Conditions {
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

/** Deny everything to a user, whatever boundary it has: nothing may stand in the way of an end. */
export function denyUsers(account: Account): Statement {
  return allow("DenyUsers", ["iam:PutUserPolicy"], [usersArn(account)], ofNoOther(account));
}

/**
 * Make AWS's policy that denies everything the boundary of a user, and no other policy: it is the first step of an end, after
 * which nothing that is put on the user gives it anything. No role may take a boundary away.
 */
function endUsers(account: Account): Statement {
  const denied = { StringEquals: { "iam:PermissionsBoundary": deniedArn(account) } };
  return allow("EndUsers", ["iam:PutUserPermissionsBoundary"], [usersArn(account)], { ...denied, ...ofNoOther(account) });
}

/** Find users, end what they may do, and take away everything that IAM can attach to one. */
export function removeUsers(account: Account): readonly Statement[] {
  const reads = [
    "iam:GetUser", "iam:ListUserTags", "iam:ListAccessKeys", "iam:ListAttachedUserPolicies", "iam:ListGroupsForUser",
    "iam:ListMFADevices", "iam:ListSSHPublicKeys", "iam:ListServiceSpecificCredentials",
    "iam:ListSigningCertificates", "iam:ListUserPolicies",
  ];
  const removals = [
    "iam:DeactivateMFADevice", "iam:DeleteAccessKey", "iam:DeleteLoginProfile", "iam:DeleteSSHPublicKey",
    "iam:DeleteServiceSpecificCredential", "iam:DeleteSigningCertificate", "iam:DeleteUser", "iam:DeleteUserPolicy",
    "iam:DetachUserPolicy",
  ];
  return [
    // A user that is gone has no path any more: to be told so, one must be allowed to look at the bare name.
    allow("LookAtUsers", reads, [usersArn(account), iamArn(account, `user/${USER_PREFIX}*`)]),
    endUsers(account),
    allow("RemoveUsers", removals, [usersArn(account)], ofNoOther(account)),
    // IAM checks these on the group and on the device. Neither is named after its user.
    allow("LeaveGroups", ["iam:RemoveUserFromGroup"], [iamArn(account, "group/*")]),
    allow("RemoveDevices", ["iam:DeleteVirtualMFADevice"], [iamArn(account, "mfa/*")]),
  ];
}

/** List users by their path. IAM takes no narrower resource for it. */
export function listUsers(): Statement {
  return allow("ListUsers", ["iam:ListUsers"], ["*"]);
}

/**
 * Not a user that another deployment tagged as its own. A user without the tag is no obstacle: earlier versions set none, IAM
 * shows a new one late, and nothing may stand in the way of an end.
 */
function ofNoOther(account: Account): Conditions & { readonly StringEqualsIfExists: Readonly<Record<string, string>> } {
  return { StringEqualsIfExists: { [`aws:ResourceTag/${TAG_DEPLOYMENT}`]: account.deploymentId } };
}
