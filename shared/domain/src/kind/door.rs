//! How people get into a grant that is a role of its own.

use serde::{Deserialize, Serialize};

use super::KindFault;
use crate::principal::{Pattern, Placeholder};

/// How people get into a grant that is a role of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "door", rename_all = "snake_case")]
pub enum Door {
    /// By `sts:AssumeRole`: its trust policy names them.
    AssumeRole {
        /// Patterns of their principals (`domain::principal`).
        principals: Vec<String>,
    },
    /// By account access manager, which opens it to the requester's user of Identity Center.
    AccountAccess,
    /// By sessions that are sealed to the machine that claims them: the worker alone may assume it.
    Claim,
}

impl Door {
    /// The door that the catalogue says, with the principals that stand beside it.
    pub(super) fn from_fields(name: Option<DoorName>, principals: Vec<String>) -> Result<Self, KindFault> {
        match name.ok_or(KindFault::LacksDoor)? {
            DoorName::AssumeRole if principals.is_empty() => Err(KindFault::LacksPrincipals),
            DoorName::AssumeRole => Ok(Self::AssumeRole { principals }),
            DoorName::AccountAccess => Ok(Self::AccountAccess),
            DoorName::Claim => Ok(Self::Claim),
        }
    }

    /// The same in fields.
    pub(super) fn into_fields(self) -> (DoorName, Vec<String>) {
        match self {
            Self::AssumeRole { principals } => (DoorName::AssumeRole, principals),
            Self::AccountAccess => (DoorName::AccountAccess, Vec::new()),
            Self::Claim => (DoorName::Claim, Vec::new()),
        }
    }

    /// Whether it is opened to the requester by this.
    #[must_use]
    pub fn asks_for(&self, placeholder: Placeholder) -> bool {
        match self {
            Self::AssumeRole { principals } => {
                principals.iter().filter_map(|text| Pattern::parse(text).ok()).any(|one| one.has(placeholder))
            }
            Self::AccountAccess | Self::Claim => false,
        }
    }
}

/// A door by its name alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it")]
pub enum DoorName {
    AssumeRole,
    AccountAccess,
    Claim,
}

impl DoorName {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::AssumeRole, Self::AccountAccess, Self::Claim];

    /// The door of this name, if this version knows it.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|door| door.as_str() == name)
    }

    /// Its name in the catalogue and in the record of a grant.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AssumeRole => "assume_role",
            Self::AccountAccess => "account_access",
            Self::Claim => "claim",
        }
    }
}
