//! Who and what the sandbox starts with: people, a channel, user groups, projects, and what there is in Identity Center.

use serde_json::{Value, json};

use crate::aws::identity_center::IdentityCenter;
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

/// The user groups, each with its name and its members.
pub const USER_GROUPS: [(&str, &str, &[&str]); 2] =
    [("S0ENGINEERS", "engineers", &["U0DANA", "U0SECOND"]), ("S0MANAGERS", "managers", &["U0SECOND"])];

/// How long creating or deleting an assignment takes in the sandbox, in seconds: AWS's own takes some.
const ASSIGNING_SECONDS: u32 = 2;

/// What projects name in Identity Center.
pub(crate) struct Directory {
    billing_arn: String,
    reporters_id: String,
}

/// People who can sign in, permission sets and groups; Olivia has something there that no grant gave.
pub(crate) fn fill(center: &IdentityCenter) -> Directory {
    let ids = people().into_iter().filter_map(|person| {
        let email = person.email?;
        Some((person.id, center.add_user(&email, &email)))
    });
    let ids: Vec<(String, String)> = ids.collect();
    let billing_arn = center.add_permission_set("Billing", Some("PT1H"));
    let view_arn = center.add_permission_set("ViewOnlyAccess", Some("PT8H"));
    let reporters_id = center.add_group("Reporters");
    let platform_id = center.add_group("Platform");
    center.assign(ACCOUNT, &view_arn, "GROUP", &platform_id);
    center.assign(REPORTS_ACCOUNT, &view_arn, "GROUP", &reporters_id);
    if let Some((_, olivia)) = ids.iter().find(|(id, _)| id == "U0OWNER") {
        center.add_member(&platform_id, olivia);
    }
    center.let_operations_take(ASSIGNING_SECONDS);
    Directory { billing_arn, reporters_id }
}

/// The account that the group of those who read reports may look into.
const REPORTS_ACCOUNT: &str = "210987654321";

/// The catalogue: requests for payments are decided in direct messages, those for the website in the channel, where credentials
/// can be claimed, too. Who is on call has rules that need nobody, and is reminded of; the console is entered by Identity Center.
pub(crate) fn projects(directory: &Directory) -> Vec<Value> {
    vec![payments(), website(), oncall(), console(directory)]
}

fn read_only(max: &str) -> Value {
    json!({
        "kind": "user", "policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"], "max_duration": max,
        "max_extensions": 2,
    })
}

fn payments() -> Value {
    let deploy = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Action": ["sqs:ListQueues", "sqs:CreateQueue", "sqs:SendMessage"],
        "Resource": "*",
    }] });
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
    })
}

fn website() -> Value {
    let claimed = |mut role: Value| {
        if let Some(fields) = role.as_object_mut() {
            fields.insert("delivery".to_owned(), "claim".into());
        }
        role
    };
    json!({
        "project": "website",
        "owner_slack_id": "U0OWNER",
        "approver_slack_ids": ["U0OWNER", "U0SECOND"],
        "channel": "C0APPROVALS",
        "roles": {
            "ReadOnly": read_only("1d"),
            "ClaimedKey": claimed(read_only("8h")),
            "ClaimedRole": claimed(json!({
                "kind": "role", "policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"], "max_duration": "8h",
                "door": "claim",
            })),
            "ClaimedSession": claimed(json!({ "kind": "session", "role_arn": DEMO_SESSION_ROLE_ARN, "max_duration": "8h" })),
        },
    })
}

fn oncall() -> Value {
    let admin = json!(["arn:aws:iam::aws:policy/AdministratorAccess"]);
    let with = |name: &str, rule: Value, mut role: Value| {
        if let Some(fields) = role.as_object_mut() {
            fields.insert(name.to_owned(), rule);
        }
        role
    };
    json!({
        "project": "oncall",
        "owner_slack_id": "U0OWNER",
        "approver_slack_ids": ["U0OWNER"],
        "requester_slack_ids": ["S0ENGINEERS"],
        "remind_after": "30m",
        "escalate_after": "2h",
        "escalate_to": ["S0MANAGERS"],
        "roles": {
            "Logs": with("auto_approve", json!({ "for": ["S0ENGINEERS"], "max_duration": "1h" }), read_only("8h")),
            "Admin": with(
                "break_glass",
                json!({ "for": ["S0ENGINEERS"], "max_duration": "30m" }),
                json!({ "kind": "user", "policy_arns": admin, "max_duration": "2h" }),
            ),
        },
    })
}

fn console(directory: &Directory) -> Value {
    json!({
        "project": "console",
        "owner_slack_id": "U0OWNER",
        "approver_slack_ids": ["U0OWNER", "U0SECOND"],
        "channel": "C0APPROVALS",
        "roles": {
            "Billing": {
                "kind": "permission_set", "permission_set_arn": directory.billing_arn, "account_id": ACCOUNT,
                "max_duration": "8h",
            },
            "Inspect": {
                "kind": "role", "policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"], "max_duration": "8h",
                "door": "account_access",
            },
            "Reports": { "kind": "group", "group_id": directory.reporters_id, "max_duration": "8h" },
        },
    })
}
