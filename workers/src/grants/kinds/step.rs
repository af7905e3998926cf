//! What the steps of an end are about, and how they fail.

use aws::iam::may_be_behind;
use domain::{Request, RequestId};
use service::CallError;

use crate::failure::Failure;

/// Whose grant ends: its record, where that could be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EndOf<'a> {
    pub(crate) request_id: &'a RequestId,
    pub(crate) record: Option<&'a Request>,
}

/// Why a step of an end failed.
#[derive(Debug)]
pub(crate) enum StepFailed {
    /// IAM may not show everything yet: the steps begin anew a little later.
    MayBeBehind(CallError),
    Failed(Failure),
}

impl StepFailed {
    /// A failed call about a user or a role of a grant's own.
    pub(crate) fn of_principal(error: CallError) -> Self {
        if may_be_behind(&error) { Self::MayBeBehind(error) } else { Self::Failed(error.into()) }
    }
}

impl From<Failure> for StepFailed {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<StepFailed> for Failure {
    fn from(failed: StepFailed) -> Self {
        match failed {
            StepFailed::MayBeBehind(error) => error.into(),
            StepFailed::Failed(failure) => failure,
        }
    }
}
