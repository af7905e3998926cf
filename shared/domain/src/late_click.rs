//! A denial or an end that was carried out long after somebody asked for it, because the queue or the worker was down.
//!
//! It is safe to carry out, but what people read has to name both moments: until the second one nothing had happened.

use crate::lifecycle::is_stale;
use crate::request::Request;
use crate::time::UnixSeconds;

/// The two moments of a decision that was carried out late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LateClick {
    /// When the click reached the ingress, or the operator typed the command.
    pub clicked_at: UnixSeconds,
    /// When it was carried out.
    pub done_at: UnixSeconds,
}

/// The late denial or end of a request, where it was one: later than an approval would still have been taken.
#[must_use]
pub fn late_click(request: &Request) -> Option<LateClick> {
    let is_ending = |event: &str| matches!(event, "deny" | "revoke");
    let change = request.audit.history.iter().rfind(|change| is_ending(&change.event))?;
    let clicked_at = UnixSeconds(change.inputs.get("clicked_at")?.as_i64()?);
    is_stale(clicked_at, change.at).then_some(LateClick { clicked_at, done_at: change.at })
}
