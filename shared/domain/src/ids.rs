//! Identifiers: each a type of its own, so that two cannot be swapped, and each checked when it is made.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::time::UnixSeconds;

/// Longest request id, in characters: IAM user names and schedule names take 64, and `keylease-` is nine of them.
pub const REQUEST_ID_MAX_CHARS: usize = 55;
/// Longest Slack id that is accepted, in characters. Slack's own have 9 to 11.
pub const SLACK_ID_MAX_CHARS: usize = 32;
/// Longest project or role name, in characters.
pub const NAME_MAX_CHARS: usize = 64;

/// Longest id of a click, in characters.
pub const CLICK_ID_MAX_CHARS: usize = 32;
/// Longest id of a claim or of a delivery, in characters.
pub const CLAIM_ID_MAX_CHARS: usize = 64;
/// Longest deployment id, in characters.
pub const DEPLOYMENT_ID_MAX_CHARS: usize = 32;

/// Why a text is not the identifier it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} must be 1 to {max_chars} characters of {allowed}")]
pub struct InvalidId {
    what: &'static str,
    max_chars: usize,
    allowed: &'static str,
}

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident, $what:literal, $max:expr, $allowed:literal, $is_allowed:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks the length and every character.
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                let is_allowed: fn(char) -> bool = $is_allowed;
                if !text.is_empty() && text.chars().count() <= $max && text.chars().all(is_allowed) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(InvalidId { what: $what, max_chars: $max, allowed: $allowed })
                }
            }

            /// The identifier as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

identifier!(
    /// Names one request, its IAM user, its schedule and its role session.
    RequestId,
    "a request id",
    REQUEST_ID_MAX_CHARS,
    "a-z, A-Z, 0-9, '.', '_' and '-'",
    |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')
);
identifier!(
    /// Names one installation of Keylease, so that several can share an AWS account. IAM's tags and names, and SES's
    /// tags, take these characters.
    DeploymentId,
    "a deployment id",
    DEPLOYMENT_ID_MAX_CHARS,
    "a-z, A-Z, 0-9, '_' and '-'",
    |c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
);
identifier!(
    /// A person in Slack, such as `U0OWNER`.
    SlackUserId,
    "a Slack user id",
    SLACK_ID_MAX_CHARS,
    "a-z, A-Z, 0-9, '_' and '-'",
    |c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
);
identifier!(
    /// An operator, by the name that their AWS identity says. IAM's own names have these characters.
    OperatorName,
    "an operator's name",
    NAME_MAX_CHARS,
    "a-z, A-Z, 0-9, '+', '=', ',', '.', '@', '_' and '-'",
    |c| c.is_ascii_alphanumeric() || matches!(c, '+' | '=' | ',' | '.' | '@' | '_' | '-')
);
identifier!(
    /// A Slack channel or direct message, such as `C0APPROVALS`.
    ChannelId,
    "a Slack channel id",
    SLACK_ID_MAX_CHARS,
    "a-z, A-Z, 0-9, '_' and '-'",
    |c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
);
identifier!(
    /// One click, so that a second delivery of it is told from a second click.
    ClickId,
    "a click's id",
    CLICK_ID_MAX_CHARS,
    "a-z, A-Z and 0-9",
    |c| c.is_ascii_alphanumeric()
);
identifier!(
    /// One run of a workflow's step, such as `Fx0STEP`.
    ExecutionId,
    "the id of a step's run",
    SLACK_ID_MAX_CHARS,
    "a-z, A-Z, 0-9, '_' and '-'",
    |c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
);
identifier!(
    /// One claim of a credential, as it stands in the link to its page.
    ClaimId,
    "a claim's id",
    CLAIM_ID_MAX_CHARS,
    "a-z, A-Z, 0-9, '_' and '-'",
    |c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
);
identifier!(
    /// One delivery of a claim: to one public key.
    DeliveryId,
    "a delivery's id",
    CLAIM_ID_MAX_CHARS,
    "a-z, A-Z, 0-9, '_' and '-'",
    |c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
);
identifier!(
    /// A form that is open in Slack, such as `V0FORM`.
    ViewId,
    "a Slack view id",
    SLACK_ID_MAX_CHARS,
    "a-z, A-Z, 0-9, '_' and '-'",
    |c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
);
identifier!(
    /// A project's name in the catalogue.
    ProjectName,
    "a project name",
    NAME_MAX_CHARS,
    "printable characters",
    |c| !c.is_control()
);
identifier!(
    /// A role's name within its project.
    RoleName,
    "a role name",
    NAME_MAX_CHARS,
    "printable characters",
    |c| !c.is_control()
);

impl SlackUserId {
    /// Whether two ids are the same but for case: Slack writes them in capitals, and people who copy them by hand do not
    /// always.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }

    /// Whether this id is on a list, whatever its case. Another id of the same person is found by `authorization::People`.
    #[must_use]
    pub fn is_in(&self, list: &[Self]) -> bool {
        list.iter().any(|listed| listed.is_same(self))
    }

    /// Whether this is a user group's id, such as `S0LEADS`, which the catalogue's lists may have in place of its members.
    #[must_use]
    pub fn is_user_group(&self) -> bool {
        self.0.starts_with(['S', 's'])
    }

    /// The id as Slack writes it.
    #[must_use]
    pub fn as_slack_writes_it(&self) -> Self {
        Self(self.0.to_ascii_uppercase())
    }
}

impl DeploymentId {
    /// The deployment that names itself nothing else, and that users without the tag belong to.
    pub const DEFAULT: &str = "keylease";

