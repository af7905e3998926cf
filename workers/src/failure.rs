//! Why a job was not done, typed by what is to become of it.

use aws::dynamodb::StoreError;
use service::CallError;
use service::Remedy;
use tracing::warn;

/// What the runtime does with a job that was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Something passing: try again after a while, at least after so many seconds.
    Retry {
        /// What the other side asked for; 0 when nothing was said. Where it names a time it is only busy, and no deliveries
        /// are used up.
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

/// A record that only a newer version can read is looked at again after so long, in seconds: one is being deployed.
const NEWER_WAIT_SECONDS: u32 = 10;

/// Declares each reason once, and the list of all from that.
macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)*) => {
        $($(#[$doc])* pub const $name: &str = $word;)*
        /// All of them.
        pub const REASONS: [&str; [$($word),*].len()] = [$($name),*];
    };
}

reasons! {
    /// The other side refused what was asked for.
    REASON_REFUSED = "call_refused";
    /// A table's record is not what it should be.
    REASON_RECORD = "unreadable_record";
    /// The job is for another worker's queue.
    REASON_WRONG_QUEUE = "wrong_queue";
    /// Every try failed.
    REASON_EXHAUSTED = "retries_exhausted";
    /// The job names a request that there is none of.
    REASON_UNKNOWN_REQUEST = "unknown_request";
    /// It waited for an operator for longer than jobs do.
    REASON_NEEDS_OPERATOR = "needs_operator";
    /// The body is not JSON, as `domain` says it.
    REASON_NOT_JSON = "not_json";
    /// The body has a version that this program does not know, as `domain` says it.
    REASON_UNKNOWN_VERSION = "unknown_version";
    /// The body is no job that this program knows, as `domain` says it.
    REASON_UNKNOWN_JOB = "unknown_job";
}

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
            Remedy::Transient { after_seconds } => Self::Retry { after_seconds, error: error.to_string() },
            Remedy::NeedsOperator => Self::NeedsOperator { error: error.to_string() },
            Remedy::Permanent => Self::Reject { reason: REASON_REFUSED, error: error.to_string() },
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
