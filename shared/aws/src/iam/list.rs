//! Finding users and roles by what IAM itself says of them.

use super::{Iam, NOT_THERE, OwnTags, PATH, Principal};
use crate::error::{CallError, from_sdk};

/// A user or a role under our path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct Found {
    pub name: String,
    pub what: Principal,
}

impl Iam {
    /// Every user under our path, and none outside it.
    pub async fn users(&self) -> Result<Vec<Found>, CallError> {
        let pages = self.client.list_users().path_prefix(PATH).into_paginator().items().send();
        let users = pages.try_collect().await.map_err(|e| from_sdk("iam:ListUsers", e))?;
        let ours = users.into_iter().filter(|user| user.path == PATH);
        let mut found: Vec<Found> =
            ours.map(|user| Found { name: user.user_name, what: Principal::User }).collect();
        // Two sweeps of the same users work through them alike, so that their logs can be compared.
        found.sort_unstable();
        Ok(found)
    }

    /// Every role under our path, and none outside it.
    pub async fn roles(&self) -> Result<Vec<Found>, CallError> {
        let pages = self.client.list_roles().path_prefix(PATH).into_paginator().items().send();
        let roles = pages.try_collect().await.map_err(|e| from_sdk("iam:ListRoles", e))?;
        let ours = roles.into_iter().filter(|role| role.path == PATH);
        let mut found: Vec<Found> =
            ours.map(|role| Found { name: role.role_name, what: Principal::Role }).collect();
        found.sort_unstable();
        Ok(found)
    }

    /// The tags of a user or a role that was found.
    pub async fn tags_of(&self, found: &Found) -> Result<Option<OwnTags>, CallError> {
        match found.what {
            Principal::User => self.tags(&found.name).await,
            Principal::Role => self.role_tags(&found.name).await,
        }
    }

    /// A user's own tags; nothing when there is no such user.
    pub async fn tags(&self, user: &str) -> Result<Option<OwnTags>, CallError> {
        let pages = self.client.list_user_tags().user_name(user).into_paginator().items().send();
        let tags = match pages.try_collect().await.map_err(|e| from_sdk("iam:ListUserTags", e)) {
            Ok(tags) => tags,
            Err(error) if error.is(NOT_THERE) => return Ok(None),
            Err(error) => return Err(error),
        };
        Ok(Some(OwnTags::read(&tags)))
    }

    /// A role's own tags; nothing when there is no such role.
    pub async fn role_tags(&self, role: &str) -> Result<Option<OwnTags>, CallError> {
        let pages = self.client.list_role_tags().role_name(role).into_paginator().items().send();
        match pages.try_collect().await.map_err(|e| from_sdk("iam:ListRoleTags", e)) {
            Ok(tags) => Ok(Some(OwnTags::read(&tags))),
            Err(error) if error.is(NOT_THERE) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
