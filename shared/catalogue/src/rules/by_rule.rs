//! The rules of a role that need nobody: whether they name anybody, and keep within the role's limit.

use domain::{GrantDuration, RuleName};

use crate::fault::{Findings, within};
use crate::node::{Node, Value};

/// Checks the rules of a role.
pub(super) fn check(role: &Node, field: &str, shortest: GrantDuration, found: &mut Findings) {
    let longest = role.get("max_duration").and_then(duration);
    for name in RuleName::ALL {
        let Some(rule) = role.get(name.as_str()) else { continue };
        let field = within(field, name.as_str());
        if let Some(named) = rule.get("for").filter(|named| named.value == Value::List(Vec::new())) {
            let what = format!("names nobody; leave {} out instead", name.as_str());
            found.fault(named.line, &within(&field, "for"), what);
        }
        let Some((node, limit)) = rule.get("max_duration").and_then(|node| Some((node, duration(node)?)))
        else {
            continue;
        };
        let field = within(&field, "max_duration");
        if let Some(longest) = longest.filter(|longest| limit > *longest) {
            let what = format!(
                "{} is longer than the role's own max_duration, {}, so the rule could never grant it",
                limit.compact(),
                longest.compact()
            );
            found.fault(node.line, &field, what);
        }
        if limit < shortest {
            let what = format!(
                "{} is shorter than the shortest grant, {} (MIN_DURATION), so the rule could grant nothing",
                limit.compact(),
                shortest.compact()
            );
            found.fault(node.line, &field, what);
        }
    }
}

fn duration(node: &Node) -> Option<GrantDuration> {
    GrantDuration::parse(node.text()?).ok()
}
