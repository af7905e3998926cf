//! Looking at what lives in IAM for a grant, without changing anything. What is not there is `None` or empty.

use domain::UnixSeconds;
use serde::Serialize;

use super::{Iam, NOT_THERE, role_name};
use crate::error::{CallError, from_sdk, ignore_code};

/// A user, as IAM has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct UserInfo {
    pub arn: String,
    /// When it was made.
    pub created_at: UnixSeconds,
    pub boundary_arn: Option<String>,
}

/// A role, as IAM has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct RoleInfo {
    pub arn: String,
    /// When it was made.
    pub created_at: UnixSeconds,
    pub boundary_arn: Option<String>,
    /// Its trust policy, JSON text.
    pub trust: String,
}

/// An access key; never its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct KeyInfo {
    pub id: String,
    /// Whether it can be used.
    pub active: bool,
    /// When it was made.
    pub created_at: Option<UnixSeconds>,
}

/// An inline policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct InlinePolicy {
    pub name: String,
    /// Its document, JSON text.
    pub document: String,
}

impl Iam {
    /// A user.
    pub async fn describe_user(&self, user: &str) -> Result<Option<UserInfo>, CallError> {
        const CALL: &str = "iam:GetUser";
        let found = match self.client.get_user().user_name(user).send().await {
            Ok(answer) => answer.user.ok_or_else(|| CallError::incomplete(CALL, "User"))?,
            Err(error) => {
                let error = from_sdk(CALL, error);
                return if error.is(NOT_THERE) { Ok(None) } else { Err(error) };
            }
        };
        Ok(Some(UserInfo {
            arn: found.arn,
            created_at: UnixSeconds(found.create_date.secs()),
            boundary_arn: found.permissions_boundary.and_then(|boundary| boundary.permissions_boundary_arn),
        }))
    }

    /// A role, by its name.
    pub async fn describe_role(&self, role: &str) -> Result<Option<RoleInfo>, CallError> {
        const CALL: &str = "iam:GetRole";
        let found = match self.client.get_role().role_name(role).send().await {
            Ok(answer) => answer.role.ok_or_else(|| CallError::incomplete(CALL, "Role"))?,
            Err(error) => {
                let error = from_sdk(CALL, error);
                return if error.is(NOT_THERE) { Ok(None) } else { Err(error) };
            }
        };
        Ok(Some(RoleInfo {
            arn: found.arn,
            created_at: UnixSeconds(found.create_date.secs()),
            boundary_arn: found.permissions_boundary.and_then(|boundary| boundary.permissions_boundary_arn),
            trust: decoded(&found.assume_role_policy_document.unwrap_or_default()),
        }))
    }

    /// A role's inline policies, the guard among them.
    pub async fn role_inline_seen(&self, role: &str) -> Result<Vec<InlinePolicy>, CallError> {
        let mut policies = Vec::new();
        for name in self.role_policy_names(role).await? {
            // One that went while this looked is none.
            let document = self.role_policy_seen(role, &name).await?;
            policies.extend(document.map(|document| InlinePolicy { name, document }));
        }
        Ok(policies)
    }

    /// The names of a role's inline policies; none where there is no such role.
    pub(super) async fn role_policy_names(&self, role: &str) -> Result<Vec<String>, CallError> {
        let pages = self.client.list_role_policies().role_name(role).into_paginator().items().send();
        let names = pages.try_collect().await.map_err(|e| from_sdk("iam:ListRolePolicies", e));
        ignore_code(names, NOT_THERE)
    }

    /// The ARNs of a role's managed policies.
    pub async fn role_attached_seen(&self, role: &str) -> Result<Vec<String>, CallError> {
        let pages = self.client.list_attached_role_policies().role_name(role).into_paginator().items().send();
        let found = pages.try_collect().await.map_err(|e| from_sdk("iam:ListAttachedRolePolicies", e));
        Ok(ignore_code(found, NOT_THERE)?.into_iter().filter_map(|policy| policy.policy_arn).collect())
    }

    /// A user's access keys.
    pub async fn list_keys(&self, user: &str) -> Result<Vec<KeyInfo>, CallError> {
        let pages = self.client.list_access_keys().user_name(user).into_paginator().items().send();
        let keys = pages.try_collect().await.map_err(|e| from_sdk("iam:ListAccessKeys", e));
        let seen = ignore_code(keys, NOT_THERE)?.into_iter().filter_map(|key| {
            Some(KeyInfo {
                id: key.access_key_id?,
                active: key.status.is_some_and(|status| status.as_str() == "Active"),
                created_at: key.create_date.map(|at| UnixSeconds(at.secs())),
            })
        });
        Ok(seen.collect())
    }

    /// A user's inline policies, the guard among them.
    pub async fn inline_seen(&self, user: &str) -> Result<Vec<InlinePolicy>, CallError> {
        let pages = self.client.list_user_policies().user_name(user).into_paginator().items().send();
        let names = pages.try_collect().await.map_err(|e| from_sdk("iam:ListUserPolicies", e));
        let mut policies = Vec::new();
        for name in ignore_code(names, NOT_THERE)? {
            let call = self.client.get_user_policy().user_name(user).policy_name(&name).send().await;
            match call.map_err(|e| from_sdk("iam:GetUserPolicy", e)) {
                Ok(policy) => {
                    policies.push(InlinePolicy { name, document: decoded(&policy.policy_document) });
                }
                // It went while this looked.
                Err(error) if error.is(NOT_THERE) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(policies)
    }

    /// The ARNs of a user's managed policies.
    pub async fn attached_seen(&self, user: &str) -> Result<Vec<String>, CallError> {
        let pages = self.client.list_attached_user_policies().user_name(user).into_paginator().items().send();
        let found = pages.try_collect().await.map_err(|e| from_sdk("iam:ListAttachedUserPolicies", e));
        Ok(ignore_code(found, NOT_THERE)?.into_iter().filter_map(|policy| policy.policy_arn).collect())
    }

    /// An inline policy of the role of this ARN: the document.
    pub async fn role_policy_seen(&self, role_arn: &str, name: &str) -> Result<Option<String>, CallError> {
        let call =
            self.client.get_role_policy().role_name(role_name(role_arn)).policy_name(name).send().await;
        match call.map_err(|e| from_sdk("iam:GetRolePolicy", e)) {
            Ok(policy) => Ok(Some(decoded(&policy.policy_document))),
            Err(error) if error.is(NOT_THERE) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// IAM gives documents back percent-encoded (RFC 3986).
pub(crate) fn decoded(document: &str) -> String {
    let mut bytes = Vec::with_capacity(document.len());
    let mut rest = document.as_bytes();
    while let [first, after @ ..] = rest {
        let pair = after.first_chunk::<2>().filter(|_| *first == b'%');
        let byte = pair.and_then(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = byte.and_then(|_| after.get(2..)).unwrap_or(after);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_decoded() {
        assert_eq!(decoded("%7B%22a%22%3A%20%22%C3%BC%22%7D"), r#"{"a": "ü"}"#);
        assert_eq!(decoded(r#"{"a":"100%"}"#), r#"{"a":"100%"}"#);
        assert_eq!(decoded("%"), "%");
        assert_eq!(decoded("%4"), "%4");
        assert_eq!(decoded("%zz"), "%zz");
    }
}
