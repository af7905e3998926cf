//! The queues, and which jobs each carries.

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

    /// The names of the jobs that its worker handles.
    #[must_use]
    pub fn job_names(self) -> &'static [&'static str] {
        match self {
            Self::Notify => &[
                "intake",
                "workflow_step",
                "failed_step",
                "fill_form",
                "own_access",
                "publish_home",
                "deny",
                "extend",
                "deny_extension",
                "tell",
                "review",
                "remind",
            ],
            Self::Provision => &[
                "approve",
                "approve_shorter",
                "provision",
                "approve_extension",
                "extend_grant",
                "claim",
                "confirm_claim",
                "refuse_claim",
                "renew_claim",
                "close_claim",
            ],
            Self::Revoke => &[
                "end",
                "end_by_operator",
                "undelivered",
                "person_left",
                "revoke",
                "lapse_unclaimed",
                "sweep",
                "sweep_all",
            ],
        }
    }
}
