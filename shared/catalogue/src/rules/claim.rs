//! How a credential gets to its requester: what goes together.

use domain::GrantDuration;
use domain::kind::DoorName;

use crate::fault::{Findings, within};
use crate::node::{Node, Value};

/// The shortest time in which somebody can be expected to see the message and run the command.
const CLAIM_WITHIN_LEAST: &str = "5m";

/// Whether a role's credential is claimed.
pub(super) fn is_claimed(role: &Node) -> bool {
    role.get("delivery").and_then(Node::text) == Some("claim")
        || role.get("door").and_then(Node::text) == Some(DoorName::Claim.as_str())
}

/// Checks for how long a credential may be claimed.
pub(super) fn check(role: &Node, field: &str, found: &mut Findings) {
    let Some(node) = role.get("claim_within").filter(|node| !matches!(&node.value, Value::Null)) else {
        return;
    };
    let field = within(field, "claim_within");
    if !is_claimed(role) {
        return found.fault(node.line, &field, "is only for roles with `delivery: claim`");
    }
    let time = node.text().and_then(|text| GrantDuration::parse(text).ok());
    let least = GrantDuration::parse(CLAIM_WITHIN_LEAST).ok();
    if let (Some(time), Some(least)) = (time, least)
        && time < least
    {
        let what = format!(
            "{} is too short: {CLAIM_WITHIN_LEAST} at least, to see the message and claim",
            time.compact()
        );
        found.fault(node.line, &field, what);
    }
}
