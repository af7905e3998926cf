//! What would happen to a dead-lettered job if it were sent back to its queue now.
//!
//! It says what the workers would do, from the same record that they would read. It never decides anything itself.

mod choice;
mod claims;
mod extension;
mod says;

use crate::authorization::was_taken_in;
use crate::delivery::Undelivered;
use crate::job::{AccessRequest, Click, FormFill, Job, OwnAccess};
use crate::lifecycle::is_stale;
use crate::reminders::may_be_due;
use crate::request::Request;
use crate::status::{Phase, Status};
use crate::sweep::{Overdue, overdue};

use says::{changes, nothing, says};

pub use choice::{Choice, Seen, choose};
pub use says::{Effect, PreviewContext, ReplayPreview};

/// What is known of the request that a job is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Lookup<'a> {
    Record(&'a Request),
    /// There is none of its id.
    Missing,
    /// There is one, and it is not what it should be.
    Unreadable,
    /// There is one that only a newer version of the workers can read.
    Newer,
    /// It could not be looked up.
    Unknown,
}

/// What the worker would do with this job.
#[must_use]
pub fn preview(job: &Job, known: Lookup<'_>, at: PreviewContext) -> ReplayPreview {
    match job {
        Job::Submit(ask) => intake(ask, at),
        Job::WorkflowStep(step) => intake(&step.ask, at),
        Job::FailedStep(_) => changes("tells the workflow that its step failed, if it still waits"),
        Job::FillForm(fill) => form(fill, at),
        Job::OwnAccess(own) => own_access(own),
        Job::PublishHome(asked) if asked.is_over(at.now) => {
            nothing("changes nothing: the page was opened too long ago")
        }
        Job::PublishHome(_) => changes("draws somebody's App Home, unless that was done since"),
        Job::PersonLeft(_) => {
            changes("ends what somebody has who left Slack, and closes what they asked for before they left")
        }
        Job::Sweep => changes("sweeps once, as the schedule does every five minutes anyway"),
        Job::SweepAll { after: None } => {
            changes("looks at the whole table once, as the schedule does every day anyway")
        }
        Job::SweepAll { after: Some(_) } => {
            changes("goes on looking at the whole table, from where it stopped")
        }
        Job::Deny(click) => with(known, |request| deny(click, request, at)),
        Job::Approve(click) => with(known, |request| approve(click, request, at)),
        Job::ApproveShorter(shorter) => with(known, |request| approve(&shorter.click, request, at)),
        Job::AskExtension(ask) => with(known, |request| extension::ask(&ask.click, request, at)),
        Job::ApproveExtension(decision) => with(known, |request| extension::approve(decision, request, at)),
        Job::DenyExtension(decision) => with(known, |request| extension::deny(decision, request)),
        Job::ExtendGrant { .. } => with(known, extension::carry_out),
        Job::EndGrant(_) => with(known, end),
        Job::EndByOperator { .. } => with(known, end_by_operator),
        Job::Undelivered { why, .. } => with(known, |request| undelivered(*why, request)),
        Job::SyncSlack { .. } => with(known, tell),
        Job::Review(_) => with(known, review),
        Job::Remind { .. } => with(known, |request| remind(request, at)),
        Job::Provision { .. } => with(known, |request| provision(request, at)),
        Job::Claim(ask) => with(known, |request| claims::claim(&ask.delivery_id, request, at)),
        Job::ConfirmClaim(answer) => with(known, |request| claims::confirm(&answer.delivery_id, request, at)),
        Job::RefuseClaim(_) => with(known, claims::refuse),
        Job::RenewClaim(renewal) => with(known, |request| claims::renew(renewal, request, at)),
        Job::CloseClaim { .. } => with(known, |request| {
            if request.status.is_final() {
                changes("makes sure that nothing sealed is handed out any more")
            } else {
                nothing(format!("changes nothing: the request is {}", request.status))
            }
        }),
        Job::LapseUnclaimed { .. } => with(known, |request| claims::lapse_unclaimed(request, at)),
        Job::ExpireGrant { .. } => match known {
            Lookup::Missing => changes(
                "removes the IAM user of that name, if there is one of this deployment: there is no such request",
            ),
            Lookup::Unreadable => dead_lettered(
                "removes the IAM user if its own tag says that its time is over, and goes back to the dead-letter queue: \
                 the request's record cannot be read",
            ),
            Lookup::Newer => says(
                Effect::Waits,
                "removes the IAM user if its own tag says that its time is over, and waits on its queue until a worker of \
                 a newer version takes it: only that can read the request's record",
            ),
            known => with(known, |request| revoke(request, at)),
        },
    }
}

