//! Where a secret comes from: its variable, Secrets Manager, or an SSM parameter.

use aws_config::SdkConfig;
use secrecy::{ExposeSecret, SecretString};

use crate::error::CallError;

/// A secret, or where to read it.
#[derive(Debug, Clone)]
pub enum SecretSource {
    /// Given in its variable.
    Value(SecretString),
    /// In Secrets Manager, under this ARN.
    SecretsManager(String),
    /// An SSM parameter, under this ARN.
    Parameter(String),
}

/// A secret that could not be read at start.
#[derive(Debug, thiserror::Error)]
#[error("the secret {arn} could not be read: {source}")]
pub struct SecretUnreadable {
    arn: String,
    source: CallError,
}

impl SecretSource {
    /// A secret that is given itself.
    #[must_use]
    pub fn value(value: String) -> Self {
        Self::Value(SecretString::from(value))
    }

    /// By the service that the ARN names.
    pub(super) fn from_arn(arn: &str) -> Result<Self, String> {
        match arn.split(':').nth(2) {
            Some("secretsmanager") => Ok(Self::SecretsManager(arn.to_owned())),
            Some("ssm") => Ok(Self::Parameter(arn.to_owned())),
            _ => Err("must be the ARN of a Secrets Manager secret or of an SSM parameter".to_owned()),
        }
    }

    /// Reads it. Called once, at start.
    #[expect(clippy::disallowed_methods, reason = "hands the secret on to its own type")]
    pub async fn read(&self, aws: &SdkConfig) -> Result<String, SecretUnreadable> {
        let unreadable = |arn: &str| {
            let arn = arn.to_owned();
            move |source| SecretUnreadable { arn, source }
        };
        match self {
            Self::Value(value) => Ok(value.expose_secret().to_owned()),
            Self::SecretsManager(arn) => from_secrets_manager(aws, arn).await.map_err(unreadable(arn)),
            Self::Parameter(arn) => from_parameter(aws, arn).await.map_err(unreadable(arn)),
        }
    }
}

async fn from_secrets_manager(aws: &SdkConfig, arn: &str) -> Result<String, CallError> {
    const CALL: &str = "secretsmanager:GetSecretValue";
    let answer = aws_sdk_secretsmanager::Client::new(aws)
        .get_secret_value()
        .secret_id(arn)
        .send()
        .await
        .map_err(|e| CallError::aws(CALL, e))?;
    answer.secret_string.ok_or_else(|| CallError::incomplete(CALL, "SecretString"))
}

async fn from_parameter(aws: &SdkConfig, arn: &str) -> Result<String, CallError> {
    const CALL: &str = "ssm:GetParameter";
    let answer = aws_sdk_ssm::Client::new(aws)
        .get_parameter()
        .name(arn)
        .with_decryption(true)
        .send()
        .await
        .map_err(|e| CallError::aws(CALL, e))?;
    answer.parameter.and_then(|p| p.value).ok_or_else(|| CallError::incomplete(CALL, "Value"))
}
