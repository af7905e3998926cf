//! What people were told of a request, and by which messages (docs/decisions/0023-what-people-were-told.md).

use serde::{Deserialize, Serialize};

use crate::ids::SlackUserId;
use crate::job::MessageRef;
use crate::request::extension::{ExtensionOutcome, Extensions, ShownExtension};
use crate::status::Status;
use crate::step::Step;
use crate::time::UnixSeconds;

/// What people were told of it, and when they are told next.
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
    /// When people are to be reminded of it next; absent when they are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remind_at: Option<UnixSeconds>,
    /// When they were reminded last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminded_at: Option<UnixSeconds>,
    /// How often they were.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub reminders: u32,
    /// Messages in Slack that show an extension.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extension_messages: Vec<ExtensionMessage>,
    /// What the requester has been told of extensions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told_extensions: Vec<ToldExtension>,
    /// Warnings that the grant ends soon: one for each end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

/// A message in Slack that shows an extension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct ExtensionMessage {
    pub number: u32,
    pub message: MessageRef,
    pub audience: Audience,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shows: Option<ShownExtension>,
}

/// What the requester has been told of an extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct ToldExtension {
    pub number: u32,
    /// How far it had come.
    pub outcome: ExtensionOutcome,
}

/// A warning to the requester that a grant ends soon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct Warning {
    pub ends_at: UnixSeconds,
    /// When the requester was told; absent until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_at: Option<UnixSeconds>,
    /// The message; absent where Slack took none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<MessageRef>,
    /// Whether its buttons were taken away.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_closed: bool,
}

impl SlackState {
    /// Whether everybody has been told of every extension, and every message shows it as it is.
    #[must_use]
    pub fn shows_extensions(&self, extensions: &Extensions) -> bool {
        extensions.list.iter().all(|extension| {
            let shown = extensions.shown(extension);
            let mut messages = self.messages_about(extension.number).peekable();
            let is_asked = extension.outcome != ExtensionOutcome::Open || messages.peek().is_some();
            let is_told = self.has_told(extension.number, shown) || !is_news(shown);
            is_asked && is_told && messages.all(|message| message.shows == Some(shown))
        })
    }

    /// The messages that show this extension.
    pub fn messages_about(&self, number: u32) -> impl Iterator<Item = &ExtensionMessage> {
        self.extension_messages.iter().filter(move |message| message.number == number)
    }

    /// Whether the requester is still to be told what an extension has become.
    #[must_use]
    pub fn is_untold(&self, number: u32, shown: ShownExtension) -> bool {
        is_news(shown) && !self.has_told(number, shown)
    }

    fn has_told(&self, number: u32, shown: ShownExtension) -> bool {
        self.told_extensions.contains(&ToldExtension { number, outcome: shown.outcome })
    }
}

/// Whether an extension has come to something that its requester is told of: an approval is told when it is in force.
fn is_news(shown: ShownExtension) -> bool {
    match shown.outcome {
        ExtensionOutcome::Approved => false,
        ExtensionOutcome::Extended => shown.in_force,
        ExtensionOutcome::Open
        | ExtensionOutcome::Denied
        | ExtensionOutcome::Lapsed
        | ExtensionOutcome::Void
        | ExtensionOutcome::Failed => true,
    }
}

/// A message in Slack that shows a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct Posted {
    pub message: MessageRef,
    pub audience: Audience,
    /// The status, and the number of approvals, that it shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shows: Option<Shown>,
}

/// What a message shows, so that one that is up to date is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct Shown {
    pub status: Status,
    /// How many had agreed.
    #[serde(default)]
    pub approvals: u32,
    /// Whether everything had been read back as gone.
    #[serde(default)]
    pub gone: bool,
    /// How many reviews and escalations there were.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub notes: u32,
    /// How often the grant had been extended.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub extended: u32,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
pub(super) fn is_zero(count: &u32) -> bool {
    *count == 0
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
