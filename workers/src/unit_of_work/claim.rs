//! A claim on a request: one worker at a time does what must not be done by two, and only until the claim ends.

use aws::sdk::ATTEMPT_TIMEOUT;
use domain::request::Claim;
use domain::{Job, Request, RequestId, UnixSeconds};
use tracing::warn;
use uuid::Uuid;

use crate::context::Context;
use crate::failure::Failure;
use crate::unit_of_work::change::{edit, load};

/// So much of a claim must be left before a call that must not be made by two, in seconds: the longest such call.
const MARGIN_SECONDS: i64 = 10;
// Such a call is never retried by the SDK, so that it lasts for one attempt.
const _: () = assert!(MARGIN_SECONDS > ATTEMPT_TIMEOUT.as_secs().cast_signed());
const _: () =
    assert!(MARGIN_SECONDS < Task::Telling.lasts_seconds() && MARGIN_SECONDS < Task::Making.lasts_seconds());

/// What is claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Task {
    /// Making the credential, so that there are never two keys.
    Making,
    /// Giving a grant a later end, so that an earlier one is never put over it.
    Extending,
    /// Telling people in Slack, so that nobody is told twice.
    Telling,
}

impl Task {
    /// How long a claim lasts, in seconds. Every call within it has its own, shorter limit.
    const fn lasts_seconds(self) -> i64 {
        match self {
            Self::Making | Self::Extending => 45,
            Self::Telling => 30,
        }
    }

    /// While another worker is at it, look again so often, in seconds. It is usually done long before its claim ends.
    fn look_again_seconds(self) -> u32 {
        match self {
            Self::Making | Self::Extending => 10,
            Self::Telling => 2,
        }
    }

    /// The job by which a worker comes to it.
    fn job(self, request_id: RequestId) -> Job {
        match self {
            Self::Making => Job::Provision { request_id },
            Self::Extending => Job::ExtendGrant { request_id },
            Self::Telling => Job::SyncSlack { request_id },
        }
    }

    fn of(self, request: &Request) -> Option<&Claim> {
        match self {
            Self::Making | Self::Extending => request.work.making.as_ref(),
            Self::Telling => request.work.telling.as_ref(),
        }
    }

    fn set(self, request: &mut Request, claim: Option<Claim>) {
        match self {
            Self::Making | Self::Extending => request.work.making = claim,
            Self::Telling => request.work.telling = claim,
        }
    }
}

/// A claim held by this worker.
#[derive(Debug)]
pub(crate) struct Held {
    task: Task,
    by: String,
    until: UnixSeconds,
}

/// Claims a task for a worker that has its job in hand, or says when to look again. `wanted` says whether there is still
/// something to do.
pub(crate) async fn claim(
    context: &Context,
    request: &mut Request,
    task: Task,
    wanted: impl Fn(&Request) -> Result<(), Failure>,
) -> Result<Held, Failure> {
    let until = context.now().plus_seconds(task.lasts_seconds());
    let held = Held { task, by: Uuid::now_v7().to_string(), until };
    edit(context, request, |request| {
        wanted(request)?;
        let now = context.now();
        // One's own claim is there when its write was done and the answer lost, so that it was written again.
        let others = |claim: &&Claim| claim.until > now && claim.by != held.by;
        if let Some(other) = task.of(request).filter(others) {
            let rest = u32::try_from(other.until.seconds_since(now)).unwrap_or(1);
            return Err(Failure::Later { seconds: rest.min(task.look_again_seconds()) });
        }
        task.set(request, Some(Claim { by: held.by.clone(), until: held.until }));
        request.work.outbox.acknowledge(&task.job(request.request_id.clone()));
        Ok(())
    })
    .await?;
    Ok(held)
}

impl Held {
    /// Whether this worker still holds it, by the record.
    pub(crate) fn holds(&self, request: &Request) -> Result<(), Failure> {
        if self.task.of(request).is_some_and(|claim| claim.by == self.by) {
            Ok(())
        } else {
            Err(Failure::retry(format!("another worker took over: {:?}", self.task)))
        }
    }

    /// Whether this worker still holds it, by the record as it is at this moment.
    pub(crate) async fn confirm(&self, context: &Context, request: &Request) -> Result<(), Failure> {
        self.holds(&load(context, &request.request_id).await?)
    }

    /// Whether there is time for one more call that must not be made by two.
    pub(crate) fn has_time(&self, now: UnixSeconds) -> Result<(), Failure> {
        if self.until.seconds_since(now) >= MARGIN_SECONDS {
            Ok(())
        } else {
            Err(Failure::retry(format!("it took too long and starts again: {:?}", self.task)))
        }
    }

    /// Whether this worker may write to somebody now: it holds the claim, and has time for one more call. A worker that
    /// ran out of time goes on at once, with a new claim.
    pub(crate) fn may_post(&self, now: UnixSeconds, request: &Request) -> Result<(), Failure> {
        self.holds(request)?;
        self.has_time(now).map_err(|_| Failure::Later { seconds: 1 })
    }

    /// Whether there is still time for such a call after so many seconds of something else.
    pub(crate) fn has_time_after(&self, now: UnixSeconds, seconds: i64) -> bool {
        self.has_time(now.plus_seconds(seconds)).is_ok()
    }

    /// Gives it back with a write that is due anyway; one that was lost is another worker's.
    pub(crate) fn give_back(&self, request: &mut Request) {
        if self.holds(request).is_ok() {
            self.task.set(request, None);
        }
    }

    /// Gives it back, so that the next one need not wait for its end.
    pub(crate) async fn release(self, context: &Context, request: &mut Request) {
        if self.holds(request).is_err() {
            return;
        }
        let outcome = edit(context, request, |request| {
            self.give_back(request);
            Ok(())
        })
        .await;
        if let Err(failure) = outcome {
            warn!(?failure, "a claim could not be given back; it ends by itself");
        }
    }
}
