//! How a credential reaches its requester, and what became of an email that carries one.

use serde::{Deserialize, Serialize};

use crate::duration::GrantDuration;

/// How long a credential may be claimed where the catalogue does not say.
pub const CLAIM_WITHIN_DEFAULT: GrantDuration = GrantDuration::HOUR;

/// How a credential reaches its requester.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Delivery {
    #[default]
    Email,
    /// It is sealed to the machine that claims it, once its requester has confirmed that machine.
    Claim {
        /// How long it may be claimed.
        within: GrantDuration,
    },
}

impl Delivery {
    /// How long it may be claimed, where it has to be.
    #[must_use]
    pub const fn claim_within(self) -> Option<GrantDuration> {
        match self {
            Self::Email => None,
            Self::Claim { within } => Some(within),
        }
    }
}

/// What SES reports of an email.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Undelivered {
    /// The recipient's mail server sent it back.
    Bounce,
    /// SES itself did not send it.
    Reject,
    /// The recipient marked it as spam. So it did arrive.
    Complaint,
}

impl Undelivered {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Bounce, Self::Reject, Self::Complaint];

    /// Its name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bounce => "bounce",
            Self::Reject => "reject",
            Self::Complaint => "complaint",
        }
    }

    /// What happened, as half a sentence; nothing where the email arrived.
    #[must_use]
    pub fn says(self) -> Option<&'static str> {
        match self {
            Self::Bounce => Some("the mail server there sent it back"),
            Self::Reject => Some("Amazon SES did not send it"),
            Self::Complaint => None,
        }
    }
}
