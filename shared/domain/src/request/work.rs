//! Who works on a request, and what is still to be sent.

use serde::{Deserialize, Serialize};

use crate::outbox::Outbox;
use crate::time::UnixSeconds;

/// Who works on it, and what is still to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Work {
    /// The worker that is making the credential, and until when nobody else may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub making: Option<Claim>,
    /// What the making of its credential waits for until an operator has repaired it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Waiting>,
    /// Where its credential goes, as Slack said when it was approved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<Recipient>,
    /// The worker that is telling people, and until when nobody else may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telling: Option<Claim>,
    /// When the sweep last sent the job that brings Slack up to date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resent: Option<Resent>,
    /// Jobs that follow from the last changes and are not known to be on their queues yet.
    #[serde(default, skip_serializing_if = "Outbox::is_empty")]
    pub outbox: Outbox,
}

/// A claim on a task: one worker at a time, and only until it ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The worker's own random name for this try.
    pub by: String,
    /// After this, another worker may take over.
    pub until: UnixSeconds,
}

/// Where a credential goes, by its requester's profile in Slack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// Their email address.
    pub email: String,
    /// Their IANA time zone, such as `Europe/Berlin`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// When they were looked up.
    pub looked_up_at: UnixSeconds,
}

impl Recipient {
    /// A profile that was looked up so many seconds ago is not looked up again. Making a credential takes as long after its
    /// own look.
    pub const FRESH_SECONDS: i64 = 20;

    /// Whether it is what Slack says at `now`.
    #[must_use]
    pub fn is_fresh(&self, now: UnixSeconds) -> bool {
        (0..=Self::FRESH_SECONDS).contains(&now.seconds_since(self.looked_up_at))
    }
}

/// A credential that cannot be made until an operator has repaired something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// When that was found first.
    pub since: UnixSeconds,
    /// When it was tried last.
    pub tried_at: UnixSeconds,
    /// What is to be repaired.
    pub why: String,
}

impl Waiting {
    /// Whoever asked is told of a wait that has lasted for so many seconds. A shorter one passes by itself, such as that
    /// for a permission that IAM does not know everywhere yet.
    pub const TOLD_AFTER_SECONDS: i64 = 20;

    /// Whether it has lasted for long enough that whoever asked is told.
    #[must_use]
    pub fn is_long(&self) -> bool {
        self.tried_at.seconds_since(self.since) >= Self::TOLD_AFTER_SECONDS
    }
}

/// When the sweep last sent the job that brings Slack up to date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct Resent {
    pub at: UnixSeconds,
    /// How often since the last change.
    pub times: u32,
}
