//! What happens while nobody decides: whether it can happen at all.

use domain::GrantDuration;

use crate::fault::Findings;
use crate::node::{Node, Value};

/// The sweep, which sees what is due, runs so often.
const SWEEP_EVERY: &str = "5m";

/// Checks when people are reminded, and when others are asked.
pub(super) fn check(project: &Node, found: &mut Findings) {
    for field in ["remind_after", "escalate_after"] {
        let Some(node) = project.get(field) else { continue };
        let after = node.text().and_then(|text| GrantDuration::parse(text).ok());
        let least = GrantDuration::parse(SWEEP_EVERY).ok();
        if let (Some(after), Some(least)) = (after, least)
            && after < least
        {
            let what = format!(
                "{} is too short: {SWEEP_EVERY} at least, which is how often it is looked at",
                after.compact()
            );
            found.fault(node.line, field, what);
        }
    }
    let is_there =
        |field| project.get(field).filter(|node| !matches!(&node.value, Value::Null) && !is_empty(node));
    match (is_there("escalate_after"), is_there("escalate_to")) {
        (Some(after), None) => {
            found.fault(after.line, "escalate_to", "is missing: whom to ask after escalate_after");
        }
        (None, Some(to)) => {
            found.fault(to.line, "escalate_after", "is missing: after how long to ask escalate_to");
        }
        (Some(_), Some(_)) | (None, None) => {}
    }
}

fn is_empty(node: &Node) -> bool {
    matches!(&node.value, Value::List(items) if items.is_empty())
}
