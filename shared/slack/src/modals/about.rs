//! What a form about a request carries in `private_metadata`: which request, where its button was clicked, and the limits.

use domain::job::MessageRef;
use domain::{RequestId, UnixSeconds};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The request that a form is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct About {
    pub request_id: RequestId,
    /// The extension, by its number, where the form is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<u32>,
    /// The message whose button opened the form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<MessageRef>,
    /// Shortest grant, in seconds; 0 where that is not known.
    #[serde(default)]
    pub shortest: u32,
    /// Longest grant that the form allows, in seconds; 0 where that is not known.
    #[serde(default)]
    pub longest: u32,
    /// When access ends as it is, where the form is to make it last longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<UnixSeconds>,
}

impl About {
    /// A request, whose limits are not known here.
    #[must_use]
    pub fn new(request_id: RequestId, message: Option<MessageRef>) -> Self {
        Self { request_id, extension: None, message, shortest: 0, longest: 0, ends_at: None }
    }

    /// Of a payload's `view`; nothing where it does not say which request.
    #[must_use]
    pub fn of(view: &Value) -> Option<Self> {
        serde_json::from_str(view.get("private_metadata")?.as_str()?).ok()
    }

    pub(super) fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}
