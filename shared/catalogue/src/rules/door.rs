//! Who gets into a role of a grant's own.

use domain::UnixSeconds;
use domain::kind::DoorName;
use domain::policy::open_door;
use domain::principal::{Pattern, Requester, VALUE_MAX_CHARS};

use crate::fault::{Findings, quoted, within};
use crate::node::Node;

/// Doors of all moments are of one length.
const ANY_MOMENT: UnixSeconds = UnixSeconds(1_800_000_000);

/// Checks the door of a role.
pub(super) fn check(role: &Node, field: &str, found: &mut Findings) {
    // A door that is none is told of by the schema.
    let Some(door) = role.get("door").and_then(Node::text).and_then(DoorName::parse) else { return };
    match door {
        DoorName::AssumeRole => assume_role(role, field, found),
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
