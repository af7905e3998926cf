//! The `revoke` worker: ends access, at its time or early, and finds what was left over.

mod end;
mod finish;
mod operator;
mod sweep;
mod undelivered;

use domain::{Job, QueueName};
use service::metrics::Metrics;

use crate::context::Context;
use crate::failure::{Failure, REASON_REFUSED};
use crate::notify::wrong_queue;
use crate::runtime::{Attempt, Handler};

/// The handler of the revoke queue.
#[derive(Debug)]
pub struct Revoke {
    context: Context,
}

impl Revoke {
    /// With what it works with.
    #[must_use]
    pub fn new(context: Context) -> Self {
        Self { context }
    }
}

/// Makes the series that alarms look at be there before anything happened.
pub(crate) fn begin(metrics: &Metrics) {
    finish::begin(metrics);
    sweep::begin(metrics);
    undelivered::begin(metrics);
}

impl Handler for Revoke {
    fn metrics(&self) -> &Metrics {
        &self.context.metrics
    }

    async fn handle(&self, job: &Job, _attempt: Attempt) -> Result<(), Failure> {
        match job {
            Job::End(click) => never_given_up(end::end(&self.context, click).await),
            Job::EndByOperator { request_id, by, requested_at } => {
                never_given_up(operator::end(&self.context, request_id, by, *requested_at).await)
            }
            Job::Undelivered { request_id, why } => {
                never_given_up(undelivered::end(&self.context, request_id, *why).await)
            }
            Job::Revoke { request_id } => never_given_up(finish::finish(&self.context, request_id).await),
            Job::Sweep => sweep::sweep(&self.context).await,
            Job::SweepAll { after } => sweep::sweep_all(&self.context, after.as_deref()).await,
            Job::Intake(_) | Job::Deny(_) | Job::Tell { .. } | Job::Approve(_) | Job::Provision { .. } => {
                Err(wrong_queue(job, QueueName::Revoke))
            }
        }
    }

    /// Nothing to undo: what was not taken away now is taken away by the next sweep.
    async fn give_up(&self, _job: &Job, _error: &str) -> Result<(), Failure> {
        Ok(())
    }
}

/// An ending is never given up: what AWS refuses for good waits until somebody has repaired it.
fn never_given_up(outcome: Result<(), Failure>) -> Result<(), Failure> {
    match outcome {
        Err(Failure::Reject { reason: REASON_REFUSED, error }) => Err(Failure::NeedsOperator { error }),
        other => other,
    }
}