/// What the worker would do with a body whose version is not known here: a newer worker may know it.
#[must_use]
pub fn preview_of_newer_version() -> ReplayPreview {
    says(
        Effect::Unknown,
        "depends on the worker: one of the newer version that wrote it does it; one of this version puts it back on the \
         dead-letter queue",
    )
}

/// What the worker would do with a body that is not a job.
#[must_use]
pub fn preview_of_no_job() -> ReplayPreview {
    dead_lettered("goes back to the dead-letter queue: its body is not a job")
}

/// Whether nothing can come of a request any more: it is final, nobody decided in time, or its time has passed.
#[must_use]
pub fn is_over(request: &Request, at: PreviewContext) -> bool {
    let overdue = overdue(request, at.pending_ttl, at.now);
    request.status.is_final() || matches!(overdue, Some(Overdue::Lapse | Overdue::End))
}

/// Every job but "revoke" needs its request's record.
fn with(known: Lookup<'_>, preview: impl FnOnce(&Request) -> ReplayPreview) -> ReplayPreview {
    match known {
        Lookup::Record(request) => preview(request),
        Lookup::Missing => dead_lettered("goes back to the dead-letter queue: there is no such request"),
        Lookup::Unreadable => {
            dead_lettered("goes back to the dead-letter queue: the request's record cannot be read")
        }
        Lookup::Newer => says(
            Effect::Waits,
            "waits on its queue until a worker of a newer version takes it: only that can read the request's record",
        ),
        Lookup::Unknown => says(Effect::Unknown, "cannot be said: its request could not be looked up"),
    }
}

fn intake(ask: &AccessRequest, at: PreviewContext) -> ReplayPreview {
    if at.now >= ask.received_at.after(at.pending_ttl) {
        return changes(
            "takes the request in, unless that was done before, and it lapses: it was asked too long ago",
        );
    }
    changes("takes the request in, unless that was done before")
}

fn form(fill: &FormFill, at: PreviewContext) -> ReplayPreview {
    if fill.is_over(at.now) {
        return nothing("changes nothing: the form was opened too long ago");
    }
    changes("fills the form, if it is still open")
}

fn own_access(own: &OwnAccess) -> ReplayPreview {
    changes(match own.end {
        None => "tells whoever asked what access they have now",
        Some(_) => {
            "ends the grant that was meant, if it is certain which, and else tells whoever asked what they have"
        }
    })
}

fn deny(click: &Click, request: &Request, at: PreviewContext) -> ReplayPreview {
    match request.status.phase() {
        Phase::Undecided if click.counts_from(at.now) >= request.lapses_at(at.pending_ttl) => lapses(),
        Phase::Undecided => changes("denies the request, if whoever clicked may"),
        Phase::Declined if request.was_denied_by(&click.user_id) => {
            nothing("changes nothing: this denial has counted already")
        }
        Phase::Declined | Phase::Live | Phase::Ended | Phase::Failed => too_late(request),
    }
}

fn approve(click: &Click, request: &Request, at: PreviewContext) -> ReplayPreview {
    let has_agreed = click.user_id.is_in(&request.decision.approvals) && request.status != Status::Pending;
    if has_agreed || was_taken_in(request, click) {
        return nothing("changes nothing: this approval has counted already");
    }
    let clicked_at = click.counts_from(at.now);
    match request.status.phase() {
        Phase::Undecided if clicked_at >= request.lapses_at(at.pending_ttl) => lapses(),
        Phase::Undecided
            if is_stale(clicked_at, at.now) || clicked_at.after(request.ask.duration) <= at.now =>
        {
            changes("grants nothing: the click is too old, and whoever clicked is asked again")
        }
        Phase::Undecided => {
            changes("approves the request, if whoever clicked may; access would last from their click on")
        }
        Phase::Declined | Phase::Live | Phase::Ended | Phase::Failed => too_late(request),
    }
}

fn end(request: &Request) -> ReplayPreview {
    match request.status.phase() {
        Phase::Live => changes("ends the grant, if whoever clicked may").until(request),
        Phase::Ended => nothing(format!("changes nothing: the request is {} already", request.status)),
        Phase::Undecided | Phase::Declined | Phase::Failed => nothing(format!(
            "changes nothing: the request is {}, so nothing is live; whoever clicked is told so",
            request.status
        )),
    }
}

