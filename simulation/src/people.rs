//! Who takes part, and what can be asked for.

use domain::SlackUserId;
use serde_json::{Value, json};
use testkit::aws::{ACCOUNT, DEMO_SESSION_ROLE_ARN};
use testkit::slack::Person;

/// Asks.
pub(crate) const DANA: &str = "U0DANA";
/// Asks too.
pub(crate) const ERIN: &str = "U0ERIN";
/// Owns the project, approves, and sometimes asks.
pub(crate) const OLIVIA: &str = "U0OWNER";
/// Approves.
pub(crate) const SAM: &str = "U0SECOND";
/// May do nothing.
pub(crate) const STRANGER: &str = "U0STRANGER";
/// Those who may decide.
pub(crate) const APPROVERS: [&str; 2] = [OLIVIA, SAM];

/// The one project.
pub(crate) const PROJECT: &str = "payments";
/// The channel in which approvers are asked.
pub(crate) const CHANNEL: &str = "C0APPROVALS";

/// The role that two approvers must agree to.
pub(crate) const TWO_APPROVERS: &str = "Both";

/// The roles, each with the durations that it is asked for.
pub(crate) const ROLES: [(&str, &[&str]); 5] = [
    ("ReadOnly", &["15m", "1h", "8h"]),
    (TWO_APPROVERS, &["15m", "1h"]),
    ("Deploy", &["15m", "2h"]),
    ("PowerUser", &["15m", "1h"]),
    ("Own", &["15m", "1h"]),
];

/// The project, approved in a channel or by direct messages.
pub(crate) fn project(in_channel: bool, approvers: &[&str]) -> Value {
    let read_only = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    let deploy = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*" }] });
    let own = format!("arn:aws:iam::{ACCOUNT}:user/${{requester_email}}");
    let mut project = json!({
        "project": PROJECT, "owner_slack_id": OLIVIA, "approver_slack_ids": approvers,
        "roles": {
            "ReadOnly": { "kind": "user", "policy_arns": [read_only], "max_duration": "8h" },
            "Both": { "kind": "user", "policy_arns": [read_only], "max_duration": "1h", "approvals_required": 2 },
            "Deploy": { "kind": "user", "inline_policy": deploy.to_string(), "max_duration": "2h" },
            "PowerUser": { "kind": "session", "role_arn": DEMO_SESSION_ROLE_ARN, "max_duration": "1h" },
            "Own": { "kind": "role", "policy_arns": [read_only], "door": "assume_role", "principals": [own],
                "max_duration": "8h" }}});
    if in_channel {
        let fields = project.as_object_mut();
        fields.map(|fields| fields.insert("channel".to_owned(), CHANNEL.into()));
    }
    project
}

/// Everybody in the workspace.
pub(crate) fn everybody() -> Vec<Person> {
    [DANA, ERIN, OLIVIA, SAM, STRANGER].map(Person::with_id).into()
}

/// The mail address of a person.
pub(crate) fn address(id: &str) -> String {
    Person::with_id(id).email.unwrap_or_default()
}

/// How many must agree for a role.
pub(crate) fn approvals_required(role: &str) -> usize {
    if role == TWO_APPROVERS { 2 } else { 1 }
}

/// A person's id. These are constants of this file, so every one of them is valid.
pub(crate) fn person(id: &str) -> Option<SlackUserId> {
    SlackUserId::parse(id).ok()
}
