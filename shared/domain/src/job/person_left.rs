//! Somebody whose account Slack has deactivated.

use serde::{Deserialize, Serialize};

use crate::ids::SlackUserId;
use crate::request::Request;
use crate::time::UnixSeconds;

/// Slack says that somebody's account is deactivated: what they have ends, and what they asked for is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonLeft {
    /// Their ids: in an Enterprise Grid the workspace's, and the organisation's.
    pub user_ids: Vec<SlackUserId>,
    /// When Slack said so.
    pub left_at: UnixSeconds,
}

impl PersonLeft {
    /// Whether a request goes with them. What a restored account asked for since does not.
    #[must_use]
    pub fn takes(&self, request: &Request) -> bool {
        !request.status.is_final()
            && request.ask.requester_slack_id.is_in(&self.user_ids)
            && request.ask.created_at <= self.left_at
    }
}
