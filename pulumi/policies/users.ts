/** What may be done to the users of grants: the same in this account and, through a role, in a member account. */

import { type Place, USER_PREFIX, boundaryArn, deniedArn, iamArn, usersArn } from "../names";
import { type Statement, allow } from "./document";

type Account = Pick<Place, "partition" | "account">;

/** Which grants can be made in an account. */
export interface Grantable {
  /** The managed policies that may be attached. */
  readonly policyArns: readonly string[];
  /** The roles whose sessions may be handed out. */
  readonly sessionRoleArns: readonly string[];
}

/** Make users: under the path only, with the boundary only, with the listed policies only. */
export function makeUsers(account: Account, grantable: Grantable): readonly Statement[] {
  const users = [usersArn(account)];
  const bounded = { "iam:PermissionsBoundary": boundaryArn(account) };
  const boundedOrEnded = { "iam:PermissionsBoundary": [boundaryArn(account), deniedArn(account)] };
  const statements = [
    allow("CreateBoundedUsers", ["iam:CreateUser"], users, { StringEquals: bounded }),
    // The guard, and a role's own inline policy: the boundary holds whatever they say. A user that is being removed has the
    // boundary that denies everything, and the guard that denies everything is still to be put on it.
    allow("WriteInlinePolicies", ["iam:PutUserPolicy"], users, { StringEquals: boundedOrEnded }),
    // A user is created with its tags, which is an action of its own.
    allow("MakeKeys", ["iam:TagUser", "iam:CreateAccessKey"], users),
  ];
  if (grantable.policyArns.length > 0) {
    const listed = { ArnEquals: { "iam:PolicyARN": grantable.policyArns }, StringEquals: bounded };
    statements.push(allow("AttachListedPolicies", ["iam:AttachUserPolicy"], users, listed));
  }
  return statements;
}

/** Hand out sessions of the listed roles, saying who is behind each. */
export function handOutSessions(grantable: Grantable): Statement {
  return allow("HandOutSessions", ["sts:AssumeRole", "sts:SetSourceIdentity"], grantable.sessionRoleArns);
}

/** Deny a session that ended early on its role, and remove the denial later. IAM has no key for a policy's name or content. */
export function denySessions(grantable: Grantable): Statement {
  return allow("DenySessions", ["iam:PutRolePolicy", "iam:DeleteRolePolicy"], grantable.sessionRoleArns);
}

/** Deny everything to a user. It has no condition: nothing may stand in the way of an end. */
export function denyUsers(account: Account): Statement {
  return allow("DenyUsers", ["iam:PutUserPolicy"], [usersArn(account)]);
}

/**
 * Make AWS's policy that denies everything the boundary of a user, and no other policy: it is the first step of an end, after
 * which nothing that is put on the user gives it anything. No role may take a boundary away.
 */
function endUsers(account: Account): Statement {
  const denied = { StringEquals: { "iam:PermissionsBoundary": deniedArn(account) } };
  return allow("EndUsers", ["iam:PutUserPermissionsBoundary"], [usersArn(account)], denied);
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
    allow("RemoveUsers", removals, [usersArn(account)]),
    // IAM checks these on the group and on the device. Neither is named after its user.
    allow("LeaveGroups", ["iam:RemoveUserFromGroup"], [iamArn(account, "group/*")]),
    allow("RemoveDevices", ["iam:DeleteVirtualMFADevice"], [iamArn(account, "mfa/*")]),
  ];
}

/** List users by their path. IAM takes no narrower resource for it. */
export function listUsers(): Statement {
  return allow("ListUsers", ["iam:ListUsers"], ["*"]);
}
