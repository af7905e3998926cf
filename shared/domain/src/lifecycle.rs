//! The life of a request: one table of every status and event.
//!
//! [`decide`] says what a request becomes; the shell writes that on condition that nothing changed meanwhile, and
//! then sends the jobs that follow. It may be called twice with the same event: the second time there is nothing
//! left to do, and it says so.

mod event;

use crate::actor::Actor;
use crate::audit::Entry;
use crate::audit::inputs::{self, Moments};
use crate::authorization::{Refused, Rules};
use crate::delivery::Undelivered;
use crate::duration::GrantDuration;
use crate::ids::SlackUserId;
use crate::job::Job;
use crate::request::Request;
use crate::status::Status;
use crate::time::UnixSeconds;

pub use event::Event;

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
    /// The approval was worked on too late to mean what it meant.
    #[error("the approval of {} was worked on too late", clicked_at.rfc3339())]
    Stale {
        /// When it was clicked.
        clicked_at: UnixSeconds,
    },
    /// Its time is not over yet.
    #[error("the grant lasts until {}", expires_at.rfc3339())]
    NotDue {
        /// When it is.
        expires_at: UnixSeconds,
    },
}

/// What `event`, at `now`, makes of `request`.
pub fn decide(request: &Request, event: &Event, now: UnixSeconds) -> Result<Transition, Illegal> {
    use Status::{Active, Approved, Denied, Expired, Failed, Lapsed, Pending, Revoked};

    let illegal = || Err(Illegal::Status { status: request.status, event: event.name() });
    match (request.status, event) {
        (Pending, Event::Approve { .. }) => approve(request, event, now),
        (Pending, Event::Deny { by, at, reason, .. }) => Ok(change(request, event, now, Denied, |next| {
            next.decision.deny_reason.clone_from(reason);
            next.decision.approver_slack_id = Some(by.clone());
            next.decision.decided_at = Some(counted_from(request, *at, now));
        })),
        (Pending, Event::EndEarly { by: by @ Actor::Operator(_), at, .. }) => {
            Ok(close(request, event, (by, *at), now))
        }
        (Pending, Event::Lapse { .. } | Event::AskFailed { .. }) => {
            Ok(change(request, event, now, Lapsed, |next| next.access.ended_at = Some(now)))
        }

        (Approved, Event::Activate) => Ok(change(request, event, now, Active, end_making)),
        (Approved, Event::Fail { why, removed }) => Ok(cannot_be_made(request, event, why, *removed, now)),
        (Approved, Event::Expire) => due(request, now).map(|_| too_late_to_be_made(request, event, now)),

        (Active, Event::Expire) => due(request, now).map(|expires_at| {
            // The guard ended access at `expires_at` whenever this is written.
            change(request, event, now, Expired, |next| next.access.ended_at = Some(expires_at))
        }),
        // It arrived, and what somebody thinks of it ends nothing.
        (_, Event::Undelivered { why: Undelivered::Complaint }) => Ok(Transition::NoOp),
        (Approved | Active, Event::EndEarly { at, .. }) => {
            Ok(end_early(request, event, counted_from(request, *at, now), now))
        }
        (Approved | Active, Event::Undelivered { .. }) | (Active, Event::CutOff { .. }) => {
            Ok(end_early(request, event, now, now))
        }
        (Expired | Revoked | Failed, Event::Gone) if request.access.gone_at.is_none() => {
            Ok(change(request, event, now, request.status, |next| next.access.gone_at = Some(now)))
        }

        // The same event again, or one that says what is so already.
        (Denied, Event::Deny { by, .. }) if request.decision.approver_slack_id.as_ref() == Some(by) => {
            Ok(Transition::NoOp)
        }
        (Denied, Event::EndEarly { by, .. }) if request.access.ended_by.as_ref() == Some(by) => {
            Ok(Transition::NoOp)
        }
        (Approved | Active, Event::Approve { by, .. }) if has_agreed(request, by) => Ok(Transition::NoOp),
        (Lapsed, Event::Lapse { .. } | Event::AskFailed { .. })
        | (Active, Event::Activate)
        | (Failed, Event::Fail { .. })
        | (Expired | Revoked | Failed, Event::Expire | Event::Gone)
        | (Expired | Revoked, Event::EndEarly { .. } | Event::Undelivered { .. } | Event::CutOff { .. }) => {
            Ok(Transition::NoOp)
        }

        (
            Pending,
            Event::Activate
            | Event::Fail { .. }
            | Event::Expire
            | Event::EndEarly { by: Actor::Person(_), .. }
            | Event::Undelivered { .. }
            | Event::CutOff { .. }
            | Event::Gone,
        )
        | (
            Approved,
            Event::Approve { .. }
            | Event::Deny { .. }
            | Event::Lapse { .. }
            | Event::AskFailed { .. }
            | Event::CutOff { .. }
            | Event::Gone,
        )
        | (
            Active,
            Event::Approve { .. }
            | Event::Deny { .. }
            | Event::Lapse { .. }
            | Event::AskFailed { .. }
            | Event::Fail { .. }
            | Event::Gone,
        )
        | (Denied | Lapsed, _)
        | (
            Expired | Revoked,
            Event::Approve { .. }
            | Event::Deny { .. }
            | Event::Lapse { .. }
            | Event::AskFailed { .. }
            | Event::Activate
            | Event::Fail { .. },
        )
        | (
            Failed,
            Event::Approve { .. }
            | Event::Deny { .. }
            | Event::Lapse { .. }
            | Event::AskFailed { .. }
            | Event::Activate
            | Event::EndEarly { .. }
            | Event::Undelivered { .. }
            | Event::CutOff { .. },
        ) => illegal(),
    }
}

