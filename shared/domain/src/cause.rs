//! Why a request ended, where its events say more than its status.

use crate::delivery::Undelivered;
use crate::lifecycle::Event;
use crate::request::Request;

/// Whether it was closed because nobody could be asked to decide.
#[must_use]
pub fn ask_failed(request: &Request) -> bool {
    has(request, Event::ASK_FAILED)
}

/// Whether its credential was not claimed in time.
#[must_use]
pub fn was_unclaimed(request: &Request) -> bool {
    has(request, Event::UNCLAIMED)
}

/// Whether its requester said that a machine that asked for its credential was not theirs.
#[must_use]
pub fn claim_was_refused(request: &Request) -> bool {
    has(request, Event::CLAIM_REFUSED)
}

/// Whether its session ended because another one on the same role could not be ended alone.
#[must_use]
pub fn was_cut_off(request: &Request) -> bool {
    has(request, Event::CUT_OFF)
}

/// Whether it ended, or was closed, because Slack deactivated its requester's account.
#[must_use]
pub fn requester_left(request: &Request) -> bool {
    has(request, Event::REQUESTER_LEFT)
}

/// What happened to its email, where the grant was ended for that.
#[must_use]
pub fn ended_undelivered(request: &Request) -> Option<Undelivered> {
    let event = request.audit.history.iter().rev().find(|change| change.event == Event::UNDELIVERED)?;
    serde_json::from_value(event.inputs.get("why")?.clone()).ok()
}

fn has(request: &Request, event: &str) -> bool {
    request.audit.history.iter().any(|change| change.event == event)
}
