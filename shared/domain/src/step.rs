//! The step of a workflow that a request came from, and what it is answered.

use serde::{Deserialize, Serialize};

use crate::ids::ExecutionId;
use crate::request::Request;
use crate::status::Status;

/// The step of a workflow that a request came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Which run of the step.
    pub execution_id: ExecutionId,
    /// Whether it was answered: once, as soon as it is known what becomes of the request.
    #[serde(default)]
    pub is_answered: bool,
}

/// What a step is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepAnswer {
    /// It is done: the request was decided, and access works where it was approved. The workflow goes on by the status.
    Done,
    /// It failed: nothing was decided, or nothing could be made.
    Failed,
}

impl Request {
    /// What the step that it came from is to be answered now; nothing where none waits, or it is too early.
    #[must_use]
    pub fn step_answer(&self) -> Option<StepAnswer> {
        self.slack.step.as_ref().filter(|step| !step.is_answered)?;
        match self.status {
            Status::Pending | Status::Approved | Status::Ready => None,
            Status::Denied | Status::Active | Status::Expired | Status::Revoked => Some(StepAnswer::Done),
            Status::Lapsed | Status::Failed => Some(StepAnswer::Failed),
        }
    }

    /// Whether it came from this run of a step.
    #[must_use]
    pub fn is_of_step(&self, execution_id: &ExecutionId) -> bool {
        self.slack.step.as_ref().is_some_and(|step| step.execution_id == *execution_id)
    }
}
