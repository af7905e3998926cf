//! Making the user of a grant, in steps that may each be repeated.

use domain::UnixSeconds;

use super::ending::refuse_ending;
use super::principal::{Principal, tag, tagged};
use super::visibility::Appearing;
use super::{GUARD_POLICY, Iam, NOT_THERE, NewPrincipal, PATH, TAG_EXPIRES_AT};
use crate::error::{CallError, from_sdk, ignore_code};
use service::secret::SecretAccessKey;

/// A user's access key.
#[derive(Debug)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct AccessKey {
    pub id: String,
    /// Its secret, which IAM shows once.
    pub secret: SecretAccessKey,
}

impl Iam {
    /// Creates the user, or finds the one that an earlier try made, and returns its ARN. A user of that name that is
    /// not ours is an error, and so is one that is being taken away.
    pub async fn ensure_user(
        &self,
        user: &NewPrincipal<'_>,
        appearing: &mut Appearing,
    ) -> Result<String, CallError> {
        const CALL: &str = "iam:CreateUser";
        let mut call = self.client.create_user().path(PATH).user_name(user.name);
        call = call.set_permissions_boundary(user.boundary_arn.map(str::to_owned));
        for tag in user.all_tags(CALL)? {
            call = call.tags(tag);
        }
        match call.send().await.map_err(|e| from_sdk(CALL, e)) {
            Err(error) if error.is("EntityAlreadyExists") => appearing.call(|| self.find_ours(user)).await,
            Err(error) => Err(error),
            Ok(made) => {
                appearing.made_now();
                made.user.map(|u| u.arn).ok_or_else(|| CallError::incomplete(CALL, "User"))
            }
        }
    }

    async fn find_ours(&self, user: &NewPrincipal<'_>) -> Result<String, CallError> {
        const CALL: &str = "iam:CreateUser";
        let tags = self.tags(user.name).await?;
        tagged(CALL, Principal::User, user, tags.as_ref())?;
        let found = self.describe_user(user.name).await?;
        let found = found.ok_or_else(|| Principal::User.not_seen(CALL, user.name))?;
        refuse_ending(CALL, Principal::User, user.name, found.boundary_arn.as_deref())?;
        Ok(found.arn)
    }

    /// Sets the tag that says when the grant is over.
    pub async fn tag_end(&self, user: &str, expires_at: UnixSeconds) -> Result<(), CallError> {
        const CALL: &str = "iam:TagUser";
        let tag = tag(CALL, TAG_EXPIRES_AT, &expires_at.rfc3339())?;
        let call = self.client.tag_user().user_name(user).tags(tag);
        call.send().await.map(|_| ()).map_err(|e| from_sdk(CALL, e))
    }

    /// Sets the inline policy that ends the grant.
    pub async fn put_guard(&self, user: &str, document: &str) -> Result<(), CallError> {
        self.put_user_policy(user, GUARD_POLICY, document).await
    }

    /// Sets an inline policy.
    pub async fn put_user_policy(&self, user: &str, name: &str, document: &str) -> Result<(), CallError> {
        let call = self.client.put_user_policy().user_name(user).policy_name(name).policy_document(document);
        call.send().await.map(|_| ()).map_err(|e| from_sdk("iam:PutUserPolicy", e))
    }

    /// Attaches a managed policy.
    pub async fn attach(&self, user: &str, policy_arn: &str) -> Result<(), CallError> {
        let call = self.client.attach_user_policy().user_name(user).policy_arn(policy_arn);
        call.send().await.map(|_| ()).map_err(|e| from_sdk("iam:AttachUserPolicy", e))
    }

    /// Makes an access key.
    ///
    /// The SDK does not retry it: an answer that was lost leaves a key, which the next try has to remove first.
    pub async fn create_key(&self, user: &str) -> Result<AccessKey, CallError> {
        const CALL: &str = "iam:CreateAccessKey";
        let answer = self.once.create_access_key().user_name(user).send().await;
        let key = answer.map_err(|e| from_sdk(CALL, e))?.access_key;
        let key = key.ok_or_else(|| CallError::incomplete(CALL, "AccessKey"))?;
        Ok(AccessKey { id: key.access_key_id, secret: SecretAccessKey::new(key.secret_access_key) })
    }

    /// The ids of a user's keys; none when there is no such user.
    pub async fn key_ids(&self, user: &str) -> Result<Vec<String>, CallError> {
        let pages = self.client.list_access_keys().user_name(user).into_paginator().items().send();
        let keys = pages.try_collect().await.map_err(|e| from_sdk("iam:ListAccessKeys", e));
        Ok(ignore_code(keys, NOT_THERE)?.into_iter().filter_map(|key| key.access_key_id).collect())
    }

    /// Deletes every key of a user.
    pub async fn delete_keys(&self, user: &str) -> Result<(), CallError> {
        for id in self.key_ids(user).await? {
            self.delete_key(user, &id).await?;
        }
        Ok(())
    }

    /// Deletes one key; one that is not there is deleted already.
    pub async fn delete_key(&self, user: &str, id: &str) -> Result<(), CallError> {
        let call = self.client.delete_access_key().user_name(user).access_key_id(id);
        let outcome = call.send().await.map(|_| ()).map_err(|e| from_sdk("iam:DeleteAccessKey", e));
        ignore_code(outcome, NOT_THERE)
    }
}
