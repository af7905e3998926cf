//! The review of what was granted by break-glass: once, whatever has become of the grant since.

use super::event::Event;
use super::transition::{Illegal, Transition, change};
use crate::request::Request;
use crate::time::UnixSeconds;

pub(super) fn review(request: &Request, event: &Event, now: UnixSeconds) -> Result<Transition, Illegal> {
    if request.unreviewed_since().is_some() {
        return Ok(change(request, event, now, request.status, |next| next.slack.remind_at = None));
    }
    if request.broke_glass() {
        return Ok(Transition::NoOp);
    }
    Err(Illegal::Status { status: request.status, event: event.name() })
}
