//! What a replay would come to, in words.

use serde::Serialize;

use crate::duration::GrantDuration;
use crate::request::Request;
use crate::time::UnixSeconds;

/// What a replay would come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// It would do something.
    #[serde(rename = "changes")]
    Changes,
    /// It would do something, but only when its time has come.
    Waits,
    /// It would change nothing.
    Nothing,
    /// It would be dead-lettered again.
    ParkedAgain,
    /// That cannot be said.
    Unknown,
}

/// What a replay would do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ReplayPreview {
    /// What it would come to.
    pub effect: Effect,
    /// The same as half a sentence, such as "ends the grant". Jobs in the same state have the same one.
    #[serde(rename = "does")]
    pub summary: String,
    /// The end of the grant, where what it does has to do with that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant_ends_at: Option<UnixSeconds>,
}

/// The moment at which it is asked, and what has to be known besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct PreviewContext {
    pub now: UnixSeconds,
    /// How long a request stays open undecided.
    pub pending_ttl: GrantDuration,
}

pub(super) fn changes(summary: impl Into<String>) -> ReplayPreview {
    says(Effect::Changes, summary)
}

pub(super) fn nothing(summary: impl Into<String>) -> ReplayPreview {
    says(Effect::Nothing, summary)
}

pub(super) fn says(effect: Effect, summary: impl Into<String>) -> ReplayPreview {
    ReplayPreview { effect, summary: summary.into(), grant_ends_at: None }
}

impl ReplayPreview {
    pub(super) fn until(self, request: &Request) -> Self {
        Self { grant_ends_at: request.access.expires_at, ..self }
    }
}
