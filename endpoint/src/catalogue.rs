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
pub fn people() -> Vec<Person> {
    [(DANA, "dana", "Dana"), (OLIVIA, "olivia", "Olivia"), (SAM, "sam", "Sam"), (STRANGER, "kim", "Kim")]
        .map(|(id, name, real_name)| person(id, name, real_name))
        .into()
}

/// Somebody else who works here, by a number.
pub fn colleague(number: usize) -> Person {
    let id = format!("U0COLLEAGUE{number:02}");
    person(&id, &format!("colleague{number}"), &format!("Colleague {number}"))
}

fn person(id: &str, name: &str, real_name: &str) -> Person {
    let email = Some(format!("{name}@example.com"));
    Person { name: name.to_owned(), real_name: real_name.to_owned(), email, ..Person::with_id(id) }
}

/// A role that gives a user with `ReadOnlyAccess`.
pub fn read_only() -> Value {
    json!({
        "kind": "user",
        "policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
        "max_duration": "8h"
    })
}

/// The projects, as their table records.
pub fn projects(account: &str) -> Vec<Value> {
    let roles = json!({
        "ReadOnly": read_only(),
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
pub fn power_role_arn(account: &str) -> String {
    format!("arn:aws:iam::{account}:role/{POWER_ROLE}")
}

/// Its name.
pub const POWER_ROLE: &str = "payments-power";
