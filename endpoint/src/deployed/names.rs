//! The accounts, and what is named in them before the stack is deployed.

use crate::catalogue::POWER_ROLE;

/// The account of the stack; the emulator takes it for requests that are not signed, too.
pub const MAIN: &str = "000000000000";
/// The account of the same stack with a function URL.
pub const AT_URL: &str = "777788889999";
/// The policy that grants may attach, and no other.
pub const LISTED_POLICY: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";
/// Where everything is.
pub const REGION: &str = "us-east-1";
/// The sender of mail.
pub const SENDER: &str = "keylease@example.com";
/// The member account.
pub const MEMBER: &str = "444455556666";

/// The role that sessions of the account's project are made of.
pub(super) fn session_role_arn(account: &str) -> String {
    format!("arn:aws:iam::{account}:role/{POWER_ROLE}")
}

/// The role that the workers act in the member account through.
pub(super) fn member_role_arn() -> String {
    format!("arn:aws:iam::{MEMBER}:role/keylease-member")
}
