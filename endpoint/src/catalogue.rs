//! The people and projects that every test starts with.

use serde_json::{Value, json};
use testkit::slack::Person;

/// Asks for access.
pub const DANA: &str = "U0DANA";
/// Owns the projects and approves.
pub const OLIVIA: &str = "U0OWNER";
/// Approves too.
pub const SAM: &str = "U0SECOND";
/// Works here, but approves nothing.
pub const STRANGER: &str = "U0STRANGER";
/// Where approvers are asked.
pub const CHANNEL: &str = "C0APPROVALS";

/// Everybody in the workspace.
#[must_use]
pub fn people() -> Vec<Person> {
    [(DANA, "dana", "Dana"), (OLIVIA, "olivia", "Olivia"), (SAM, "sam", "Sam"), (STRANGER, "kim", "Kim")]
        .into_iter()
        .map(|(id, name, real_name)| Person {
            id: id.to_owned(),
            name: name.to_owned(),
            real_name: real_name.to_owned(),
            email: Some(format!("{name}@example.com")),
            tz: "Europe/Berlin".to_owned(),
            deleted: false,
        })
        .collect()
}

/// Somebody else who works here, by a number.
#[must_use]
pub fn colleague(number: usize) -> Person {
    Person {
        id: format!("U0COLLEAGUE{number:02}"),
        name: format!("colleague{number}"),
        real_name: format!("Colleague {number}"),
        email: Some(format!("colleague{number}@example.com")),
        tz: "Europe/Berlin".to_owned(),
        deleted: false,
    }
}

/// The projects, as their table records.
#[must_use]
pub fn projects(account: &str) -> Vec<Value> {
    let roles = json!({
        "ReadOnly": {
            "kind": "user",
            "policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
            "max_duration": "8h"
        },
        "PowerUser": {
            "kind": "session",
            "role_arn": power_role_arn(account),
            "max_duration": "1h"
        }
    });
    vec![
        json!({
            "project": "payments",
            "owner_slack_id": OLIVIA,
            "approver_slack_ids": [OLIVIA, SAM],
            "channel": CHANNEL,
            "roles": roles
        }),
        json!({
            "project": "playground",
            "owner_slack_id": OLIVIA,
            "channel": CHANNEL,
            "allow_self_approval": true,
            "roles": roles
        }),
    ]
}

/// The role that `PowerUser` sessions assume.
#[must_use]
pub fn power_role_arn(account: &str) -> String {
    format!("arn:aws:iam::{account}:role/{POWER_ROLE}")
}

/// Its name.
pub const POWER_ROLE: &str = "payments-power";
