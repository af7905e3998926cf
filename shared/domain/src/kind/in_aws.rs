//! What a grant is in AWS, and what it needs there.

/// What a grant is in AWS, for whoever looks there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum InAws<'a> {
    /// An IAM user named after the request, with everything that it has.
    User,
    /// An IAM role named after the request, with everything that it has.
    Role,
    /// A session of this role, which AWS does not list; once it was ended early, a denial on the role.
    SessionOf(&'a str),
    /// A user's assignment of this permission set in this account. Others may have made it, or hold it too.
    AssignmentOf { permission_set_arn: &'a str, account_id: &'a str },
    /// A user's membership of this group. Others may have made it, or hold it too.
    MemberOf(&'a str),
}

/// Something in AWS that has to be there before a grant is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Needed<'a> {
    /// A policy, by its ARN.
    Policy(&'a str),
    /// A role, by its ARN, which the provision worker may assume.
    Role(&'a str),
    /// A permission set of Identity Center, by its ARN.
    PermissionSet(&'a str),
    /// A group of Identity Center, by its id.
    Group(&'a str),
    /// Account access manager, enabled for the instance of Identity Center.
    AccountAccess,
}
