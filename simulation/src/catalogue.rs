//! What can be asked for.

use serde_json::{Value, json};
use testkit::aws::{ACCOUNT, DEMO_SESSION_ROLE_ARN};

use crate::people::{CHANNEL, OLIVIA, PROJECT};
use crate::theme::Theme;

/// The project, approved in a channel or by direct messages.
pub(crate) fn project(theme: Theme, in_channel: bool, approvers: &[&str]) -> Value {
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
    theme.furnish(&mut project);
    if in_channel {
        let fields = project.as_object_mut();
        fields.map(|fields| fields.insert("channel".to_owned(), CHANNEL.into()));
    }
    project
}
