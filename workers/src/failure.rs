//! Why a job was not done, typed by what is to become of it.

use platform::store::StoreError;
use platform::{CallError, Remedy};
use tracing::warn;

/// What the runtime does with a job that was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Something passing: try again after a while, at least after so many seconds.
    Retry {
        /// What the other side asked for; 0 when nothing was said.
        after_seconds: u32,
        /// What went wrong.
        error: String,
    },
    /// Nothing is wrong, it is only too early.
    Later {
        /// Seconds to wait.
        seconds: u32,
    },
    /// Somebody has to repair something first; then it succeeds by itself. Until then it waits, without using up its
    /// deliveries.
    NeedsOperator {
        /// What went wrong.
        error: String,
    },
    /// It can never succeed as it is: to the DLQ.
    Reject {
        /// A short, stable word for the `reason` attribute.
        reason: &'static str,
        /// What went wrong.
        error: String,
    },
}

/// The other side refused what was asked for.
pub const REASON_REFUSED: &str = "call_refused";
/// A table's record is not what it should be.
pub const REASON_RECORD: &str = "unreadable_record";
/// The job is for another worker's queue.
pub const REASON_WRONG_QUEUE: &str = "wrong_queue";
/// Every try failed.
pub const REASON_EXHAUSTED: &str = "retries_exhausted";
/// The job names a request that there is none of.
pub const REASON_UNKNOWN_REQUEST: &str = "unknown_request";
/// It waited for an operator for longer than jobs do.
pub const REASON_NEEDS_OPERATOR: &str = "needs_operator";
/// A record that only a newer version can read is looked at again after so long, in seconds: one is being deployed.
const NEWER_WAIT_SECONDS: u32 = 10;
/// All of them, with those of a body that is not a job.
pub const REASONS: [&str; 9] = [
    REASON_REFUSED,
    REASON_RECORD,
    REASON_WRONG_QUEUE,
    REASON_EXHAUSTED,
    REASON_UNKNOWN_REQUEST,
    REASON_NEEDS_OPERATOR,
    "not_json",
    "unknown_version",
    "unknown_job",
];

impl Failure {
    /// A passing failure.
    #[must_use]
    pub fn retry(error: impl Into<String>) -> Self {
        Self::Retry { after_seconds: 0, error: error.into() }
    }
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Self {
        match error.remedy {
            Remedy::Retry { after_seconds } => Self::Retry { after_seconds, error: error.to_string() },
            Remedy::NeedsOperator => Self::NeedsOperator { error: error.to_string() },
            Remedy::GiveUp => Self::Reject { reason: REASON_REFUSED, error: error.to_string() },
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Call(call) => call.into(),
            StoreError::Conflict(_) => Self::retry(error.to_string()),
            StoreError::Newer { .. } => {
                warn!(%error, "left to the newer version of this program");
                Self::Later { seconds: NEWER_WAIT_SECONDS }
            }
            StoreError::Unreadable { .. } => Self::Reject { reason: REASON_RECORD, error: error.to_string() },
        }
    }
}
