//! Finding users by what IAM itself says of them.

use domain::{DeploymentId, UnixSeconds};

use super::{Iam, NOT_THERE, TAG_DEPLOYMENT, TAG_EXPIRES_AT, TAG_REQUEST_ID, USER_PATH};
use crate::error::{CallError, from_sdk};

/// A user under our path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its name.
    pub name: String,
}

/// What a user's own tags say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnTags {
    /// Which request it is for.
    pub request_id: Option<String>,
    /// Which installation made it, where it says so.
    pub deployment: Option<String>,
    /// When its grant is over.
    pub expires_at: Option<UnixSeconds>,
}

impl OwnTags {
    /// Whether this installation made the user.
    #[must_use]
    pub fn is_of(&self, deployment: &DeploymentId) -> bool {
        deployment.owns(self.deployment.as_deref())
    }
}

impl Iam {
    /// Every user under our path, and none outside it.
    pub async fn users(&self) -> Result<Vec<Found>, CallError> {
        let pages = self.client.list_users().path_prefix(USER_PATH).into_paginator().items().send();
        let users = pages.try_collect().await.map_err(|e| from_sdk("iam:ListUsers", e))?;
        let ours = users.into_iter().filter(|user| user.path == USER_PATH);
        let mut found: Vec<Found> = ours.map(|user| Found { name: user.user_name }).collect();
        // Two sweeps of the same users work through them alike, so that their logs can be compared.
        found.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        Ok(found)
    }

    /// A user's own tags; nothing when there is no such user.
    pub async fn tags(&self, user: &str) -> Result<Option<OwnTags>, CallError> {
        let pages = self.client.list_user_tags().user_name(user).into_paginator().items().send();
        let tags = match pages.try_collect().await.map_err(|e| from_sdk("iam:ListUserTags", e)) {
            Ok(tags) => tags,
            Err(error) if error.is(NOT_THERE) => return Ok(None),
            Err(error) => return Err(error),
        };
        let value = |key: &str| tags.iter().find(|tag| tag.key == key).map(|tag| tag.value.clone());
        Ok(Some(OwnTags {
            request_id: value(TAG_REQUEST_ID),
            deployment: value(TAG_DEPLOYMENT),
            expires_at: value(TAG_EXPIRES_AT).and_then(|text| UnixSeconds::from_rfc3339(&text)),
        }))
    }
}
