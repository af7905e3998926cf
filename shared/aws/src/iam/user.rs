//! Making the user of a grant, in steps that may each be repeated.

use aws_sdk_iam::types::Tag;

use domain::DeploymentId;

use super::ending::is_ended;
use super::visibility::{Appearing, NOT_TAGGED};
use super::{GUARD_POLICY, Iam, NOT_THERE, TAG_DEPLOYMENT, TAG_REQUEST_ID, USER_PATH};
use crate::error::{CallError, Remedy, from_sdk, ignore_code};
use service::secret::SecretAccessKey;

/// A user that is to be.
#[derive(Debug, Clone)]
pub struct NewUser<'a> {
    /// Its name.
    pub name: &'a str,
    /// Which installation makes it.
    pub deployment: &'a DeploymentId,
    /// Its other tags; one of them is [`TAG_REQUEST_ID`].
    pub tags: &'a [(&'static str, String)],
    /// Its permissions boundary.
    pub boundary_arn: Option<&'a str>,
}

/// A user's access key.
#[derive(Debug)]
pub struct AccessKey {
    /// Its id.
    pub id: String,
    /// Its secret, which IAM shows once.
    pub secret: SecretAccessKey,
}

impl Iam {
    /// Creates the user, or finds the one that an earlier try made, and returns its ARN. A user of that name that is
    /// not ours is an error, and so is one that is being taken away.
    pub async fn ensure_user(
        &self,
        user: &NewUser<'_>,
        appearing: &mut Appearing,
    ) -> Result<String, CallError> {
        const CALL: &str = "iam:CreateUser";
        let mut call = self.client.create_user().path(USER_PATH).user_name(user.name);
        call = call.set_permissions_boundary(user.boundary_arn.map(str::to_owned));
        call = call.tags(tag(CALL, TAG_DEPLOYMENT, user.deployment.as_str())?);
        for (key, value) in user.tags {
            call = call.tags(tag(CALL, key, value)?);
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

    async fn find_ours(&self, user: &NewUser<'_>) -> Result<String, CallError> {
        let name = user.name;
        let wanted =
            user.tags.iter().find(|(key, _)| *key == TAG_REQUEST_ID).map(|(_, value)| value.as_str());
        let refused = |code: &str, message: String| CallError {
            call: "iam:CreateUser",
            code: Some(code.to_owned()),
            message,
            remedy: Remedy::Permanent,
        };
        let not_seen = || refused(NOT_THERE, format!("the user {name} exists, and IAM does not show it yet"));
        let tags = self.tags(name).await?.ok_or_else(not_seen)?;
        match tags.request_id.as_deref() {
            Some(found) if Some(found) == wanted && tags.is_of(user.deployment) => {}
            Some(_) => {
                let message =
                    format!("the user {name} exists, and its tags say that it is for something else");
                return Err(CallError::permanent("iam:CreateUser", message));
            }
            None => {
                let message = format!("the user {name} exists, and no tag says that it is for this request");
                return Err(refused(NOT_TAGGED, message));
            }
        }
        let found = self.describe_user(name).await?.ok_or_else(not_seen)?;
        if found.boundary_arn.as_deref().is_some_and(is_ended) {
            // Whatever is put on it now is dead, and goes with it.
            return Err(CallError {
                remedy: Remedy::Transient { after_seconds: 0 },
                ..refused("Ending", format!("the user {name} is being taken away"))
            });
        }
        Ok(found.arn)
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

/// Tag values take letters, digits, spaces and `_.:/=+-@`, up to 256 characters (IAM); the rest becomes `-`.
fn tag(call: &'static str, key: &str, value: &str) -> Result<Tag, CallError> {
    const VALUE_MAX_CHARS: usize = 256;
    let allowed = |c: char| c.is_alphanumeric() || " _.:/=+-@".contains(c);
    let value: String =
        value.chars().map(|c| if allowed(c) { c } else { '-' }).take(VALUE_MAX_CHARS).collect();
    Tag::builder().key(key).value(value).build().map_err(|e| CallError::permanent(call, e.to_string()))
}
