//! The life of a request: one table of every status and event.
//!
//! [`decide`] says what a request becomes; the shell writes that on condition that nothing changed meanwhile, and
//! then sends the jobs that follow. It may be called twice with the same event: the second time there is nothing
//! left to do, and it says so.

mod by_rule;
mod event;
mod extend;
mod extension_event;
mod review;
mod transition;

use crate::actor::Actor;
use crate::authorization::Rules;
use crate::delivery::Undelivered;
use crate::ids::SlackUserId;
use crate::job::Job;
use crate::request::Request;
use crate::status::Status;
use crate::time::UnixSeconds;

pub use event::Event;
pub use extension_event::{ExtensionEvent, ExtensionFault};
pub(crate) use transition::is_stale;
pub use transition::{CLICK_STALE_AFTER_SECONDS, Illegal, Transition};
use transition::{change, counted_from, extend, shorten};

/// What `event`, at `now`, makes of `request`.
#[expect(clippy::too_many_lines, reason = "one table of every status and event")]
pub fn decide(request: &Request, event: &Event, now: UnixSeconds) -> Result<Transition, Illegal> {
    use Status::{Active, Approved, Denied, Expired, Failed, Lapsed, Pending, Ready, Revoked};

    let illegal = || Err(Illegal::Status { status: request.status, event: event.name() });
    match (request.status, event) {
        (Pending, Event::Approve { .. }) => approve(request, event, now),
        (Pending, Event::ApproveByRule { .. }) => by_rule::approve(request, event, now),
        (Approved | Ready | Active | Lapsed | Expired | Revoked | Failed, Event::Review { .. }) => {
            review::review(request, event, now)
        }
        (Pending, Event::Escalate { .. }) if request.is_escalated() => Ok(Transition::NoOp),
        (Pending, Event::Escalate { .. }) => Ok(change(request, event, now, Pending, |_| ())),
        (Pending, Event::Deny { by, at, reason, .. }) => Ok(change(request, event, now, Denied, |next| {
            next.decision.deny_reason.clone_from(reason);
            next.decision.approver_slack_id = Some(by.clone());
            next.decision.decided_at = Some(counted_from(request, *at, now));
        })),
        (Pending, Event::EndEarly { by: by @ Actor::Operator(_), at, .. }) => {
            Ok(close(request, event, (by, *at), now))
        }
        (Pending, Event::Lapse { .. } | Event::AskFailed { .. } | Event::RequesterLeft) => {
            Ok(change(request, event, now, Lapsed, |next| next.access.ended_at = Some(now)))
        }

        (Approved, Event::Activate) | (Ready, Event::Claimed { .. }) => {
            Ok(change(request, event, now, Active, end_making))
        }
        (Approved, Event::Ready) => Ok(change(request, event, now, Ready, |next| {
            end_making(next);
            next.work.outbox.push(Job::LapseUnclaimed { request_id: request.request_id.clone() });
        })),
        (Approved | Ready, Event::Fail { why, removed }) => {
            Ok(cannot_be_made(request, event, why, *removed, now))
        }
        (Approved, Event::Expire) => due(request, now).map(|_| too_late_to_be_made(request, event, now)),

        (Ready, Event::Unclaimed) => Ok(change(request, event, now, Lapsed, |next| {
            next.access.ended_at = Some(now);
            next.access.gone_at = Some(now);
            end_making(next);
        })),

        (Active, Event::Expire) => due(request, now).map(|ended_at| {
            // The guard ended access then, whenever this is written.
            change(request, event, now, Expired, |next| next.access.ended_at = Some(ended_at))
        }),
        (Active, Event::Extension(extension)) => extend(request, event, extension, now),
        // It arrived, and what somebody thinks of it ends nothing.
        (_, Event::Undelivered { why: Undelivered::Complaint }) => Ok(Transition::NoOp),
        (Approved | Ready | Active, Event::EndEarly { at, .. }) | (Ready, Event::ClaimRefused { at, .. }) => {
            Ok(end_early(request, event, counted_from(request, *at, now), now))
        }
        (Approved | Ready | Active, Event::Undelivered { .. } | Event::RequesterLeft)
        | (Active, Event::CutOff { .. }) => Ok(end_early(request, event, now, now)),
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
        (Approved | Ready | Active, Event::Approve { by, .. }) if has_agreed(request, by) => {
            Ok(Transition::NoOp)
        }
        (Approved | Ready | Active, Event::ApproveByRule { name, .. })
            if request.granted_by_rule() == Some(*name) =>
        {
            Ok(Transition::NoOp)
        }
        (Lapsed, Event::Lapse { .. } | Event::AskFailed { .. } | Event::RequesterLeft | Event::Unclaimed)
        | (Denied | Expired | Revoked | Failed, Event::RequesterLeft)
        | (Ready, Event::Ready)
        | (Active, Event::Activate | Event::Claimed { .. })
        | (Revoked, Event::ClaimRefused { .. })
        | (Failed, Event::Fail { .. })
        | (Expired | Revoked | Failed, Event::Expire | Event::Gone)
        | (Expired | Revoked, Event::EndEarly { .. } | Event::Undelivered { .. } | Event::CutOff { .. }) => {
            Ok(Transition::NoOp)
        }

        (
            Pending,
            Event::Review { .. }
            | Event::Activate
            | Event::Ready
            | Event::Claimed { .. }
            | Event::ClaimRefused { .. }
            | Event::Unclaimed
            | Event::Fail { .. }
            | Event::Expire
            | Event::EndEarly { by: Actor::Person(_) | Actor::Rule(_), .. }
            | Event::Undelivered { .. }
            | Event::CutOff { .. }
            | Event::Gone
            | Event::Extension(_),
        )
        | (
            Approved | Ready | Active,
            Event::Approve { .. }
            | Event::ApproveByRule { .. }
            | Event::Deny { .. }
            | Event::Escalate { .. }
            | Event::Lapse { .. }
            | Event::AskFailed { .. }
            | Event::Gone,
        )
        | (Approved | Active, Event::ClaimRefused { .. } | Event::Unclaimed)
        | (Approved, Event::Claimed { .. } | Event::CutOff { .. } | Event::Extension(_))
        | (Ready, Event::Activate | Event::Expire | Event::CutOff { .. } | Event::Extension(_))
        | (Active, Event::Ready)
        | (Active | Expired | Revoked, Event::Fail { .. })
        | (Denied | Lapsed, _)
        | (
            Expired | Revoked | Failed,
            Event::Approve { .. }
            | Event::ApproveByRule { .. }
            | Event::Deny { .. }
            | Event::Escalate { .. }
            | Event::Lapse { .. }
            | Event::AskFailed { .. }
            | Event::Activate
            | Event::Ready
            | Event::Claimed { .. }
            | Event::Unclaimed
            | Event::Extension(_),
        )
        | (Expired | Failed, Event::ClaimRefused { .. })
        | (Failed, Event::EndEarly { .. } | Event::Undelivered { .. } | Event::CutOff { .. }) => illegal(),
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
        next.decision.grant = Some(grant.clone());
        next.set_end(expires_at);
        next.work.outbox.push(Job::Provision { request_id: request.request_id.clone() });
    }))
}

/// An operator closes a request before it was decided.
fn close(request: &Request, event: &Event, (by, at): (&Actor, UnixSeconds), now: UnixSeconds) -> Transition {
    change(request, event, now, Status::Denied, |next| {
        next.access.ended_by = Some(by.clone());
        next.decision.decided_at = Some(counted_from(request, at, now));
    })
}

/// `at` is when somebody ended it, and `now` when that was worked on.
fn end_early(request: &Request, event: &Event, at: UnixSeconds, now: UnixSeconds) -> Transition {
    change(request, event, now, Status::Revoked, |next| {
        next.access.ended_at = Some(at);
        next.access.ended_by = event.by();
        next.note_sessions_until(at);
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
    let expires_at = request.taken_away_at().unwrap_or(now);
    if now >= expires_at { Ok(expires_at) } else { Err(Illegal::NotDue { expires_at }) }
}

#[cfg(test)]
mod tests;
