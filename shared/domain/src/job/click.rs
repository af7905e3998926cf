//! What people decide in Slack: a click, or a form that counts like one.

use serde::{Deserialize, Serialize};

use crate::duration::GrantDuration;
use crate::ids::{ChannelId, ClickId, RequestId, SlackUserId};
use crate::time::UnixSeconds;

/// A click on one of a request's buttons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct Click {
    pub request_id: RequestId,
    /// Who clicked, as Slack says it.
    pub user_id: SlackUserId,
    /// When the click reached the ingress, from which decisions and time limits count; absent in bodies from before
    /// clicks carried it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clicked_at: Option<UnixSeconds>,
    /// Which click it is, by the ingress; absent in bodies from before clicks carried it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub click_id: Option<ClickId>,
    /// The message that was clicked, so that it can be brought up to date even if its posting was not recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<MessageRef>,
    /// Why, as typed into a form; only a denial has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The form that was submitted, where that is what they did: it is shown again where it is refused.
    #[serde(rename = "form", default, skip_serializing_if = "Option::is_none")]
    pub submitted: Option<Submitted>,
}

/// A form about a request, as it was submitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submitted {
    /// Which form, by its id. A program that does not know it shows none.
    pub form: String,
    /// By which Slack opens one more, within seconds.
    pub trigger_id: String,
    /// How long, as typed or chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<String>,
}

/// An approval for less time than was asked for. It is a job of its own, so that a program that does not know it grants
/// nothing, where a field that it does not know would have it grant the whole time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShorterApproval {
    /// The submission of the form, which counts like a click.
    #[serde(flatten)]
    pub click: Click,
    /// How long access is to last, at most.
    pub duration: GrantDuration,
}

/// A message in Slack.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct MessageRef {
    pub channel: ChannelId,
    /// Its timestamp, which is its id there.
    pub ts: String,
}

impl Click {
    /// The moment from which the click counts. One that carries no time counts from `now`.
    #[must_use]
    pub fn counts_from(&self, now: UnixSeconds) -> UnixSeconds {
        self.clicked_at.unwrap_or(now)
    }
}
