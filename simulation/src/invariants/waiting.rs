//! Work that only an operator can make possible again waits, and is given up neither by its job nor by its request.

use domain::{Job, Status, UnixSeconds};

use crate::facts::Facts;
use crate::gate::{DISABLED, REVOKED};
use crate::queues::Queues;
use crate::violation::{Holds, Invariant, broken};

/// In a history with an outage.
pub(crate) fn nothing_is_given_up(facts: &Facts, queues: &Queues, now: UnixSeconds) -> Holds {
    for dead_letter in &queues.dead_letters {
        let Ok(job) = Job::decode(&dead_letter.body) else { continue };
        let why = dead_letter.reason.as_deref().unwrap_or("it was delivered too often");
        return broken(
            Invariant::WaitsForOperator,
            format!("`{}` of {:?} is given up: {why}", job.name(), job.request_id()),
        );
    }
    for request in &facts.requests {
        let failure = request.access.failure.as_deref().unwrap_or_default();
        let refused = failure.contains(DISABLED) || failure.contains(REVOKED);
        let is_over = request.taken_away_at().is_none_or(|end| now >= end);
        if refused && !is_over && matches!(request.status, Status::Failed | Status::Approved) {
            return broken(
                Invariant::WaitsForOperator,
                format!("{} is given up before its time is over: {failure}", request.request_id),
            );
        }
    }
    Ok(())
}
