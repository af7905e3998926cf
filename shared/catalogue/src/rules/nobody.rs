//! Lists of people in which nobody is: they count as left out, which may be the opposite of what is meant.

use crate::fault::{Findings, within};
use crate::node::{Node, Value};

/// What a list without anybody means in a project, and what in a role.
const LISTS: [(&str, &str, &str); 2] = [
    ("requester_slack_ids", "everybody may ask", "the project's own list counts"),
    ("approver_slack_ids", "the owner alone approves", "the project's own list counts"),
];

/// Checks a project, or the role of this `field`.
pub(super) fn check(node: &Node, field: &str, found: &mut Findings) {
    for (list, of_project, of_role) in LISTS {
        let Some(named) = node.get(list).filter(|named| named.value == Value::List(Vec::new())) else {
            continue;
        };
        let then = if field.is_empty() { of_project } else { of_role };
        let what = format!("names nobody, so it counts as left out: {then}");
        found.warn(named.line, &within(field, list), what);
    }
}
