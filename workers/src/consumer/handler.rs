//! What the consumer needs of a worker: a handler of jobs.

use domain::Job;
use service::metrics::Metrics;

use crate::failure::Failure;

/// What a worker does with its jobs.
pub trait Handler: Send + Sync + 'static {
    /// Does the job. It may be called twice for the same one, and at the same time.
    fn handle(&self, job: &Job, attempt: Attempt) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Where its jobs are counted.
    fn metrics(&self) -> &Metrics;

    /// The job has waited for an operator for a while: tell whoever waits for it, who would otherwise hear nothing for
    /// days. Returns whether that is done; if not, it is called again after the next try.
    fn on_waiting(&self, _job: &Job, _error: &str) -> impl Future<Output = bool> + Send {
        std::future::ready(true)
    }

    /// The last try failed: leave nothing half done. The job is dead-lettered afterwards.
    fn on_exhausted(&self, job: &Job, error: &str) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// Which try this is, counted by SQS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// From 1.
    pub number: u32,
    /// After this many, SQS itself would move the message to the DLQ.
    pub max: u32,
}

impl Attempt {
    /// Whether there is none after this.
    #[must_use]
    pub fn is_last(self) -> bool {
        self.number >= self.max
    }

    /// Whether half of the tries are used up. Waiting may not take the other half: a worker that dies uses tries up
    /// too, and after the last SQS dead-letters the message without a word.
    #[must_use]
    pub fn is_past_half(self) -> bool {
        self.number > self.max / 2
    }
}
