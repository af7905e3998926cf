//! Reads a secret from its variable, Secrets Manager, or an SSM parameter.

use aws_config::SdkConfig;
use secrecy::ExposeSecret;
use service::config::SecretSource;

use crate::error::{CallError, from_sdk};

/// A secret that could not be read at start.
#[derive(Debug, thiserror::Error)]
#[error("the secret {arn} could not be read: {source}")]
pub struct SecretUnreadable {
    arn: String,
    source: CallError,
}

/// Reads a secret. Called once, at start.
#[expect(clippy::disallowed_methods, reason = "hands the secret on to its own type")]
pub async fn read(source: &SecretSource, aws: &SdkConfig) -> Result<String, SecretUnreadable> {
    let unreadable = |arn: &str| {
        let arn = arn.to_owned();
        move |source| SecretUnreadable { arn, source }
    };
    match source {
        SecretSource::Value(value) => Ok(value.expose_secret().to_owned()),
        SecretSource::SecretsManager(arn) => from_secrets_manager(aws, arn).await.map_err(unreadable(arn)),
        SecretSource::Parameter(arn) => from_parameter(aws, arn).await.map_err(unreadable(arn)),
    }
}

async fn from_secrets_manager(aws: &SdkConfig, arn: &str) -> Result<String, CallError> {
    const CALL: &str = "secretsmanager:GetSecretValue";
    let answer = aws_sdk_secretsmanager::Client::new(aws)
        .get_secret_value()
        .secret_id(arn)
        .send()
        .await
        .map_err(|e| from_sdk(CALL, e))?;
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
        .map_err(|e| from_sdk(CALL, e))?;
    answer.parameter.and_then(|p| p.value).ok_or_else(|| CallError::incomplete(CALL, "Value"))
}
