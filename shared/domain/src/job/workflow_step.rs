//! A step of somebody's workflow that asks for access, and waits for what becomes of it.

use serde::{Deserialize, Serialize};

use crate::ids::ExecutionId;
use crate::job::AccessRequest;

/// The step asks for access. Whoever made the workflow says in whose name: Slack does not vouch for that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct WorkflowStep {
    /// Which run of the step, by which it is answered. The token that came with it is in no job: it is a secret, and ends
    /// after 15 minutes.
    pub execution_id: ExecutionId,
    #[serde(flatten)]
    pub ask: AccessRequest,
}

/// The step asks for nothing that could be looked at: whoever made the workflow is told why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedStep {
    /// Which run of the step.
    pub execution_id: ExecutionId,
    /// What is wrong, for people.
    pub why: String,
}
