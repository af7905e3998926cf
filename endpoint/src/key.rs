//! A delivered credential: read from the mail as a person would, and used.

use aws_config::SdkConfig;

use crate::cloud::{credentials, sdk_config};

/// What a mail delivered.
#[derive(Clone)]
pub struct Key {
    pub id: String,
    pub secret: String,
    /// A session's token.
    pub token: Option<String>,
}

impl Key {
    /// The credential in a mail's text.
    pub fn in_mail(text: &str) -> Self {
        let value = |name: &str| value_after(text, name);
        Self {
            id: value("aws_access_key_id").unwrap_or_else(|| panic!("no key id in the mail:\n{text}")),
            secret: value("aws_secret_access_key")
                .unwrap_or_else(|| panic!("no secret in the mail:\n{text}")),
            token: value("aws_session_token"),
        }
    }

    /// Who AWS says that this is: an ARN, or AWS's error code.
    pub async fn identity(&self) -> Result<String, String> {
        let sts = aws_sdk_sts::Client::new(&self.config().await);
        let answer = sts.get_caller_identity().send().await.map_err(|error| code(&error))?;
        Ok(answer.arn.unwrap_or_default())
    }

    /// Reads something that `ReadOnlyAccess` and `PowerUserAccess` both allow.
    pub async fn reads(&self) -> Result<(), String> {
        let dynamodb = aws_sdk_dynamodb::Client::new(&self.config().await);
        dynamodb.list_tables().send().await.map(drop).map_err(|error| code(&error))
    }

    /// Tries to make another identity, which no grant may.
    pub async fn makes_a_user(&self) -> Result<(), String> {
        let iam = aws_sdk_iam::Client::new(&self.config().await);
        iam.create_user().user_name("outgrown").send().await.map(drop).map_err(|error| code(&error))
    }

    /// Clients that use it.
    pub async fn config(&self) -> SdkConfig {
        sdk_config(credentials(&self.id, &self.secret, self.token.clone())).await
    }
}

/// AWS's error code; all that is known where it gave none.
pub(crate) fn code<E>(error: &E) -> String
where
    E: aws_sdk_sts::error::ProvideErrorMetadata + std::fmt::Debug,
{
    error.code().map_or_else(|| format!("{error:?}"), String::from)
}

/// What is assigned to a name: the run of characters that keys are made of, after it.
fn value_after(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.split_once(name)?;
    let is_key = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '/' | '+' | '=');
    let rest = rest.trim_start_matches(['=', ':', '"', '\'', ' ', '\n', '\r', '\t']);
    let value: String = rest.chars().take_while(is_key).collect();
    (!value.is_empty()).then_some(value)
}
