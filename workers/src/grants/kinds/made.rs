//! What a kind has made, as far as whoever delivers it has to know.

use crate::grants::credential::Credential;

/// What was made.
#[derive(Debug)]
pub(crate) enum Made {
    /// A secret, which the requester is sent.
    Credential(Credential),
    /// Something that people get into as who they are already: there is nothing to send.
    Opened {
        /// The role's ARN, or the user's id in Identity Center.
        principal: String,
        /// The entitlement that opens it, where account access manager does.
        entitlement_id: Option<String>,
    },
}

impl Made {
    /// IAM user name, assumed-role ARN, role ARN, or the user's id in Identity Center.
    pub(crate) fn principal(&self) -> &str {
        match self {
            Self::Credential(credential) => &credential.principal,
            Self::Opened { principal, .. } => principal,
        }
    }

    /// The entitlement that opens it, where account access manager does.
    pub(crate) fn entitlement_id(&self) -> Option<&str> {
        match self {
            Self::Credential(_) => None,
            Self::Opened { entitlement_id, .. } => entitlement_id.as_deref(),
        }
    }

    /// The secret, where there is one.
    pub(crate) fn credential(&self) -> Option<&Credential> {
        match self {
            Self::Credential(credential) => Some(credential),
            Self::Opened { .. } => None,
        }
    }
}
