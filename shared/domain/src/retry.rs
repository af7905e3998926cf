//! When a job that failed is tried again: a pure function of the attempt and of a random number.

/// SQS keeps a message invisible for at most this long after it was received, in seconds.
pub const VISIBILITY_MAX_SECONDS: u32 = 12 * 60 * 60;

/// A message may have been received so long before a worker saw it, in seconds: Lambda gathers batches for 5 minutes at most.
pub const RECEIPT_MARGIN_SECONDS: u32 = 600;

/// For how many seconds from now a message may still be hidden that a worker has held for so many. SQS counts its limit
/// from receipt, and refuses a longer time instead of cutting it off.
#[must_use]
pub fn visibility_left_seconds(held_seconds: u64) -> u32 {
    let held = u32::try_from(held_seconds).unwrap_or(u32::MAX);
    (VISIBILITY_MAX_SECONDS - RECEIPT_MARGIN_SECONDS).saturating_sub(held)
}

/// Exponential backoff as plain data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Wait after the first failure, in seconds.
    pub first_seconds: u32,
    /// Longest wait, in seconds, jitter included.
    pub longest_seconds: u32,
}

/// What the workers use: 1, 2, 4, … seconds, at most 5 minutes.
pub const JOB_RETRY: RetryPolicy = RetryPolicy { first_seconds: 1, longest_seconds: 300 };

impl RetryPolicy {
    /// Seconds to wait after failed attempt number `attempt` (from 1).
    ///
    /// `jitter` is a random number in `0.0..1.0`; the wait lies between half and all of the exponential step, so
    /// that jobs which failed together do not return together. `floor_seconds` is what the other side asked for
    /// (Slack's `Retry-After`): it is honoured even beyond the longest wait, up to SQS's own limit.
    #[must_use]
    pub fn delay_seconds(&self, attempt: u32, jitter: f64, floor_seconds: u32) -> u32 {
        let doublings = attempt.saturating_sub(1).min(31);
        let step = u64::from(self.first_seconds) << doublings;
        let step = step.min(u64::from(self.longest_seconds)) as f64;
        let jittered = (step * (0.5 + jitter.clamp(0.0, 1.0) / 2.0)).ceil() as u32;
        jittered.max(floor_seconds).min(VISIBILITY_MAX_SECONDS)
    }
}

/// First wait of a job that needs an operator, in seconds: a token that was just exchanged is soon known everywhere.
pub const OPERATOR_WAIT_FIRST_SECONDS: u32 = 5;
/// Longest wait between two looks at whether an operator has repaired it, in seconds: SQS's longest delay.
pub const OPERATOR_WAIT_LONGEST_SECONDS: u32 = 900;
/// A job waits for an operator for so long in all, in seconds: four days, a long weekend. Each wait sends the job anew,
/// so that SQS's retention (14 days at most) never ends it first.
pub const OPERATOR_WAIT_MAX_SECONDS: u32 = 4 * 24 * 60 * 60;

/// Seconds until a job that needs an operator is tried again, after it has waited for `waited_seconds`; `None` when it
/// has waited for long enough. The whole wait doubles each time; `jitter` is a random number in `0.0..1.0`.
#[must_use]
pub fn operator_wait_seconds(waited_seconds: u32, jitter: f64) -> Option<u32> {
    if waited_seconds >= OPERATOR_WAIT_MAX_SECONDS {
        return None;
    }
    let step = waited_seconds.clamp(OPERATOR_WAIT_FIRST_SECONDS, OPERATOR_WAIT_LONGEST_SECONDS);
    let jittered = (f64::from(step) * (0.5 + jitter.clamp(0.0, 1.0) / 2.0)).ceil() as u32;
    Some(jittered.max(1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn it_doubles_up_to_its_limit() {
        let full: Vec<u32> = (1..=11).map(|attempt| JOB_RETRY.delay_seconds(attempt, 1.0, 0)).collect();
        assert_eq!(full, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
    }

    #[test]
    fn what_the_other_side_asked_for_is_a_floor() {
        assert_eq!(JOB_RETRY.delay_seconds(1, 0.0, 30), 30);
        assert_eq!(JOB_RETRY.delay_seconds(1, 0.0, 900), 900);
        assert_eq!(JOB_RETRY.delay_seconds(1, 0.0, u32::MAX), VISIBILITY_MAX_SECONDS);
    }

    #[test]
    fn sqs_counts_its_limit_from_receipt() {
        assert_eq!(visibility_left_seconds(0), 12 * 3_600 - 600);
        assert_eq!(visibility_left_seconds(3_600), 11 * 3_600 - 600);
        assert_eq!(visibility_left_seconds(u64::MAX), 0);
    }

    #[test]
    fn a_wait_for_an_operator_doubles_up_to_its_limit_and_ends() {
        let mut waited = 0;
        let mut waits = Vec::new();
        while let Some(wait) = operator_wait_seconds(waited, 1.0) {
            waits.push(wait);
            waited += wait;
        }
        assert_eq!(waits[..9], [5, 5, 10, 20, 40, 80, 160, 320, 640]);
        assert!(waits[9..].iter().all(|wait| *wait == OPERATOR_WAIT_LONGEST_SECONDS));
        assert!(waited >= OPERATOR_WAIT_MAX_SECONDS && waits.len() < 500, "{} waits", waits.len());
        assert_eq!(operator_wait_seconds(0, 0.0), Some(3), "jittered");
    }

    proptest! {
        #[test]
        fn within_half_and_all_of_the_step(attempt in 0_u32..100, jitter in 0.0_f64..1.0) {
            let delay = JOB_RETRY.delay_seconds(attempt, jitter, 0);
            let step = JOB_RETRY.delay_seconds(attempt, 1.0, 0);
            prop_assert!(delay >= step / 2 && delay <= step && delay >= 1);
        }
    }
}