fn end_by_operator(request: &Request) -> ReplayPreview {
    match request.status.phase() {
        Phase::Undecided => changes("closes the request before anybody decides on it"),
        Phase::Declined | Phase::Live | Phase::Ended | Phase::Failed => end(request),
    }
}

fn undelivered(why: Undelivered, request: &Request) -> ReplayPreview {
    match why {
        Undelivered::Complaint => {
            nothing("changes nothing: the email arrived, and was marked as spam; that is logged and counted")
        }
        Undelivered::Bounce | Undelivered::Reject if request.status.is_live() => {
            changes("ends the grant: the email with the credential did not arrive").until(request)
        }
        Undelivered::Bounce | Undelivered::Reject => {
            nothing(format!("changes nothing: the request is {}, so nothing is live", request.status))
        }
    }
}

fn tell(request: &Request) -> ReplayPreview {
    if request.is_up_to_date() {
        return nothing("changes nothing: Slack is up to date");
    }
    changes(format!("brings Slack up to date: the request is {}", request.status))
}

fn review(request: &Request) -> ReplayPreview {
    if request.unreviewed_since().is_some() {
        return changes("records the review, if whoever clicked may");
    }
    nothing("changes nothing: there is nothing to review; whoever clicked is told so")
}

fn remind(request: &Request, at: PreviewContext) -> ReplayPreview {
    if may_be_due(request, at.now) {
        return changes("reminds whoever has not decided or reviewed, or asks others besides");
    }
    nothing("changes nothing: nobody is to be reminded now")
}

fn provision(request: &Request, at: PreviewContext) -> ReplayPreview {
    if request.status != Status::Approved
        && request.waiting_claim().is_none_or(|claim| claim.confirmed.is_none())
    {
        return nothing(format!("makes nothing: the request is {}", request.status));
    }
    match (&request.decision.grant, request.taken_away_at()) {
        (Some(_), Some(end)) if at.now >= end => {
            changes("grants nothing, as its time has passed; what there may be of it is cleaned up")
                .until(request)
        }
        (Some(_), Some(_)) if request.access.failure.is_some() => {
            changes("makes nothing, as it was given up before; what there may be of it is taken away")
        }
        (Some(grant), Some(_)) if grant.claim_within_seconds.is_some() => {
            let what = if request.status == Status::Approved {
                "prepares everything but the credential, which its requester may claim then"
            } else {
                "makes the credential, and seals it to the machine that was confirmed"
            };
            changes(what).until(request)
        }
        (Some(grant), Some(_)) if grant.role.has_secret() => {
            changes("makes the credential and emails it").until(request)
        }
        (Some(grant), Some(_)) if grant.role.is_of_identity_center() => {
            changes("gives the access").until(request)
        }
        (Some(_), Some(_)) => changes("makes the role and opens it").until(request),
        _ => changes("makes nothing, and the request fails: its record does not say what was granted"),
    }
}

fn revoke(request: &Request, at: PreviewContext) -> ReplayPreview {
    let session = request.decision.grant.as_ref().is_some_and(|grant| grant.role.is_session());
    match request.status.phase() {
        Phase::Live => match request.claim_deadline().or(request.taken_away_at()) {
            Some(end) if end > at.now => {
                says(Effect::Waits, "waits for the end of the grant, and ends it then").until(request)
            }
            _ => changes("ends the grant: its time is over").until(request),
        },
        Phase::Ended if session && request.status == Status::Revoked => {
            changes("denies the session for as long as it could last, or takes that denial away again")
                .until(request)
        }
        Phase::Ended | Phase::Failed if request.is_gone() => nothing(format!(
            "looks once more, and finds nothing to take away: the request is {}",
            request.status
        )),
        Phase::Ended | Phase::Failed => {
            changes(format!("takes away what is left: the request is {}", request.status))
        }
        Phase::Undecided | Phase::Declined => {
            nothing(format!("changes nothing: the request is {}, so nothing was granted", request.status))
        }
    }
}

fn lapses() -> ReplayPreview {
    changes("lets the request lapse: the click comes too late, and whoever clicked is told so")
}

fn too_late(request: &Request) -> ReplayPreview {
    nothing(format!("changes nothing: the request is {}; whoever clicked is told so", request.status))
}

fn dead_lettered(summary: impl Into<String>) -> ReplayPreview {
    says(Effect::ParkedAgain, summary)
}

#[cfg(test)]
mod tests;
