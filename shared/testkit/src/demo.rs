//! Who and what the sandbox starts with: three people, one channel, two projects.

use serde_json::{Value, json};

use crate::aws::{ACCOUNT, DEMO_SESSION_ROLE_ARN};
use crate::slack::{Channel, Person};

/// Whom the page shows Slack as, and what they are there for.
pub const TITLES: [(&str, &str); 3] =
    [("U0DANA", "Requester"), ("U0OWNER", "Owner"), ("U0SECOND", "Second approver")];

/// The people of the workspace.
pub(crate) fn people() -> Vec<Person> {
    let person = |id: &str, name: &str, real_name: &str, tz: &str| Person {
        id: id.to_owned(),
        name: name.to_owned(),
        real_name: real_name.to_owned(),
        email: Some(format!("{name}@example.com")),
        tz: tz.to_owned(),
        deleted: false,
    };
    vec![
        person("U0DANA", "dana", "Dana", "Europe/Berlin"),
        person("U0OWNER", "olivia", "Olivia", "America/New_York"),
        person("U0SECOND", "sam", "Sam", "Asia/Tokyo"),
    ]
}

/// The channel in which requests for the website are decided.
pub(crate) fn channel() -> Channel {
    Channel {
        id: "C0APPROVALS".to_owned(),
        name: "aws-approvals".to_owned(),
        members: vec!["U0OWNER".to_owned(), "U0SECOND".to_owned()],
    }
}

/// The catalogue: requests for payments are decided in direct messages, those for the website in the channel; the website's
/// credentials can be claimed, too.
pub(crate) fn projects() -> [Value; 2] {
    let read_only = |max: &str| {
        json!({
            "kind": "user",
            "policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
            "max_duration": max,
        })
    };
    let claimed = |mut role: Value| {
        if let Some(fields) = role.as_object_mut() {
            fields.insert("delivery".to_owned(), "claim".into());
        }
        role
    };
    let deploy = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Action": ["sqs:ListQueues", "sqs:CreateQueue", "sqs:SendMessage"],
        "Resource": "*",
    }] });
    [
        json!({
            "project": "payments",
            "owner_slack_id": "U0OWNER",
            "approver_slack_ids": ["U0OWNER", "U0SECOND"],
            "roles": {
                "ReadOnly": read_only("8h"),
                "PowerUser": { "kind": "session", "role_arn": DEMO_SESSION_ROLE_ARN, "max_duration": "1h" },
                "Support": {
                    "kind": "role", "policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"], "max_duration": "8h",
                    "door": "assume_role",
                    "principals": [format!("arn:aws:iam::{ACCOUNT}:user/${{requester_email}}")],
                },
                "Deploy": { "kind": "user", "policy_arns": [], "inline_policy": deploy, "max_duration": "2h" },
            },
        }),
        json!({
            "project": "website",
            "owner_slack_id": "U0OWNER",
            "approver_slack_ids": ["U0OWNER", "U0SECOND"],
            "channel": "C0APPROVALS",
            "roles": {
                "ReadOnly": read_only("1d"),
                "ClaimedKey": claimed(read_only("8h")),
                "ClaimedSession": claimed(json!({ "kind": "session", "role_arn": DEMO_SESSION_ROLE_ARN, "max_duration": "8h" })),
            },
        }),
    ]
}
