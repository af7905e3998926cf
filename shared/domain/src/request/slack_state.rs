//! What Slack shows of a request.

use serde::{Deserialize, Serialize};

use crate::ids::SlackUserId;
use crate::job::MessageRef;
use crate::status::Status;
use crate::step::Step;

/// What Slack shows of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SlackState {
    /// Messages in Slack that show this request.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<Posted>,
    /// The statuses that the requester has been told of.
    #[serde(rename = "told", default, skip_serializing_if = "Vec::is_empty")]
    pub notified_statuses: Vec<Status>,
    /// Whether those who would have decided were told of what a rule granted instead.
    #[serde(rename = "rule_announced", default, skip_serializing_if = "std::ops::Not::not")]
    pub is_announced: bool,
    /// The step of a workflow that it came from, which waits for an answer.
    #[serde(rename = "workflow_step", default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Step>,
}

/// A message in Slack that shows a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posted {
    /// Where it is.
    pub message: MessageRef,
    /// Whom it is for.
    pub audience: Audience,
    /// The status, and the number of approvals, that it shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shows: Option<Shown>,
}

/// What a message shows, so that one that is up to date is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// The status.
    pub status: Status,
    /// How many had agreed.
    #[serde(default)]
    pub approvals: u32,
    /// Whether everything had been read back as gone.
    #[serde(default)]
    pub gone: bool,
}

/// Whom a message is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Audience {
    /// The project's channel.
    Channel,
    /// One approver, by direct message.
    Approver(SlackUserId),
    /// The requester, by direct message, about a grant that lives.
    Requester,
}
