//! Claims: a credential that is sealed to the machine of its requester, once they confirmed that machine in Slack.

use serde::{Deserialize, Serialize};

use crate::ids::{ClaimId, DeliveryId, SlackUserId};
use crate::names::is_invisible;
use crate::time::UnixSeconds;

/// Longest label of a machine, in characters.
pub const LABEL_MAX_CHARS: usize = 60;
/// Machines that may ask for one credential, at most.
pub const DELIVERIES_MAX: usize = 5;
/// A machine's request to renew its credential counts for so long, in seconds, in both directions: clocks differ.
pub const RENEWAL_WITHIN_SECONDS: i64 = 300;

/// The claim of a request's credential, as the record has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialClaim {
    /// Its id, which is in the link.
    pub id: ClaimId,
    /// The link to its page.
    pub url: String,
    /// Until when a machine may be confirmed.
    pub until: UnixSeconds,
    /// Whether nobody may claim it any more, though what was made for it may still be there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub closed: bool,
    /// The machine that the requester confirmed; its credential is made after that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<ConfirmedMachine>,
}

/// The machine that gets the credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct ConfirmedMachine {
    pub delivery_id: DeliveryId,
    /// Its public key, whose code the requester compared: the credential is sealed to no other.
    pub public_key: String,
    /// Names that key in the audit.
    pub key_fingerprint: String,
    /// What the machine calls itself.
    pub label: String,
    /// Whom CloudTrail names for a session of it.
    pub source_identity: String,
    /// Who confirmed it, as Slack says it.
    pub by: SlackUserId,
    /// When their click reached the ingress.
    pub at: UnixSeconds,
}

/// What a machine calls itself cannot be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the names say it")]
pub enum LabelFault {
    /// Nothing of it is visible.
    #[error("it is missing or has nothing that is visible")]
    Empty,
    #[error("it has more than {LABEL_MAX_CHARS} characters")]
    TooLong,
}

/// What a machine calls itself, on one line and without what nobody sees.
pub fn label(typed: &str) -> Result<String, LabelFault> {
    let visible: String =
        typed.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(|c| !is_invisible(*c)).collect();
    let label = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    if label.is_empty() {
        return Err(LabelFault::Empty);
    }
    if label.chars().count() > LABEL_MAX_CHARS { Err(LabelFault::TooLong) } else { Ok(label) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_one_line_of_what_is_seen() {
        assert_eq!(label(" dana's\tlaptop\u{202E}\n").unwrap(), "dana's laptop");
        assert_eq!(label("a\0b").unwrap(), "a b");
        assert_eq!(label("\u{200B}\n"), Err(LabelFault::Empty));
        assert!(label(&"x".repeat(LABEL_MAX_CHARS)).is_ok());
        assert_eq!(label(&"x".repeat(LABEL_MAX_CHARS + 1)), Err(LabelFault::TooLong));
    }
}
