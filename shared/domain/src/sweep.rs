//! What a sweep does for a request that was left over, and when there is nothing left that any sweep could ever do.
//!
//! The two belong together: a request that is settled bears no mark in the table, and the sweeps of every five minutes
//! read only those that bear one.

use crate::duration::GrantDuration;
use crate::request::{Request, Status};
use crate::time::UnixSeconds;

/// An approved request without a claim on it for so long, in seconds, lost its job.
const STUCK_SECONDS: i64 = 120;

/// What is overdue for a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Overdue {
    /// Nobody decided in time.
    Lapse,
    /// Its time is over, or it has ended and what was made for it was not read back as gone.
    End,
    /// It was approved, and nobody makes it.
    Provision,
    /// Jobs that follow from its changes were never sent.
    Outbox,
}

/// What is overdue for `request` at `now`, the most urgent of it.
#[must_use]
pub fn overdue(request: &Request, pending_ttl: GrantDuration, now: UnixSeconds) -> Option<Overdue> {
    match request.status {
        Status::Pending if now >= request.lapses_at(pending_ttl) => Some(Overdue::Lapse),
        Status::Active | Status::Approved if request.expires_at.is_some_and(|end| now >= end) => {
            Some(Overdue::End)
        }
        Status::Revoked | Status::Expired | Status::Failed if request.gone_at.is_none() => Some(Overdue::End),
        Status::Approved if is_stuck(request, now) => Some(Overdue::Provision),
        _ if !request.outbox.is_empty() => Some(Overdue::Outbox),
        _ => None,
    }
}

impl Request {
    /// Whether nothing is left for a sweep, now or at any later time: it is final, its jobs are on their queues, and
    /// whatever may have been made for it was read back as gone.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        let is_gone = match self.status {
            Status::Pending | Status::Approved | Status::Active => return false,
            // Nothing was ever made for these.
            Status::Denied | Status::Lapsed => true,
            Status::Expired | Status::Revoked | Status::Failed => self.gone_at.is_some(),
        };
        is_gone && self.outbox.is_empty()
    }
}

/// Nobody is making it, and nobody has been for a while.
fn is_stuck(request: &Request, now: UnixSeconds) -> bool {
    // The decision counts from the click, which may have been worked on much later.
    let worked_on = request.history.last().map(|change| change.at).or(request.decided_at);
    let since = request.making.as_ref().map(|claim| claim.until).or(worked_on);
    since.is_some_and(|at| now.seconds_since(at) > STUCK_SECONDS)
}

#[cfg(test)]
mod tests;
