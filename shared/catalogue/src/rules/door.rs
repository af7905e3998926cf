//! Who gets into a role of a grant's own.

use domain::UnixSeconds;
use domain::kind::DoorName;
use domain::policy::open_door;
use domain::principal::{Pattern, Requester, VALUE_MAX_CHARS};

use crate::fault::{Findings, quoted, within};
use crate::node::{Node, Value};

/// Doors of all moments are of one length.
const ANY_MOMENT: UnixSeconds = UnixSeconds(1_800_000_000);

/// Checks the door of a role.
pub(super) fn check(role: &Node, field: &str, found: &mut Findings) {
    // A door that is none is told of by the schema.
    let Some(door) = role.get("door").and_then(Node::text).and_then(DoorName::parse) else { return };
    match door {
        DoorName::AssumeRole => assume_role(role, field, found),
        DoorName::AccountAccess | DoorName::Claim => {
            let listed = role.get("principals").filter(|listed| !matches!(&listed.value, Value::Null));
            if let Some(listed) = listed {
                found.fault(
                    listed.line,
                    &within(field, "principals"),
                    "is only for roles with `door: assume_role`",
                );
            }
        }
    }
    delivery(role, door, field, found);
}

/// What is claimed is never emailed, and a role that people get into as themselves has nothing to deliver.
fn delivery(role: &Node, door: DoorName, field: &str, found: &mut Findings) {
    let Some(node) = role.get("delivery").filter(|node| !matches!(&node.value, Value::Null)) else { return };
    let field = within(field, "delivery");
    match (door, node.text()) {
        (DoorName::Claim, Some("email")) => {
            found.fault(node.line, &field, "cannot be `email`: with `door: claim` it is `claim`");
        }
        (DoorName::Claim, _) => {}
        (DoorName::AssumeRole | DoorName::AccountAccess, _) => {
            found.fault(
                node.line,
                &field,
                "is only for roles with `door: claim`, or of kind `user` or `session`",
            );
        }
    }
}

fn assume_role(role: &Node, field: &str, found: &mut Findings) {
    let field = within(field, "principals");
    let Some(listed) = role.get("principals").filter(|listed| !listed.items().is_empty()) else {
        return found.fault(
            role.line,
            &field,
            "is missing: with `door: assume_role` nobody could get in without it",
        );
    };
    let mut patterns = Vec::new();
    for node in listed.items() {
        // One that is none is told of by the schema.
        let Some(text) = node.text() else { return };
        let Ok(pattern) = Pattern::parse(text) else { return };
        if !pattern.names_the_requester() {
            let what = format!(
                "{} lets in everybody whom it matches, whoever asked: with ${{requester_email}} it names the one person",
                quoted(text)
            );
            found.warn(node.line, &field, what);
        }
        patterns.push(text.to_owned());
    }
    // As long as it can become.
    let longest = "X".repeat(VALUE_MAX_CHARS);
    let anybody = Requester { email: Some(&longest), identity_store_user_id: Some(&longest) };
    if let Err(fault) = open_door(&patterns, &anybody, ANY_MOMENT) {
        found.fault(listed.line, &field, format!("{fault}: name fewer or shorter ones"));
    }
}
