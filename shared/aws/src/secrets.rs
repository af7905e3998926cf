//! Reads a secret from its variable, Secrets Manager, or an SSM parameter.

use std::time::Duration;

use aws_config::SdkConfig;
use backon::{ExponentialBuilder, Retryable};
use http::StatusCode;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::json;
use service::config::SecretSource;
use tokio::time::timeout;

use crate::direct::{Direct, Signed, refusal};
use crate::error::{CallError, from_sdk, unreachable};
use crate::sdk::{ATTEMPT_TIMEOUT, CONNECT_TIMEOUT};

/// Made without the SDK's client of Systems Manager: the largest client of all, for this one call.
const GET_PARAMETER: Signed = Signed {
    service_id: "SSM",
    service: "ssm",
    target: "AmazonSSM.GetParameter",
    media_type: "application/x-amz-json-1.1",
};
/// A read that failed for now is tried so many times more, as the SDK does it.
const RETRIES: usize = 2;
/// The first time after so long, and the second after twice that.
const RETRY_AFTER: Duration = Duration::from_millis(300);

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
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Answer {
        parameter: Parameter,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Parameter {
        value: String,
    }
    let direct = Direct::new(aws, GET_PARAMETER, None, CONNECT_TIMEOUT).await;
    let direct = direct.map_err(|error| CallError::permanent(CALL, error.to_string()))?;
    let asked = json!({ "Name": arn, "WithDecryption": true }).to_string();
    let read = async || {
        let answer = timeout(ATTEMPT_TIMEOUT, direct.call(asked.clone().into_bytes())).await;
        let answer = answer.map_err(|_| CallError::no_answer(CALL, ATTEMPT_TIMEOUT))?;
        let answer = answer.map_err(|error| unreachable(CALL, &*error))?;
        if answer.status() != StatusCode::OK {
            return Err(refusal(CALL, &answer));
        }
        let answer = serde_json::from_slice::<Answer>(answer.body());
        // What could not be read may hold the secret, so it is not shown.
        answer.map(|answer| answer.parameter.value).map_err(|_| CallError::incomplete(CALL, "Value"))
    };
    read.retry(ExponentialBuilder::default().with_min_delay(RETRY_AFTER).with_max_times(RETRIES))
        .when(CallError::is_retryable)
        .await
}
