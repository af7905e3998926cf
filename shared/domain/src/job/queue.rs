//! The queues.

use serde::{Deserialize, Serialize};

/// The three queues, each with its own worker and its own DLQ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum QueueName {
    /// Takes requests in, asks approvers, tells people things.
    Notify,
    /// Decides to approve, makes credentials.
    Provision,
    /// Ends access.
    Revoke,
}

impl QueueName {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Notify, Self::Provision, Self::Revoke];

    /// Its name, which is also its worker's.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Notify => "notify",
            Self::Provision => "provision",
            Self::Revoke => "revoke",
        }
    }
}
