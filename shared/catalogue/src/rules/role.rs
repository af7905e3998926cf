//! A role by itself: how long, and what it allows.

use domain::GrantDuration;
use domain::kind::KindName;

use super::{claim, door, policy};
use crate::fault::{Findings, within};
use crate::node::{Node, Value};

/// Checks a role.
pub(super) fn check(role: &Node, field: &str, shortest: GrantDuration, found: &mut Findings) {
    // A kind that is none is told of by the schema.
    let kind = role.get("kind").and_then(Node::text).and_then(KindName::parse);
    longest(role, kind, field, shortest, found);
    if let Some(document) = role.get("inline_policy") {
        policy::check(document, kind, &within(field, "inline_policy"), found);
    }
    claim::check(role, field, found);
    let Some(kind) = kind else { return };
    match kind {
        KindName::Role => door::check(role, field, found),
        KindName::User | KindName::Session | KindName::PermissionSet | KindName::Group => {}
    }
    // Where a kind needs one field and no other, the schema says so.
    let any_of = kind.needs_one_of();
    let [first, _, ..] = any_of else { return };
    // A field of the wrong type is told of by the schema.
    let is_there = |field: &&str| {
        role.get(field).is_some_and(|node| !matches!(&node.value, Value::List(items) if items.is_empty()))
    };
    if !any_of.iter().any(is_there) {
        let what = format!(
            "is missing: a role of kind `{}` needs {}, or it allows nothing",
            kind.as_str(),
            any_of.join(" or ")
        );
        found.fault(role.line, &within(field, first), what);
    }
}

fn longest(role: &Node, kind: Option<KindName>, field: &str, shortest: GrantDuration, found: &mut Findings) {
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
    let is_renewed = claim::is_claimed(role) && kind.is_some_and(KindName::is_renewed_when_claimed);
    if let Some((kind, most)) = kind.and_then(|kind| Some((kind, kind.longest()?)))
        && longest > most
        && !is_renewed
    {
        let what = format!(
            "{} is too long for a role of kind `{}`: {} at most, for {}",
            longest.compact(),
            kind.as_str(),
            most.compact(),
            kind.why_no_longer()
        );
        found.fault(node.line, &field, what);
    }
}
