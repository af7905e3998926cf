//! Users and permission sets.

use serde_json::{Value, json};

use super::state::{State, User};
use super::{Answer, IDENTITY_STORE_ID, Problem, put, text};

impl State {
    /// By the one alternate identifier, to the letter.
    pub(super) fn user_id(&self, body: &Value) -> Answer {
        in_store(body)?;
        let attribute = body.pointer("/AlternateIdentifier/UniqueAttribute").unwrap_or(&Value::Null);
        let value = text(attribute, "AttributeValue");
        let has = |user: &&User| match text(attribute, "AttributePath") {
            "userName" => user.name == value,
            "emails.value" => user.email == value,
            _ => false,
        };
        let user = self.users.iter().find(has).ok_or_else(|| Problem::not_found("USER"))?;
        Ok(json!({ "IdentityStoreId": IDENTITY_STORE_ID, "UserId": user.id }))
    }

    pub(super) fn describe_user(&self, body: &Value) -> Answer {
        in_store(body)?;
        let id = text(body, "UserId");
        let user = self.users.iter().find(|user| user.id == id).ok_or_else(|| Problem::not_found("USER"))?;
        Ok(json!({
            "IdentityStoreId": IDENTITY_STORE_ID, "UserId": user.id, "UserName": user.name,
            "UserArn": format!("arn:aws:identitystore:::user/{}", user.id), "Revision": "1",
            "Emails": [{ "Value": user.email, "Type": "work", "Primary": true }],
            "UserStatus": if user.is_enabled { "ENABLED" } else { "DISABLED" },
        }))
    }

    pub(super) fn describe_set(&self, body: &Value) -> Answer {
        let arn = text(body, "PermissionSetArn");
        let set =
            self.sets.iter().find(|set| set.arn == arn).ok_or_else(|| Problem::not_found("PermissionSet"))?;
        let mut found = json!({ "Name": set.name, "PermissionSetArn": set.arn });
        put(&mut found, "SessionDuration", set.session_duration.as_deref());
        Ok(json!({ "PermissionSet": found }))
    }
}

/// There is one identity store.
pub(super) fn in_store(body: &Value) -> Result<(), Problem> {
    if text(body, "IdentityStoreId") == IDENTITY_STORE_ID {
        Ok(())
    } else {
        Err(Problem::not_found("IDENTITY_STORE"))
    }
}
