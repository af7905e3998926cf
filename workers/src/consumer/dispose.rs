//! What becomes of a message: a pure function of how its job went.

use aws::sqs::DELAY_MAX_SECONDS;
use domain::retry::{JOB_RETRY, OPERATOR_WAIT_MAX_SECONDS, VISIBILITY_MAX_SECONDS, operator_wait_seconds};

use crate::consumer::Attempt;
use crate::failure::{Failure, REASON_EXHAUSTED, REASON_NEEDS_OPERATOR};

/// What becomes of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Disposal {
    /// Its job is done.
    Ack,
    /// It comes back after so many seconds, to be tried again.
    RetryAfter {
        /// Seconds.
        seconds: u32,
        /// What went wrong.
        error: String,
    },
    /// It is too early, and comes back after so many seconds.
    Defer {
        /// Seconds.
        seconds: u32,
        /// As a new message, because SQS would not hand this one out again.
        anew: bool,
    },
    /// It waits for its turn at a service that is busy, as a new message, so that its deliveries are not used up.
    AwaitTurn {
        /// Seconds until it is tried again.
        seconds: u32,
        /// What the service says.
        error: String,
    },
    /// It waits for an operator, as a new message, so that its deliveries are not used up.
    AwaitOperator {
        /// Seconds until it is tried again.
        seconds: u32,
        /// What is to be repaired.
        error: String,
    },
    /// It failed and is dropped: the same job is due again within minutes.
    Drop {
        /// What went wrong.
        error: String,
    },
    /// It goes to the DLQ.
    DeadLetter {
        /// The `reason` attribute.
        reason: &'static str,
        /// The `error` attribute.
        error: String,
    },
}

impl Disposal {
    /// The same for a job that comes again by itself, every few minutes: keeping one that failed, in the DLQ or anywhere
    /// else, would only pile them up.
    #[must_use]
    pub fn of_recurring(self) -> Self {
        match self {
            Self::DeadLetter { error, .. }
            | Self::AwaitTurn { error, .. }
            | Self::AwaitOperator { error, .. } => Self::Drop { error },
            other => other,
        }
    }

    /// Whether the message is off the queue when this is done.
    #[must_use]
    pub fn takes_it_off(&self) -> bool {
        match self {
            Self::Ack
            | Self::DeadLetter { .. }
            | Self::Drop { .. }
            | Self::AwaitTurn { .. }
            | Self::AwaitOperator { .. }
            | Self::Defer { anew: true, .. } => true,
            Self::RetryAfter { .. } | Self::Defer { anew: false, .. } => false,
        }
    }
}

/// Decides it. `waited_seconds` is how long it has waited as a new message, for an operator or for its turn; `jitter` a random
/// number in `0.0..1.0`.
#[must_use]
pub fn dispose(outcome: Result<(), Failure>, attempt: Attempt, waited_seconds: u32, jitter: f64) -> Disposal {
    match outcome {
        Ok(()) => Disposal::Ack,
        Err(Failure::Later { seconds }) if attempt.is_past_half() => {
            Disposal::Defer { seconds: seconds.clamp(1, DELAY_MAX_SECONDS), anew: true }
        }
        Err(Failure::Later { seconds }) => {
            Disposal::Defer { seconds: seconds.clamp(1, VISIBILITY_MAX_SECONDS), anew: false }
        }
        Err(Failure::NeedsOperator { error }) => match operator_wait_seconds(waited_seconds, jitter) {
            Some(seconds) => Disposal::AwaitOperator { seconds, error },
            None => Disposal::DeadLetter { reason: REASON_NEEDS_OPERATOR, error },
        },
        Err(Failure::Reject { reason, error }) => Disposal::DeadLetter { reason, error },
        // The other side is only busy, and says until when: that uses up no deliveries, for as long as jobs may wait.
        Err(Failure::Retry { after_seconds, error }) if may_wait_on(after_seconds, waited_seconds) => {
            Disposal::AwaitTurn { seconds: after_seconds.min(DELAY_MAX_SECONDS), error }
        }
        // SQS would drop it into the DLQ without a word; this way it says why it is there.
        Err(Failure::Retry { error, .. }) if attempt.is_last() => {
            Disposal::DeadLetter { reason: REASON_EXHAUSTED, error }
        }
        Err(Failure::Retry { after_seconds, error }) => {
            let seconds = JOB_RETRY.delay_seconds(attempt.number, jitter, after_seconds);
            Disposal::RetryAfter { seconds, error }
        }
    }
}

