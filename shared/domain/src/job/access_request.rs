//! What somebody asks for.

use serde::{Deserialize, Serialize};

use crate::ids::SlackUserId;
use crate::time::UnixSeconds;

/// What somebody asked for, as typed: nothing in it is checked yet but its shape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct AccessRequest {
    /// Names this one ask, so that a second delivery of it is recognised.
    #[serde(rename = "intake_id")]
    pub idempotency_key: String,
    /// When Slack handed it over.
    pub received_at: UnixSeconds,
    pub user_id: SlackUserId,
    /// What they are called, as Slack says it.
    pub user_name: String,
    pub project: String,
    pub role: String,
    /// How long, as typed.
    pub duration: String,
    /// Why, as typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub justification: Option<String>,
    /// The whole text of a slash command, whose words may mean something else than the fields above where names have
    /// spaces or stand in another order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// Whether it is an emergency, which a rule for those may grant at once. A program that does not know this asks people.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub break_glass: bool,
    /// What lets a form be opened for them for three seconds, where they asked by a form: it is shown again when it is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger_id: Option<String>,
}
