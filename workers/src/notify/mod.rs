//! The `notify` worker: takes requests in, takes denials, and tells people what became of requests.

mod answered;
mod asking;
mod contacts;
mod deny;
mod intake;
mod resolve;
mod tell;

use domain::{Job, QueueName};
use service::metrics::Metrics;

use crate::context::Context;
use crate::failure::{Failure, REASON_WRONG_QUEUE};
use crate::runtime::{Attempt, Handler};

/// The handler of the notify queue.
#[derive(Debug)]
pub struct Notify {
    context: Context,
    answered: answered::Answered,
}

impl Notify {
    /// With what it works with.
    #[must_use]
    pub fn new(context: Context) -> Self {
        Self { context, answered: answered::Answered::default() }
    }
}

impl Handler for Notify {
    fn metrics(&self) -> &Metrics {
        &self.context.metrics
    }

    async fn handle(&self, job: &Job, attempt: Attempt) -> Result<(), Failure> {
        match job {
            Job::Intake(ask) => intake::intake(&self.context, &self.answered, ask, attempt).await,
            Job::Deny(click) => deny::deny(&self.context, click).await,
            Job::Tell { request_id } => tell::tell(&self.context, request_id, attempt).await,
            Job::Approve(_)
            | Job::Provision { .. }
            | Job::End(_)
            | Job::EndByOperator { .. }
            | Job::Undelivered { .. }
            | Job::Revoke { .. }
            | Job::Sweep
            | Job::SweepAll { .. } => Err(wrong_queue(job, QueueName::Notify)),
        }
    }

    /// Nothing is half done: what was stored stays, and a replay goes on from there. Only a request that nobody could
    /// be asked about does not wait for that.
    async fn give_up(&self, job: &Job, error: &str) -> Result<(), Failure> {
        match job {
            Job::Tell { request_id } => tell::give_up(&self.context, request_id, error).await,
            Job::Intake(ask) => {
                intake::give_up(&self.context, &self.answered, ask).await;
                Ok(())
            }
            Job::Deny(_)
            | Job::Approve(_)
            | Job::Provision { .. }
            | Job::End(_)
            | Job::EndByOperator { .. }
            | Job::Undelivered { .. }
            | Job::Revoke { .. }
            | Job::Sweep
            | Job::SweepAll { .. } => Ok(()),
        }
    }
}

pub(crate) fn wrong_queue(job: &Job, here: QueueName) -> Failure {
    let error = format!(
        "the job `{}` belongs on the {} queue and came on the {} queue",
        job.name(),
        job.queue().as_str(),
        here.as_str()
    );
    Failure::Reject { reason: REASON_WRONG_QUEUE, error }
}
