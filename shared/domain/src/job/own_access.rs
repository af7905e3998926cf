//! What somebody wants to know of, or do with, the access that they have: `/access list` and `/access end`.

use serde::{Deserialize, Serialize};

use crate::ids::SlackUserId;
use crate::time::UnixSeconds;

/// Somebody asked for a list of what they have, or wants one of their grants ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct OwnAccess {
    /// Names this one use of the command, so that a second delivery of it is recognised.
    #[serde(rename = "intake_id")]
    pub idempotency_key: String,
    /// When Slack handed it over, which is when an end counts from.
    pub received_at: UnixSeconds,
    pub user_id: SlackUserId,
    /// Which of their grants they want ended, as typed, and empty where nothing was; absent where they want the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<String>,
}
