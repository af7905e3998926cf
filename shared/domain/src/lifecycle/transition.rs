//! What an event may do to a request, and what all changes have in common.

use super::event::Event;
use super::extend::apply as apply_extension;
use super::extension_event::{ExtensionEvent, ExtensionFault};
use crate::audit::Entry;
use crate::audit::inputs::{self, Moments};
use crate::authorization::Refused;
use crate::duration::GrantDuration;
use crate::job::Job;
use crate::request::Request;
use crate::rule::RuleRefused;
use crate::status::Status;
use crate::time::UnixSeconds;

/// An approval that is worked on more than so many seconds after it was clicked grants nothing: the approver is asked
/// again. What takes access away is always carried out.
pub const CLICK_STALE_AFTER_SECONDS: i64 = 15 * 60;

/// What an event does to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transition {
    /// It becomes this; the record's outbox names the jobs that follow.
    Change(Box<Request>),
    /// The event was already taken in; nothing changes.
    NoOp,
}

/// An event that a request in this status cannot take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Illegal {
    /// The status does not allow it.
    #[error("a request that is {status} cannot take the event `{event}`")]
    Status {
        /// The request's status.
        status: Status,
        /// The event's name.
        event: &'static str,
    },
    /// Whoever approves may not, or it has to be looked up whether they may.
    #[error("the approval cannot be taken: {0:?}")]
    MayNotApprove(Refused),
    /// The rule does not grant it.
    #[error("the rule grants nothing: {0:?}")]
    NotByRule(RuleRefused),
    /// The approval was worked on too late to mean what it meant.
    #[error("the approval of {} was worked on too late", clicked_at.rfc3339())]
    Stale { clicked_at: UnixSeconds },
    /// Its time is not over yet.
    #[error("the grant lasts until {}", expires_at.rfc3339())]
    NotDue { expires_at: UnixSeconds },
    /// It is about an extension, which cannot take it.
    #[error("the extension cannot take it: {0:?}")]
    Extension(ExtensionFault),
}

/// Less is granted than was asked for, which stays known. Where several approve, the shortest counts.
pub(super) fn shorten(next: &mut Request, duration: GrantDuration) {
    if duration < next.ask.duration {
        next.decision.asked_duration_seconds.get_or_insert(next.ask.duration.seconds());
        next.ask.duration = duration;
    }
}

/// Whether an approval that was clicked `at` is worked on too late to mean what it meant.
pub(crate) fn is_stale(at: UnixSeconds, now: UnixSeconds) -> bool {
    now.seconds_since(at) > CLICK_STALE_AFTER_SECONDS
}

/// The moment from which a click counts. The clocks of two hosts differ: it is never in the future, and never before
/// what it follows.
pub(super) fn counted_from(request: &Request, at: UnixSeconds, now: UnixSeconds) -> UnixSeconds {
    at.max(request.decision.decided_at.unwrap_or(request.ask.created_at)).min(now)
}

/// What an event about an extension makes of a grant that lives.
pub(super) fn extend(
    request: &Request,
    event: &Event,
    extension: &ExtensionEvent,
    now: UnixSeconds,
) -> Result<Transition, Illegal> {
    let at = counted_from(request, event.clicked_at().unwrap_or(now), now);
    // What takes nothing away means something only at its time.
    let is_late = match extension {
        ExtensionEvent::Ask { .. }
        | ExtensionEvent::ApproveByRule { .. }
        | ExtensionEvent::Approve { .. } => is_stale(at, now),
        ExtensionEvent::Deny { .. }
        | ExtensionEvent::Lapse { .. }
        | ExtensionEvent::Extend { .. }
        | ExtensionEvent::Fail { .. } => false,
    };
    match apply_extension(request, extension, at, now).map_err(Illegal::Extension)? {
        None => Ok(Transition::NoOp),
        Some(_) if is_late => Err(Illegal::Stale { clicked_at: at }),
        Some(extended) => Ok(change(request, event, now, Status::Active, |next| *next = extended)),
    }
}

/// A copy of `request` in status `to`, with the change in its history and people due to be told.
pub(super) fn change(
    request: &Request,
    event: &Event,
    now: UnixSeconds,
    to: Status,
    edit: impl FnOnce(&mut Request),
) -> Transition {
    let mut next = request.clone();
    next.status = to;
    if request.status != to && request.status == Status::Pending {
        next.slack.remind_at = None;
        next.slack.reminded_at = None;
        next.slack.reminders = 0;
    }
    edit(&mut next);
    if to != Status::Active {
        next.extensions.end();
    }
    next.record(Entry {
        at: now,
        event: event.name(),
        by: event.by(),
        from: Some(request.status),
        note: event.note(request.status),
        inputs: inputs::of_event(
            event,
            request,
            &next,
            Moments { now, clicked_at: event.clicked_at().map(|at| counted_from(request, at, now)) },
        ),
    });
    if next.status.is_final() && next.access.claim.is_some() && next.status != request.status {
        next.work.outbox.push(Job::CloseClaim { request_id: request.request_id.clone() });
    }
    next.work.outbox.push(Job::SyncSlack { request_id: request.request_id.clone() });
    Transition::Change(Box::new(next))
}
