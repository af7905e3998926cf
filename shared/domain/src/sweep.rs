//! What is overdue for a request, what may be left of it, and when there is nothing left that any sweep could ever do.
//!
//! One rule each, for the workers and for whoever looks at what they do: the sweep, `keylease doctor`, `keylease grants
//! revoke` and the preview of a replay. A request that is settled bears no mark in the table, and the sweeps of every
//! five minutes read only those that bear one.

use crate::duration::GrantDuration;
use crate::request::{Request, Waiting};
use crate::retry::OPERATOR_WAIT_LONGEST_SECONDS;
use crate::status::{Phase, Status};
use crate::time::UnixSeconds;

/// An approved request without a claim on it for so long, in seconds, lost its job.
const STUCK_SECONDS: i64 = 120;

/// After a change, or the claim of a worker that has it in hand, a job that follows may still be on its way for so long, in
/// seconds.
pub(crate) const ON_ITS_WAY_SECONDS: i64 = 120;

/// What is overdue for a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Overdue {
    /// Nobody decided in time.
    Lapse,
    /// Its time is over, or it has ended and what was made for it was not read back as gone.
    End,
    /// It was approved, or its claim was confirmed, and nobody makes its credential.
    Provision,
    /// Jobs that follow from its changes were perhaps never sent: no worker has said that it has them.
    Outbox,
}

/// What ending a request now comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WhenEnded {
    /// Nobody has decided on it: it is closed.
    Closes,
    /// Access goes on, or is being made: it ends.
    Ends,
    /// It is over, and what was made for it was not read back as gone.
    IsEnding,
    /// It is over, and nothing of it is left.
    IsOver,
}

/// What is overdue for `request` at `now`, the most urgent of it.
#[must_use]
pub fn overdue(request: &Request, pending_ttl: GrantDuration, now: UnixSeconds) -> Option<Overdue> {
    overdue_since(request, pending_ttl, now).map(|(what, _)| what)
}

/// The same, with the moment since which it is overdue.
#[must_use]
pub fn overdue_since(
    request: &Request,
    pending_ttl: GrantDuration,
    now: UnixSeconds,
) -> Option<(Overdue, UnixSeconds)> {
    let changed_at = last_change(request);
    let main = match request.status.phase() {
        Phase::Undecided => Some((Overdue::Lapse, request.lapses_at(pending_ttl))),
        // No access without its end: a record that does not name one is over.
        Phase::Live => {
            let ends = request.claim_deadline().or(request.taken_away_at());
            Some((Overdue::End, ends.unwrap_or(changed_at.min(now))))
        }
        Phase::Ended | Phase::Failed if !request.is_gone() => {
            Some((Overdue::End, request.access.ended_at.unwrap_or(changed_at).min(now)))
        }
        Phase::Declined | Phase::Ended | Phase::Failed => None,
    };
    let stuck = stuck_since(request).map(|since| (Overdue::Provision, since));
    let is_unsent = request.work.outbox.iter().next().is_some();
    let unsent = is_unsent.then(|| (Overdue::Outbox, changed_at.plus_seconds(ON_ITS_WAY_SECONDS)));
    [main, stuck, unsent].into_iter().flatten().find(|(_, since)| now >= *since)
}

/// What is overdue for an extension of a grant that goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum OverdueExtension {
    /// Nobody decided in time.
    Lapse { number: u32 },
    /// It was approved, and nobody carries it out.
    CarryOut,
}

/// What is overdue for an extension of `request` at `now`.
#[must_use]
pub fn overdue_extension(
    request: &Request,
    pending_ttl: GrantDuration,
    now: UnixSeconds,
) -> Option<OverdueExtension> {
    let extension = request.extensions.pending().filter(|_| request.status == Status::Active)?;
    if extension.outcome.is_granted() {
        let claimed = request.work.making.as_ref().map(|claim| claim.until);
        let since = claimed.max(Some(last_change(request)))?.plus_seconds(STUCK_SECONDS + 1);
        return (now >= since).then_some(OverdueExtension::CarryOut);
    }
    let number = extension.number;
    (now >= extension.asked_at.after(pending_ttl)).then_some(OverdueExtension::Lapse { number })
}

impl Request {
    /// Whether nothing that was made for it can be left: it is final, and nothing ever was made or it was read back as
    /// gone.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        match self.status.phase() {
            Phase::Undecided | Phase::Live => false,
            Phase::Declined => true,
            Phase::Ended | Phase::Failed => self.access.gone_at.is_some(),
        }
    }

    /// Whether nothing is left for a sweep, now or at any later time: it is final, its jobs are on their queues, and
    /// whatever may have been made for it was read back as gone.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.is_gone() && self.work.outbox.is_empty()
    }

    /// What it comes to when an operator ends it.
    #[must_use]
    pub fn when_ended(&self) -> WhenEnded {
        match self.status.phase() {
            Phase::Undecided => WhenEnded::Closes,
            Phase::Live => WhenEnded::Ends,
            Phase::Declined | Phase::Ended | Phase::Failed => {
                if self.is_gone() {
                    WhenEnded::IsOver
                } else {
                    WhenEnded::IsEnding
                }
            }
        }
    }
}

/// Since when nobody is making it, though it is approved and has waited for a while.
fn stuck_since(request: &Request) -> Option<UnixSeconds> {
    let confirmed_at = request.waiting_claim().and_then(|claim| Some(claim.confirmed.as_ref()?.at));
    if request.status != Status::Approved && confirmed_at.is_none() {
        return None;
    }
    // A click may have been worked on much later than it counts from.
    let worked_on = confirmed_at
        .max(request.audit.history.last().map(|change| change.at))
        .or(request.decision.decided_at);
    let claimed = request.work.making.as_ref().map(|claim| claim.until).or(worked_on);
    // One that waits for an operator has its job on the queue, delayed by so much at most.
    let waits = |waiting: &Waiting| waiting.tried_at.plus_seconds(OPERATOR_WAIT_LONGEST_SECONDS.into());
    let since = claimed.max(request.work.waiting.as_ref().map(waits))?;
    Some(since.plus_seconds(STUCK_SECONDS + 1))
}

/// When it was changed last.
pub(crate) fn last_change(request: &Request) -> UnixSeconds {
    request.audit.history.last().map_or(request.ask.created_at, |change| change.at)
}

#[cfg(test)]
mod tests;