    /// Whether what bears this tag, or none, belongs to this deployment.
    #[must_use]
    pub fn owns(&self, tag: Option<&str>) -> bool {
        tag.unwrap_or(Self::DEFAULT) == self.0
    }

    /// What ids are told apart by: nothing for the default deployment, so that the ids of earlier releases stay.
    fn named(&self) -> Option<&str> {
        Some(self.as_str()).filter(|id| *id != Self::DEFAULT)
    }
}

impl Default for DeploymentId {
    fn default() -> Self {
        Self(Self::DEFAULT.to_owned())
    }
}

impl RequestId {
    /// The id of the `ordinal`th request (from 0) of one person for one role of one project, in one deployment.
    ///
    /// Ids form a sequence so that "one open request at a time" needs no second record: the next one can be
    /// created only by a conditional write, and only when the one before it is over. See `docs/decisions`.
    #[must_use]
    pub fn nth(
        deployment: &DeploymentId,
        requester: &SlackUserId,
        project: &ProjectName,
        role: &RoleName,
        ordinal: u32,
    ) -> Self {
        let parts = [requester.as_str(), project.as_str(), role.as_str()];
        Self(format!("{}-{ordinal}", hash_of(parts.into_iter().chain(deployment.named()))))
    }

    /// The id of the canary that an operator makes at this second.
    pub fn canary(deployment: &DeploymentId, at: UnixSeconds) -> Result<Self, InvalidId> {
        match deployment.named() {
            Some(deployment) => Self::parse(&format!("canary-{deployment}-{}", at.0)),
            None => Self::parse(&format!("canary-{}", at.0)),
        }
    }
}

/// One short text for several: the same for the same, and another for any others.
pub(crate) fn hash_of<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        // The length keeps ("ab", "c") and ("a", "bc") apart.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    base32(&hash.finalize(), SEQUENCE_CHARS)
}

/// Characters of the hash that an id keeps: 80 bits, so that two sequences never meet.
const SEQUENCE_CHARS: usize = 16;

/// Crockford's alphabet in lower case: no letters that are read as digits, and IAM ignores case in names.
fn base32(bytes: &[u8], chars: usize) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut text = String::with_capacity(chars);
    let (mut pool, mut bits) = (0_u32, 0_u32);
    for byte in bytes {
        pool = (pool << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 && text.len() < chars {
            bits -= 5;
            let digit = (pool >> bits) & 31;
            text.extend(ALPHABET.get(digit as usize).map(|b| char::from(*b)));
            pool &= (1 << bits) - 1;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nth(requester: &str, project: &str, role: &str, ordinal: u32) -> String {
        nth_in(DeploymentId::DEFAULT, requester, project, role, ordinal)
    }

    fn nth_in(deployment: &str, requester: &str, project: &str, role: &str, ordinal: u32) -> String {
        let id = RequestId::nth(
            &DeploymentId::parse(deployment).unwrap(),
            &SlackUserId::parse(requester).unwrap(),
            &ProjectName::parse(project).unwrap(),
            &RoleName::parse(role).unwrap(),
            ordinal,
        );
        id.to_string()
    }

    #[test]
    fn a_sequence_is_stable_and_its_own() {
        assert_eq!(nth("U1", "payments", "ReadOnly", 0), nth("U1", "payments", "ReadOnly", 0));
        assert_ne!(nth("U1", "payments", "ReadOnly", 0), nth("U1", "payments", "ReadOnly", 1));
        assert_ne!(nth("U1", "ab", "c", 0), nth("U1", "a", "bc", 0));
        assert_ne!(nth("U1", "p", "r", 0), nth("U2", "p", "r", 0));
    }

    #[test]
    fn ids_of_two_deployments_differ_and_those_of_the_default_stay() {
        // As releases without deployments made it.
        assert_eq!(nth("U0DANA", "payments", "ReadOnly", 0), "gkb8g1ytfgg0bm8v-0");
        let ids = ["keylease", "staging", "Staging", "staging-2"].map(|id| nth_in(id, "U1", "p", "r", 0));
        let distinct: std::collections::BTreeSet<&String> = ids.iter().collect();
        assert_eq!(distinct.len(), ids.len(), "{ids:?}");
        let canary =
            |id: &str| RequestId::canary(&DeploymentId::parse(id).unwrap(), UnixSeconds(1_795_442_607));
        assert_eq!(canary("keylease").unwrap().as_str(), "canary-1795442607");
        assert_eq!(canary("staging").unwrap().as_str(), "canary-staging-1795442607");
        assert!(canary(&"x".repeat(DEPLOYMENT_ID_MAX_CHARS)).is_ok());
    }

    #[test]
    fn what_bears_no_tag_belongs_to_the_default_deployment() {
        let (default, other) = (DeploymentId::default(), DeploymentId::parse("staging").unwrap());
        assert!(default.owns(None) && default.owns(Some("keylease")) && !default.owns(Some("staging")));
        assert!(!other.owns(None) && !other.owns(Some("keylease")) && other.owns(Some("staging")));
    }

    #[test]
    fn an_id_fits_every_aws_name() {
        let id = nth_in("staging", "U1", "payments", "ReadOnly", u32::MAX);
        assert!(RequestId::parse(&id).is_ok());
        assert!(format!("keylease-{id}").len() <= 64);
    }

    #[test]
    fn hostile_ids_are_refused() {
        for text in ["", "a b", "U1>", "<!channel>", "../x", &"U".repeat(33)] {
            assert!(SlackUserId::parse(text).is_err(), "{text:?} passed");
        }
        assert!(ProjectName::parse("pay\nments").is_err());
    }
}
