//! How people get into a grant that is a role of its own.

use serde::{Deserialize, Serialize};

/// How people get into a grant that is a role of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "door", rename_all = "snake_case")]
pub enum Door {
    /// By `sts:AssumeRole`: its trust policy names them.
    AssumeRole {
        /// Patterns of their principals (`domain::principal`).
        principals: Vec<String>,
    },
}

/// A door by its name alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DoorName {
    /// By `sts:AssumeRole`.
    AssumeRole,
}

impl DoorName {
    /// All of them.
    pub const ALL: [Self; 1] = [Self::AssumeRole];

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
        }
    }
}
