//! A role by itself: how long, and what it allows.

use domain::kind::KindName;
use domain::{GrantDuration, RuleName};

use super::{claim, door, policy};
use crate::fault::{Findings, within};
use crate::node::{Node, Value};

/// The shortest sessions that a permission set of Identity Center can have, in seconds.
const SESSION_LEAST_SECONDS: u32 = 3_600;

/// Checks a role.
pub(super) fn check(role: &Node, field: &str, shortest: GrantDuration, found: &mut Findings) {
    // A kind that is none is told of by the schema.
    let kind = role.get("kind").and_then(Node::text).and_then(KindName::parse);
    longest(role, kind, field, shortest, found);
    if let Some(document) = role.get("inline_policy") {
        policy::check(document, kind, &within(field, "inline_policy"), found);
    }
    claim::check(role, field, found);
    closes_early(role, field, found);
    let Some(kind) = kind else { return };
    if kind == KindName::Role {
        door::check(role, field, found);
    }
    // Where a kind cannot choose between fields, the schema says what it needs.
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

/// A permission set's sessions last for an hour at least, and a grant that is taken away so long before its end has to be longer.
fn closes_early(role: &Node, field: &str, found: &mut Findings) {
    if role.get("door_closes_early").map(|node| &node.value) != Some(&Value::Bool(true)) {
        return;
    }
    let own = std::iter::once((field.to_owned(), role));
    let rules = RuleName::ALL.into_iter();
    let rules = rules.filter_map(|name| Some((within(field, name.as_str()), role.get(name.as_str())?)));
    for (field, limited) in own.chain(rules) {
        let Some(node) = limited.get("max_duration") else { continue };
        let Some(longest) = node.text().and_then(|text| GrantDuration::parse(text).ok()) else { continue };
        if longest.seconds() <= SESSION_LEAST_SECONDS {
            let what = format!(
                "{} is too short with door_closes_early: the sessions of a permission set last for 1h at least, and it is \
                 taken away so long before the end",
                longest.compact()
            );
            found.fault(node.line, &within(&field, "max_duration"), what);
        }
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
