//! A role by itself: how long, and what it allows.

use domain::GrantDuration;
use domain::project::SESSION_MAX_SECONDS;

use super::policy;
use crate::fault::{Findings, within};
use crate::node::{Node, Value};

/// Checks a role.
pub(super) fn check(role: &Node, field: &str, shortest: GrantDuration, found: &mut Findings) {
    let session = role.get("kind").and_then(Node::text) == Some("session");
    longest(role, session, field, shortest, found);
    if let Some(document) = role.get("inline_policy") {
        policy::check(document, session, &within(field, "inline_policy"), found);
    }
    let user = role.get("kind").and_then(Node::text) == Some("user");
    // A field of the wrong type is told of by the schema.
    let arns = role
        .get("policy_arns")
        .is_some_and(|arns| !matches!(&arns.value, Value::List(items) if items.is_empty()));
    if user && !arns && role.get("inline_policy").is_none() {
        let what =
            "is missing: a role of kind `user` needs policy_arns or inline_policy, or it allows nothing";
        found.fault(role.line, &within(field, "policy_arns"), what);
    }
}

fn longest(role: &Node, session: bool, field: &str, shortest: GrantDuration, found: &mut Findings) {
    let Some(node) = role.get("max_duration") else { return };
    let Some(longest) = node.text().and_then(|text| GrantDuration::parse(text).ok()) else { return };
    let field = within(field, "max_duration");
    if longest < shortest {
        let what = format!(
            "{} is shorter than the shortest grant, {} (MIN_DURATION), so nobody could ask for it",
            longest.compact(),
            shortest.compact()
        );
        found.fault(node.line, &field, what);
    }
    if session && longest.seconds() > SESSION_MAX_SECONDS {
        let what = format!(
            "{} is too long for a role of kind `session`: 1h at most, for AWS ends the sessions of chained roles then",
            longest.compact()
        );
        found.fault(node.line, &field, what);
    }
}