/// Whether a job that is to be tried again after so many seconds waits for its turn, however often it was tried.
pub(super) fn may_wait_on(after_seconds: u32, waited_seconds: u32) -> bool {
    after_seconds > 0 && waited_seconds < OPERATOR_WAIT_MAX_SECONDS
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Attempt = Attempt { number: 1, max: 3 };
    const SECOND: Attempt = Attempt { number: 2, max: 3 };
    const LAST: Attempt = Attempt { number: 3, max: 3 };

    fn retry(after_seconds: u32) -> Result<(), Failure> {
        Err(Failure::Retry { after_seconds, error: "e".into() })
    }

    #[test]
    fn every_outcome() {
        assert_eq!(dispose(Ok(()), LAST, 0, 0.0), Disposal::Ack);
        let hidden = |seconds| Disposal::RetryAfter { seconds, error: "e".into() };
        assert_eq!(dispose(retry(0), FIRST, 0, 0.0), hidden(1));
        assert_eq!(
            dispose(retry(0), LAST, 0, 0.0),
            Disposal::DeadLetter { reason: REASON_EXHAUSTED, error: "e".into() }
        );
        for attempt in [FIRST, SECOND, LAST] {
            let turn = Disposal::AwaitTurn { seconds: 30, error: "e".into() };
            assert_eq!(dispose(retry(30), attempt, 0, 0.0), turn, "who is busy uses no deliveries up");
        }
        assert_eq!(
            dispose(retry(u32::MAX), LAST, 0, 0.0),
            Disposal::AwaitTurn { seconds: DELAY_MAX_SECONDS, error: "e".into() }
        );
        assert_eq!(
            dispose(retry(30), LAST, OPERATOR_WAIT_MAX_SECONDS, 0.0),
            Disposal::DeadLetter { reason: REASON_EXHAUSTED, error: "e".into() },
            "nothing waits for ever"
        );
        let reject = Failure::Reject { reason: "r", error: "e".into() };
        assert_eq!(
            dispose(Err(reject), FIRST, 0, 0.0),
            Disposal::DeadLetter { reason: "r", error: "e".into() }
        );
    }

    #[test]
    fn too_early_is_no_failure_however_often() {
        let later = |seconds, attempt| dispose(Err(Failure::Later { seconds }), attempt, 0, 0.0);
        let postponed = |seconds, anew| Disposal::Defer { seconds, anew };
        assert_eq!(later(60, FIRST), postponed(60, false));
        assert_eq!(later(u32::MAX, FIRST), postponed(VISIBILITY_MAX_SECONDS, false));
        assert_eq!(later(0, FIRST), postponed(1, false));
        assert_eq!(later(60, SECOND), postponed(60, true), "deliveries are left for workers that die");
        assert_eq!(later(60, LAST), postponed(60, true));
        assert_eq!(later(u32::MAX, LAST), postponed(DELAY_MAX_SECONDS, true));
    }

    #[test]
    fn what_needs_an_operator_waits_and_uses_no_deliveries_up() {
        let needs = |attempt, waited| {
            let error = "e".to_owned();
            dispose(Err(Failure::NeedsOperator { error }), attempt, waited, 1.0)
        };
        let waits = |seconds| Disposal::AwaitOperator { seconds, error: "e".into() };
        assert_eq!(needs(FIRST, 0), waits(5));
        assert_eq!(needs(LAST, 0), waits(5), "whatever failed before");
        assert_eq!(needs(FIRST, 100_000), waits(DELAY_MAX_SECONDS));
        let parked = Disposal::DeadLetter { reason: REASON_NEEDS_OPERATOR, error: "e".into() };
        assert_eq!(needs(FIRST, domain::retry::OPERATOR_WAIT_MAX_SECONDS), parked);
        assert!(waits(5).takes_it_off());
    }

    #[test]
    fn what_comes_again_by_itself_is_never_kept() {
        let dropped = Disposal::Drop { error: "e".into() };
        let kept = [
            Disposal::DeadLetter { reason: "r", error: "e".into() },
            Disposal::AwaitOperator { seconds: 1, error: "e".into() },
        ];
        for disposal in kept {
            assert_eq!(disposal.of_recurring(), dropped);
        }
        let hidden = Disposal::RetryAfter { seconds: 1, error: "e".into() };
        assert_eq!(hidden.clone().of_recurring(), hidden, "it has tries left");
    }
}
