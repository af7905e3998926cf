//! What becomes of a message: a pure function of how its job went.

use domain::retry::{JOB_RETRY, VISIBILITY_MAX_SECONDS};
use platform::queue::DELAY_MAX_SECONDS;

use super::Attempt;
use crate::failure::{Failure, REASON_EXHAUSTED};

/// What becomes of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Disposal {
    /// Its job is done.
    Delete,
    /// It comes back after so many seconds, to be tried again.
    Hide {
        /// Seconds.
        seconds: u32,
        /// What went wrong.
        error: String,
    },
    /// It is too early, and comes back after so many seconds.
    Postpone {
        /// Seconds.
        seconds: u32,
        /// As a new message, because SQS would not hand this one out again.
        anew: bool,
    },
    /// It goes to the DLQ.
    Park {
        /// The `reason` attribute.
        reason: &'static str,
        /// The `error` attribute.
        error: String,
    },
}

impl Disposal {
    /// Whether the message is off the queue when this is done.
    #[must_use]
    pub fn takes_it_off(&self) -> bool {
        match self {
            Self::Delete | Self::Park { .. } | Self::Postpone { anew: true, .. } => true,
            Self::Hide { .. } | Self::Postpone { anew: false, .. } => false,
        }
    }
}

/// Decides it. `jitter` is a random number in `0.0..1.0`.
#[must_use]
pub fn dispose(outcome: Result<(), Failure>, attempt: Attempt, jitter: f64) -> Disposal {
    match outcome {
        Ok(()) => Disposal::Delete,
        Err(Failure::Later { seconds }) if attempt.is_past_half() => {
            Disposal::Postpone { seconds: seconds.clamp(1, DELAY_MAX_SECONDS), anew: true }
        }
        Err(Failure::Later { seconds }) => {
            Disposal::Postpone { seconds: seconds.clamp(1, VISIBILITY_MAX_SECONDS), anew: false }
        }
        Err(Failure::Reject { reason, error }) => Disposal::Park { reason, error },
        // SQS would drop it into the DLQ without a word; this way it says why it is there.
        Err(Failure::Retry { error, .. }) if attempt.is_last() => {
            Disposal::Park { reason: REASON_EXHAUSTED, error }
        }
        Err(Failure::Retry { after_seconds, error }) => {
            let seconds = JOB_RETRY.delay_seconds(attempt.number, jitter, after_seconds);
            Disposal::Hide { seconds, error }
        }
    }
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
        assert_eq!(dispose(Ok(()), LAST, 0.0), Disposal::Delete);
        let hidden = |seconds| Disposal::Hide { seconds, error: "e".into() };
        assert_eq!(dispose(retry(0), FIRST, 0.0), hidden(1));
        assert_eq!(dispose(retry(30), FIRST, 0.0), hidden(30));
        assert_eq!(
            dispose(retry(0), LAST, 0.0),
            Disposal::Park { reason: REASON_EXHAUSTED, error: "e".into() }
        );
        let reject = Failure::Reject { reason: "r", error: "e".into() };
        assert_eq!(dispose(Err(reject), FIRST, 0.0), Disposal::Park { reason: "r", error: "e".into() });
    }

    #[test]
    fn too_early_is_no_failure_however_often() {
        let later = |seconds, attempt| dispose(Err(Failure::Later { seconds }), attempt, 0.0);
        let postponed = |seconds, anew| Disposal::Postpone { seconds, anew };
        assert_eq!(later(60, FIRST), postponed(60, false));
        assert_eq!(later(u32::MAX, FIRST), postponed(VISIBILITY_MAX_SECONDS, false));
        assert_eq!(later(0, FIRST), postponed(1, false));
        assert_eq!(later(60, SECOND), postponed(60, true), "deliveries are left for workers that die");
        assert_eq!(later(60, LAST), postponed(60, true));
        assert_eq!(later(u32::MAX, LAST), postponed(DELAY_MAX_SECONDS, true));
    }
}
