/**
 * What each worker may do in IAM Identity Center: on the instance, the permission sets, the accounts and the groups that are listed,
 * and on nothing where none is. Whose assignment or membership it is, IAM cannot limit.
 */

import { type Place, tableArn } from "../names";
import { type Statement, allow } from "./document";

/** The Identity Center that people sign in by, and what of it can be given. */
export interface IdentityCenter {
  readonly instanceArn: string;
  /** `d-…`. */
  readonly storeId: string;
  /** The account that the instance is in: identity stores are its own. */
  readonly ownerAccount: string;
  /** The instance's region; the stack's own when absent. */
  readonly region: string | undefined;
  readonly portalUrl: string | undefined;
  readonly permissionSetArns: readonly string[];
  readonly accountIds: readonly string[];
  readonly groupIds: readonly string[];
  /** The application of account access manager, where it may open grants' own roles. */
  readonly accessApplicationArn: string | undefined;
}

/** What looks people, permission sets and groups up. */
export function readIdentityCenter(place: Place, center: IdentityCenter | undefined): readonly Statement[] {
  if (center === undefined) return [];
  const people = ["identitystore:GetUserId", "identitystore:DescribeUser"];
  const members = ["identitystore:IsMemberInGroups", "identitystore:DescribeGroup", "identitystore:GetGroupMembershipId"];
  return [
    allow("FindPeople", people, [storeArn(place, center), storeEntry(place, "user", "*")]),
    // A permission set may be assigned to any group, and who is in one is asked of each.
    allow("ReadMembers", members, [
      storeArn(place, center),
      storeEntry(place, "user", "*"),
      storeEntry(place, "group", "*"),
      storeEntry(place, "membership", "*"),
    ]),
    // What is not there may be an instance that is not: that is asked for before anything is taken for gone.
    allow("FindInstance", ["sso:ListInstances"], ["*"]),
    allow("ReadAssignments", ["sso:DescribePermissionSet", "sso:ListAccountAssignments"], assigned(place, center)),
    ...readAccountAccess(center),
  ];
}

/** What gives access. */
export function giveAccess(place: Place, center: IdentityCenter | undefined): readonly Statement[] {
  if (center === undefined) return [];
  const assign = ["sso:CreateAccountAssignment", "sso:DescribeAccountAssignmentCreationStatus"];
  return [
    allow("Assign", assign, assigned(place, center)),
    allow("AddMembers", ["identitystore:CreateGroupMembership"], memberships(place, center)),
    allow("OpenRolesToUsers", ["account-access:CreateEntitlement"], application(center)),
  ];
}

/** What takes access away, and the items that say which grants hold it. */
export function takeAccess(place: Place, center: IdentityCenter | undefined): readonly Statement[] {
  if (center === undefined) return [];
  const unassign = [
    "sso:DeleteAccountAssignment",
    "sso:DescribeAccountAssignmentDeletionStatus",
    // One that is being made cannot be deleted yet.
    "sso:DescribeAccountAssignmentCreationStatus",
  ];
  const holdings = { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["holding:*"] } };
  return [
    allow("Unassign", unassign, assigned(place, center)),
    allow("RemoveMembers", ["identitystore:DeleteGroupMembership"], memberships(place, center)),
    allow("CloseRolesToUsers", ["account-access:DeleteEntitlement", "account-access:ListEntitlements"], application(center)),
    allow("ForgetHoldings", ["dynamodb:DeleteItem"], [tableArn(place, "requests")], holdings),
  ];
}

/** Which application there is cannot be asked of one of them. */
function readAccountAccess(center: IdentityCenter): readonly Statement[] {
  if (center.accessApplicationArn === undefined) return [];
  return [
    allow("FindAccountAccess", ["account-access:ListApplications"], ["*"]),
    allow("ReadAccountAccess", ["account-access:GetApplication"], application(center)),
  ];
}

/** IAM has no key for the role that is opened, or for whom: the application is all that it can limit. */
function application(center: IdentityCenter): readonly string[] {
  return center.accessApplicationArn === undefined ? [] : [center.accessApplicationArn];
}

/** An assignment is checked on all three. */
function assigned(place: Place, center: IdentityCenter): readonly string[] {
  if (center.permissionSetArns.length === 0 || center.accountIds.length === 0) return [];
  const accounts = center.accountIds.map((id) => `arn:${place.partition}:sso:::account/${id}`);
  return [center.instanceArn, ...center.permissionSetArns, ...accounts];
}

function memberships(place: Place, center: IdentityCenter): readonly string[] {
  if (center.groupIds.length === 0) return [];
  const groups = center.groupIds.map((id) => storeEntry(place, "group", id));
  return [storeArn(place, center), ...groups, storeEntry(place, "user", "*"), storeEntry(place, "membership", "*")];
}

function storeArn(place: Place, center: IdentityCenter): string {
  return `arn:${place.partition}:identitystore::${center.ownerAccount}:identitystore/${center.storeId}`;
}

function storeEntry(place: Place, what: string, id: string): string {
  return `arn:${place.partition}:identitystore:::${what}/${id}`;
}
