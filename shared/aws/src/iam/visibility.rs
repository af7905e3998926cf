//! What IAM was told a moment ago is not seen at once by all of IAM.
//!
//! For some seconds after `CreateUser` a call on that user is answered `NoSuchEntity`, or `AccessDenied` where the
//! caller's own policy names a path: a name that IAM does not know has none. Neither is a refusal then. What tells
//! them apart is what was just done, so only calls that follow a create of ours are tried again this way.

use std::time::Duration;

use super::{DENIED, NOT_THERE};
use crate::error::{CallError, Remedy};
use service::clock::Clock;

/// Waits before the tries after the first, in milliseconds: 20 s together. Longer would not fit into a claim.
const WAITS_MS: [u64; 12] = [250, 500, 1_000, 2_000, 2_000, 2_000, 2_000, 2_000, 2_000, 2_000, 2_000, 2_000];

/// The code that stands for a user whose tags do not name its request (yet): IAM has none for it.
pub(super) const NOT_TAGGED: &str = "NotTagged";

/// Waits until what was just made is seen. All calls of one job share the time.
#[derive(Debug)]
pub struct Appearing {
    clock: Clock,
    waits: std::slice::Iter<'static, u64>,
    /// The user was made by this try of a job, so that even a refusal after all the waiting may pass.
    made_now: bool,
}

impl Appearing {
    /// With all of the time ahead.
    #[must_use]
    pub fn new(clock: &Clock) -> Self {
        Self { clock: clock.clone(), waits: WAITS_MS.iter(), made_now: false }
    }

    pub(super) fn made_now(&mut self) {
        self.made_now = true;
    }

    /// Whether the user was made by this try of a job: nothing of an earlier one is on it.
    #[must_use]
    pub fn is_made_now(&self) -> bool {
        self.made_now
    }

    /// Makes a call on a user that was just made, until its answer is about the user.
    pub async fn call<T, F>(&mut self, mut call: impl FnMut() -> F) -> Result<T, CallError>
    where
        F: Future<Output = Result<T, CallError>>,
    {
        loop {
            match call().await {
                Err(error) => self.wait_after(error).await?,
                answer => return answer,
            }
        }
    }

    /// Waits before the next try after an answer that may only be early, and gives any other back: as passing, where
    /// the next job may see what this one did not.
    pub async fn wait_after(&mut self, error: CallError) -> Result<(), CallError> {
        if !is_early(&error) {
            return Err(error);
        }
        if self.wait().await {
            return Ok(());
        }
        let may_pass = self.made_now || error.is(NOT_THERE);
        let remedy = if may_pass { Remedy::RETRY } else { error.remedy };
        Err(CallError { remedy, ..error })
    }

    /// The same for an answer of another service, which `is_early` where it may only not see yet what IAM was told, such
    /// as a role or a trust policy that is new. After all the waiting it is given back as it is.
    pub async fn wait_unless_refused(&mut self, is_early: bool, error: CallError) -> Result<(), CallError> {
        if is_early && self.wait().await { Ok(()) } else { Err(error) }
    }

    /// Waits for the next try, where there is one.
    pub async fn wait(&mut self) -> bool {
        let Some(wait) = self.waits.next() else { return false };
        self.clock.sleep(Duration::from_millis(*wait)).await;
        true
    }
}

/// Whether this may be the answer about a user that IAM does not see yet. Where a policy is what is not there, IAM names
/// its ARN.
fn is_early(error: &CallError) -> bool {
    let is_about_a_policy = error.is(NOT_THERE) && error.message.contains(":policy/");
    [NOT_THERE, DENIED, NOT_TAGGED].iter().any(|code| error.is(code)) && !is_about_a_policy
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use service::call_error::Remedy;

    fn refused(code: &str, message: &str) -> CallError {
        CallError {
            call: "iam:PutUserPolicy",
            code: Some(code.to_owned()),
            message: format!("{code}: {message}"),
            remedy: Remedy::Permanent,
        }
    }

    /// A clock that only adds up what was waited.
    fn clock() -> (Clock, Arc<AtomicU64>) {
        let waited = Arc::new(AtomicU64::new(0));
        let sum = Arc::clone(&waited);
        let clock = Clock::system().sleeping(move |time| {
            sum.fetch_add(u64::try_from(time.as_millis()).unwrap(), Ordering::Relaxed);
            std::future::ready(())
        });
        (clock, waited)
    }

    /// What becomes of a call that is answered `error` for ever, and how long it was tried.
    async fn for_ever(error: CallError, made_now: bool) -> (CallError, u64) {
        let (clock, waited) = clock();
        let mut appearing = Appearing::new(&clock);
        if made_now {
            appearing.made_now();
        }
        let outcome = appearing.call(|| std::future::ready(Err::<(), _>(error.clone()))).await;
        (outcome.unwrap_err(), waited.load(Ordering::Relaxed))
    }

    #[tokio::test]
    async fn what_is_early_is_tried_again_for_twenty_seconds() {
        for code in [NOT_THERE, DENIED, NOT_TAGGED] {
            let (error, waited) = for_ever(refused(code, "keylease-r"), true).await;
            assert_eq!(waited, 19_750, "{code}");
            assert!(error.is_retryable(), "{code}: the next job may see it");
        }
    }

    #[tokio::test]
    async fn a_refusal_about_a_user_of_an_earlier_job_ends_as_one() {
        assert!(!for_ever(refused(DENIED, "keylease-r"), false).await.0.is_retryable());
        assert!(!for_ever(refused(NOT_TAGGED, "keylease-r"), false).await.0.is_retryable());
        assert!(for_ever(refused(NOT_THERE, "keylease-r"), false).await.0.is_retryable());
    }

    #[tokio::test]
    async fn what_is_about_something_else_is_given_back_at_once() {
        let policy = "Policy arn:aws:iam::aws:policy/None does not exist or is not attachable.";
        for error in [refused(NOT_THERE, policy), refused("LimitExceeded", "too long")] {
            assert_eq!(for_ever(error.clone(), true).await, (error, 0));
        }
    }

    #[tokio::test]
    async fn a_refusal_by_another_service_is_given_back_as_it_is_when_the_time_is_over() {
        let (clock, waited) = clock();
        let mut appearing = Appearing::new(&clock);
        let error = CallError { remedy: Remedy::NeedsOperator, ..refused(DENIED, "sts:AssumeRole") };
        assert!(appearing.wait_unless_refused(false, error.clone()).await.is_err());
        assert_eq!(waited.load(Ordering::Relaxed), 0, "a refusal is no matter of time");
        while appearing.wait_unless_refused(true, error.clone()).await.is_ok() {}
        assert_eq!(waited.load(Ordering::Relaxed), 19_750);
        assert_eq!(appearing.wait_unless_refused(true, error.clone()).await, Err(error));
    }

    #[tokio::test]
    async fn the_time_is_shared_and_a_good_answer_ends_it() {
        let (clock, waited) = clock();
        let mut appearing = Appearing::new(&clock);
        for _ in 0..2 {
            let mut left = 2;
            let call = || {
                let answer = if left == 0 { Ok(7) } else { Err(refused(NOT_THERE, "keylease-r")) };
                left -= 1;
                std::future::ready(answer)
            };
            assert_eq!(appearing.call(call).await, Ok(7));
        }
        assert_eq!(waited.load(Ordering::Relaxed), 250 + 500 + 1_000 + 2_000);
    }
}