/// Any other event is not for here.
fn approve(request: &Request, event: &Event, now: UnixSeconds) -> Result<Transition, Illegal> {
    let Event::Approve {
        by,
        at,
        approvers,
        approvals_required,
        self_approval_allowed,
        grant,
        people,
        shorter,
        ..
    } = event
    else {
        return Err(Illegal::Status { status: request.status, event: event.name() });
    };
    let rules = Rules { approvers, self_approval_allowed: *self_approval_allowed, people };
    let counted = rules.tally(request, by).map_err(Illegal::MayNotApprove)?.counted;
    let has_enough = counted.len() >= *approvals_required as usize;
    if !has_enough && counted == request.decision.approvals {
        return Ok(Transition::NoOp);
    }
    let at = counted_from(request, *at, now);
    if is_stale(at, now) {
        return Err(Illegal::Stale { clicked_at: at });
    }
    let duration = shorter.map_or(request.ask.duration, |shorter| shorter.min(request.ask.duration));
    if !has_enough {
        return Ok(change(request, event, now, Status::Pending, |next| {
            next.decision.approvals = counted;
            shorten(next, duration);
        }));
    }
    let expires_at = at.after(duration);
    if expires_at <= now {
        return Err(Illegal::Stale { clicked_at: at });
    }
    Ok(change(request, event, now, Status::Approved, |next| {
        next.decision.approvals = counted;
        shorten(next, duration);
        next.decision.approver_slack_id = Some(by.clone());
        next.decision.decided_at = Some(at);
        next.access.expires_at = Some(expires_at);
        next.decision.grant = Some(grant.clone());
        next.work.outbox.push(Job::Provision { request_id: request.request_id.clone() });
    }))
}

/// Less is granted than was asked for, which stays known. Where several approve, the shortest counts.
fn shorten(next: &mut Request, duration: GrantDuration) {
    if duration < next.ask.duration {
        next.decision.asked_duration_seconds.get_or_insert(next.ask.duration.seconds());
        next.ask.duration = duration;
    }
}

/// An operator closes a request before it was decided.
fn close(request: &Request, event: &Event, (by, at): (&Actor, UnixSeconds), now: UnixSeconds) -> Transition {
    change(request, event, now, Status::Denied, |next| {
        next.access.ended_by = Some(by.clone());
        next.decision.decided_at = Some(counted_from(request, at, now));
    })
}

/// Whether an approval that was clicked `at` is worked on too late to mean what it meant.
pub(crate) fn is_stale(at: UnixSeconds, now: UnixSeconds) -> bool {
    now.seconds_since(at) > CLICK_STALE_AFTER_SECONDS
}

/// The moment from which a click counts. The clocks of two hosts differ: it is never in the future, and never before
/// what it follows.
fn counted_from(request: &Request, at: UnixSeconds, now: UnixSeconds) -> UnixSeconds {
    at.max(request.decision.decided_at.unwrap_or(request.ask.created_at)).min(now)
}

/// `at` is when somebody ended it, and `now` when that was worked on.
fn end_early(request: &Request, event: &Event, at: UnixSeconds, now: UnixSeconds) -> Transition {
    change(request, event, now, Status::Revoked, |next| {
        next.access.ended_at = Some(at);
        next.access.ended_by = event.by();
        end_making(next);
        next.work.outbox.push(Job::ExpireGrant { request_id: request.request_id.clone() });
    })
}

fn has_agreed(request: &Request, by: &SlackUserId) -> bool {
    by.is_in(&request.decision.approvals)
}

/// Nobody makes its credential any more.
fn end_making(next: &mut Request) {
    next.work.making = None;
    next.work.waiting = None;
    next.work.recipient = None;
}

/// What was made of it is gone, or goes by a job that follows.
fn cannot_be_made(
    request: &Request,
    event: &Event,
    why: &str,
    removed: bool,
    now: UnixSeconds,
) -> Transition {
    change(request, event, now, Status::Failed, |next| {
        fail(next, why, now);
        if removed {
            next.access.gone_at = Some(now);
        } else {
            next.work.outbox.push(Job::ExpireGrant { request_id: request.request_id.clone() });
        }
    })
}

/// Its time ran out before there was a credential.
fn too_late_to_be_made(request: &Request, event: &Event, now: UnixSeconds) -> Transition {
    let why = ran_out(request);
    change(request, event, now, Status::Failed, |next| fail(next, &why, now))
}

/// Why a request failed whose time ran out: what kept its credential from being made, where that is known.
fn ran_out(request: &Request) -> String {
    let cause = request.access.failure.as_ref().or(request.work.waiting.as_ref().map(|waiting| &waiting.why));
    let cause = cause.map(|cause| format!(": {cause}")).unwrap_or_default();
    format!("its time ran out before the credential could be made{cause}")
}

fn fail(next: &mut Request, why: &str, now: UnixSeconds) {
    next.access.failure = Some(why.to_owned());
    next.access.ended_at = Some(now);
    end_making(next);
}

/// The end of a grant that is over by `now`.
fn due(request: &Request, now: UnixSeconds) -> Result<UnixSeconds, Illegal> {
    // A grant without an end was not written here; treating it as over is the safe reading.
    let expires_at = request.access.expires_at.unwrap_or(now);
    if now >= expires_at { Ok(expires_at) } else { Err(Illegal::NotDue { expires_at }) }
}

/// A copy of `request` in status `to`, with the change in its history and people due to be told.
fn change(
    request: &Request,
    event: &Event,
    now: UnixSeconds,
    to: Status,
    edit: impl FnOnce(&mut Request),
) -> Transition {
    let mut next = request.clone();
    next.status = to;
    edit(&mut next);
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
    next.work.outbox.push(Job::SyncSlack { request_id: request.request_id.clone() });
    Transition::Change(Box::new(next))
}

#[cfg(test)]
mod tests;
