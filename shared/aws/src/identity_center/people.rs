//! Finding the user of Identity Center whose address Slack's profile has.

use aws_sdk_identitystore::types::{AlternateIdentifier, UniqueAttribute, UserStatus};
use aws_smithy_types::Document;
use tracing::warn;

use super::IdentityCenter;
use super::missing::is_missing;
use crate::error::CallError;

const GET_USER_ID_CALL: &str = "identitystore:GetUserId";
const DESCRIBE_USER_CALL: &str = "identitystore:DescribeUser";

/// How a user was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum MatchedBy {
    /// By the address as Slack has it.
    Email,
    LowerCaseEmail,
    /// By a user name that is the address.
    UserName,
}

/// A user who is enabled, and whose address or user name is the one that was sought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityUser {
    /// The user's id in the identity store.
    pub id: String,
    /// How the user was found.
    pub matched_by: MatchedBy,
}

/// What came of looking somebody up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    /// There is exactly this one.
    Found(IdentityUser),
    /// Nobody has that address.
    NotThere,
    /// The user is there, and disabled.
    Disabled,
}

impl MatchedBy {
    /// The ways in which somebody is sought, in order.
    const ALL: [Self; 3] = [Self::Email, Self::LowerCaseEmail, Self::UserName];

    /// Its name in the audit.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::LowerCaseEmail => "email_lower_case",
            Self::UserName => "user_name",
        }
    }

    fn attribute(self, address: &str) -> (&'static str, String) {
        match self {
            Self::Email => ("emails.value", address.to_owned()),
            Self::LowerCaseEmail => ("emails.value", address.to_lowercase()),
            Self::UserName => ("userName", address.to_owned()),
        }
    }
}

impl IdentityCenter {
    /// The user of this address. Whether Identity Center heeds case is not documented, so the address is tried as it is, then in
    /// lower case, then as a user name; what is found has to match and be enabled.
    pub async fn find_user(&self, address: &str) -> Result<Lookup, CallError> {
        let mut tried = Vec::new();
        let mut is_disabled = false;
        for by in MatchedBy::ALL {
            let attribute = by.attribute(address);
            if tried.contains(&attribute) {
                continue;
            }
            if let Some(id) = self.user_id(attribute.0, &attribute.1).await? {
                match self.check_user(&id, address, by).await? {
                    Lookup::Found(user) => return Ok(Lookup::Found(user)),
                    Lookup::Disabled => is_disabled = true,
                    Lookup::NotThere => {}
                }
            }
            tried.push(attribute);
        }
        Ok(if is_disabled { Lookup::Disabled } else { Lookup::NotThere })
    }

    async fn user_id(&self, path: &str, value: &str) -> Result<Option<String>, CallError> {
        let attribute = UniqueAttribute::builder()
            .attribute_path(path)
            .attribute_value(Document::String(value.to_owned()))
            .build()
            .map_err(|error| CallError::permanent(GET_USER_ID_CALL, error.to_string()))?;
        let call = self
            .store
            .get_user_id()
            .identity_store_id(&self.settings.identity_store_id)
            .alternate_identifier(AlternateIdentifier::UniqueAttribute(attribute));
        match call.send().await.map_err(|e| self.store_error(GET_USER_ID_CALL, e)) {
            Ok(found) => Ok(Some(found.user_id)),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn check_user(&self, id: &str, address: &str, by: MatchedBy) -> Result<Lookup, CallError> {
        let call = self.store.describe_user().identity_store_id(&self.settings.identity_store_id).user_id(id);
        let user = match call.send().await.map_err(|e| self.store_error(DESCRIBE_USER_CALL, e)) {
            Ok(user) => user,
            // Deleted since it was found.
            Err(error) if is_missing(&error) => return Ok(Lookup::NotThere),
            Err(error) => return Err(error),
        };
        let is_address = |text: &str| text.to_lowercase() == address.to_lowercase();
        let matches = match by {
            MatchedBy::Email | MatchedBy::LowerCaseEmail => {
                user.emails().iter().filter_map(|email| email.value()).any(is_address)
            }
            MatchedBy::UserName => user.user_name().is_some_and(is_address),
        };
        if !matches {
            warn!(user_id = id, "Identity Center found a user who has another address");
            return Ok(Lookup::NotThere);
        }
        Ok(match user.user_status() {
            None | Some(UserStatus::Enabled) => {
                Lookup::Found(IdentityUser { id: id.to_owned(), matched_by: by })
            }
            Some(_) => Lookup::Disabled,
        })
    }
}
