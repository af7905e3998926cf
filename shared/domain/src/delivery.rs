//! What became of the email that carries a credential, when it is not what was hoped for.

use serde::{Deserialize, Serialize};

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
