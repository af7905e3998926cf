//! The projects that people ask for in the deployed stack.

use serde_json::{Value, json};

use super::names::{LISTED_POLICY, MEMBER, member_role_arn, session_role_arn};
use crate::catalogue::{CHANNEL, OLIVIA, SAM};
use crate::furnish::{self, EVERYTHING};

/// The project of the stack's own account.
pub(super) fn payments(account: &str) -> Value {
    project("payments", account)
}

/// The project of the member account.
pub(super) fn elsewhere() -> Value {
    let mut elsewhere = project("elsewhere", MEMBER);
    elsewhere["account_role_arn"] = member_role_arn().into();
    elsewhere
}

/// One of its roles has a policy that the stack does not list.
fn project(name: &str, account: &str) -> Value {
    let roles = json!({
        "ReadOnly": { "kind": "user", "policy_arns": [LISTED_POLICY], "max_duration": "8h" },
        "Inline": { "kind": "user", "inline_policy": EVERYTHING, "max_duration": "8h" },
        "PowerUser": { "kind": "session", "role_arn": session_role_arn(account), "max_duration": "1h" },
        "Admin": { "kind": "user", "policy_arns": ["arn:aws:iam::aws:policy/AdministratorAccess"],
            "max_duration": "8h" },
        "Own": own_role(account, LISTED_POLICY),
        "OwnAdmin": own_role(account, furnish::ADMINISTRATOR) });
    json!({ "project": name, "owner_slack_id": OLIVIA, "approver_slack_ids": [OLIVIA, SAM], "channel": CHANNEL,
        "roles": roles })
}

/// A role of a grant's own, opened to the user of its account that has the requester's address as its name.
fn own_role(account: &str, policy_arn: &str) -> Value {
    let who = format!("arn:aws:iam::{account}:user/${{requester_email}}");
    json!({ "kind": "role", "policy_arns": [policy_arn], "inline_policy": EVERYTHING, "door": "assume_role",
        "principals": [who], "max_duration": "8h" })
}
