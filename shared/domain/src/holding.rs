//! What several grants may hold at once: somebody's assignment of a permission set, or membership of a group.
//!
//! Nothing in AWS says who made one, so the table does: an item for each says which grants hold it, and whether it was there before
//! the first of them. It is written before the call that it is about, so that a crash leaves no doubt whose it is.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::as_read::AsRead;
use crate::ids::RequestId;
use crate::request::Claim;
use crate::time::UnixSeconds;

/// What the keys of these items begin with. No request id has a colon.
pub const KEY_PREFIX: &str = "holding:";

/// Something in Identity Center that one person has once, however many grants give it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Held {
    PermissionSet {
        /// The account, 12 digits.
        account_id: String,
        permission_set_arn: String,
        /// The user's id in the identity store.
        user_id: String,
    },
    Group {
        /// The group's id in the identity store.
        group_id: String,
        /// The user's id in the identity store.
        user_id: String,
    },
}

/// Which grants hold it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct Holding {
    #[serde(flatten)]
    pub held: Held,
    /// Grows by one with each write; a write is conditional on the version that was read. 0: it is not in the table.
    #[serde(default)]
    pub version: u64,
    /// The grants that hold it.
    #[serde(default)]
    pub holders: BTreeSet<RequestId>,
    /// Whether it was there before the first of them, so that it stays after the last.
    #[serde(default)]
    pub before: bool,
    /// What is being done to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
    /// The membership that was made: taking that one away never takes one that somebody made later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub membership_id: Option<String>,
    /// The worker that changes it, and until when nobody else may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<Claim>,
    /// What stood in the table, so that a write keeps what only a newer program knows.
    #[serde(skip)]
    pub as_read: AsRead,
}

/// What is being done to something held. It is there until that was read back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct Change {
    /// Whether it is being made or taken away.
    pub to: Goal,
    pub since: UnixSeconds,
    /// Identity Center's own id of the operation, once it has said it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_id: Option<String>,
    /// Whether Identity Center said that it is done.
    #[serde(default)]
    pub done: bool,
    /// Since when it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_since: Option<UnixSeconds>,
    /// Until when an earlier creation, of which no answer came, may still take effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsettled_until: Option<UnixSeconds>,
}

/// Where a change leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// It is being made.
    There,
    /// It is being taken away.
    Gone,
}

impl Held {
    /// The key of its item.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::PermissionSet { account_id, permission_set_arn, user_id } => {
                // `arn:aws:sso:::permissionSet/INSTANCE/SET`: the instance is part of it.
                let set = permission_set_arn.rsplit(':').next().unwrap_or(permission_set_arn);
                format!("{KEY_PREFIX}{set}:{account_id}:{user_id}")
            }
            Self::Group { group_id, user_id } => format!("{KEY_PREFIX}group/{group_id}:{user_id}"),
        }
    }

    /// Whose it is.
    #[must_use]
    pub fn user_id(&self) -> &str {
        match self {
            Self::PermissionSet { user_id, .. } | Self::Group { user_id, .. } => user_id,
        }
    }
}

impl Holding {
    /// One that nobody holds yet.
    #[must_use]
    pub fn new(held: Held) -> Self {
        Self {
            held,
            version: 0,
            holders: BTreeSet::new(),
            before: false,
            change: None,
            membership_id: None,
            claim: None,
            as_read: AsRead::default(),
        }
    }

    /// Whether grants of this installation made it.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        !self.before && (!self.holders.is_empty() || self.change.is_some())
    }

    /// Whether it is being taken away.
    #[must_use]
    pub fn is_going(&self) -> bool {
        self.change.as_ref().is_some_and(|change| change.to == Goal::Gone)
    }

    /// The claim of another worker that counts now.
    #[must_use]
    pub fn claimed_by_other(&self, own: &str, now: UnixSeconds) -> Option<&Claim> {
        self.claim.as_ref().filter(|claim| claim.until > now && claim.by != own)
    }
}

impl Change {
    /// One that begins now.
    #[must_use]
    pub fn begins(to: Goal, since: UnixSeconds) -> Self {
        Self { to, since, operation_id: None, done: false, done_since: None, unsettled_until: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thing_of_each_person_has_a_key_that_no_request_has() {
        let set = |account: &str, set: &str, user: &str| Held::PermissionSet {
            account_id: account.into(),
            permission_set_arn: format!("arn:aws:sso:::permissionSet/ssoins-1/{set}"),
            user_id: user.into(),
        };
        let group = |group: &str, user: &str| Held::Group { group_id: group.into(), user_id: user.into() };
        let keys: Vec<String> = [
            set("111122223333", "ps-1", "u1"),
            set("111122223333", "ps-1", "u2"),
            set("111122223333", "ps-2", "u1"),
            set("444455556666", "ps-1", "u1"),
            group("g1", "u1"),
            group("g1", "u2"),
        ]
        .iter()
        .map(Held::key)
        .collect();
        assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len());
        assert!(
            keys.iter().all(|key| key.starts_with(KEY_PREFIX) && RequestId::parse(key).is_err()),
            "{keys:?}"
        );
    }

    #[test]
    fn an_item_reads_back_as_it_was_written() {
        let mut holding = Holding::new(Held::Group { group_id: "g".into(), user_id: "u".into() });
        holding.holders.insert(RequestId::parse("r-1").unwrap());
        holding.change = Some(Change::begins(Goal::There, UnixSeconds(7)));
        let written = serde_json::to_value(&holding).unwrap();
        assert_eq!(serde_json::from_value::<Holding>(written).unwrap(), holding);
        assert!(holding.is_ours() && !holding.is_going());
    }
}
