//! The `provision` worker: takes approvals, and makes the credential of what was approved.

mod approve;
mod make;
mod session;
mod user;

use domain::{Job, QueueName};
use service::metrics::Metrics;

use crate::context::Context;
use crate::failure::Failure;
use crate::notify::wrong_queue;
use crate::runtime::{Attempt, Handler};

/// The handler of the provision queue.
#[derive(Debug)]
pub struct Provision {
    context: Context,
}

impl Provision {
    /// With what it works with.
    #[must_use]
    pub fn new(context: Context) -> Self {
        Self { context }
    }
}

impl Handler for Provision {
    fn metrics(&self) -> &Metrics {
        &self.context.metrics
    }

    async fn handle(&self, job: &Job, _attempt: Attempt) -> Result<(), Failure> {
        match job {
            Job::Approve(click) => approve::approve(&self.context, click).await,
            Job::Provision { request_id } => make::provision(&self.context, request_id).await,
            Job::Intake(_)
            | Job::Deny(_)
            | Job::Tell { .. }
            | Job::End(_)
            | Job::EndByOperator { .. }
            | Job::Undelivered { .. }
            | Job::Revoke { .. }
            | Job::Sweep
            | Job::SweepAll { .. } => Err(wrong_queue(job, QueueName::Provision)),
        }
    }

    /// What was begun is taken away again, and the people are told.
    async fn give_up(&self, job: &Job, error: &str) -> Result<(), Failure> {
        match job {
            Job::Provision { request_id } => make::give_up_for_good(&self.context, request_id, error).await,
            _ => Ok(()),
        }
    }
}
