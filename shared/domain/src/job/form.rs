//! Forms in Slack that a worker fills: the ingress opens them at once, and reads no table.

use serde::{Deserialize, Serialize};

use crate::ids::{RequestId, SlackUserId, ViewId};
use crate::job::click::MessageRef;
use crate::time::UnixSeconds;

/// A form is filled within so many seconds of the moment at which it was opened or changed, or not at all: nobody looks at
/// it for so long, and what is typed into it as it stands is taken all the same.
pub(super) const FORM_FILL_MAX_SECONDS: i64 = 10 * 60;

/// An open form, and what it is to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct FormFill {
    /// Which form, by Slack's id of the view.
    pub view_id: ViewId,
    /// The state of the view that is to be replaced, where it is to be replaced in no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
    pub user_id: SlackUserId,
    /// When it was opened, or something was chosen in it: milliseconds since 1970, by which two choices in one form are
    /// told apart.
    pub asked_at_ms: i64,
    #[serde(flatten)]
    pub form: Form,
}

/// A form, with what was chosen in it so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "form", rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Form {
    /// Somebody asks for access.
    RequestAccess {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        project: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        role: Option<String>,
        /// The words of a command that is no whole request, from which the form is filled as far as they go.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        typed: Option<String>,
    },
    /// Whoever has access asks for more time.
    Extend {
        request_id: RequestId,
        /// The message whose button opened the form.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<MessageRef>,
    },
    /// An approver grants less time than was asked for.
    ApproveShorter {
        request_id: RequestId,
        /// The message whose button opened the form.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<MessageRef>,
    },
}

impl FormFill {
    /// Whether it was asked for so long ago that nobody waits for it.
    #[must_use]
    pub fn is_over(&self, now: UnixSeconds) -> bool {
        now.seconds_since(UnixSeconds(self.asked_at_ms.div_euclid(1_000))) > FORM_FILL_MAX_SECONDS
    }
}

impl Form {
    /// The request that it is about, where it is about one that exists.
    #[must_use]
    pub fn request_id(&self) -> Option<&RequestId> {
        match self {
            Self::RequestAccess { .. } => None,
            Self::Extend { request_id, .. } | Self::ApproveShorter { request_id, .. } => Some(request_id),
        }
    }
}
