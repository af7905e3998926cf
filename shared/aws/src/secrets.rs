//! Reads a secret from its variable, Secrets Manager, or an SSM parameter.

use std::time::Duration;

use aws_config::SdkConfig;
use backon::{ExponentialBuilder, Retryable};
use http::StatusCode;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use service::config::SecretSource;
use tokio::time::timeout;

use crate::direct::{Direct, Signed, refusal};
use crate::error::{CallError, unreachable};
use crate::sdk::{ATTEMPT_TIMEOUT, CONNECT_TIMEOUT};

/// How a secret is read. Made without a client of the SDK's: every program would have the whole of it for this one call.
struct Read {
    call: &'static str,
    signed: Signed,
    /// Where the secret stands in the answer, and what that is called.
    pointer: &'static str,
    attribute: &'static str,
}

const SECRET: Read = Read {
    call: "secretsmanager:GetSecretValue",
    signed: Signed {
        service_id: "Secrets Manager",
        service: "secretsmanager",
        target: "secretsmanager.GetSecretValue",
        media_type: "application/x-amz-json-1.1",
    },
    pointer: "/SecretString",
    attribute: "SecretString",
};
const PARAMETER: Read = Read {
    call: "ssm:GetParameter",
    signed: Signed {
        service_id: "SSM",
        service: "ssm",
        target: "AmazonSSM.GetParameter",
        media_type: "application/x-amz-json-1.1",
    },
    pointer: "/Parameter/Value",
    attribute: "Value",
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
    let (how, arn, asked) = match source {
        SecretSource::Value(value) => return Ok(value.expose_secret().to_owned()),
        SecretSource::SecretsManager(arn) => (SECRET, arn, json!({ "SecretId": arn })),
        SecretSource::Parameter(arn) => (PARAMETER, arn, json!({ "Name": arn, "WithDecryption": true })),
    };
    how.read(aws, &asked).await.map_err(|source| SecretUnreadable { arn: arn.clone(), source })
}

impl Read {
    async fn read(self, aws: &SdkConfig, asked: &Value) -> Result<String, CallError> {
        let call = self.call;
        let direct = Direct::new(aws, self.signed, None, CONNECT_TIMEOUT).await;
        let direct = direct.map_err(|error| CallError::permanent(call, error.to_string()))?;
        let asked = asked.to_string();
        let read = async || {
            let answer = timeout(ATTEMPT_TIMEOUT, direct.call(asked.clone().into_bytes())).await;
            let answer = answer.map_err(|_| CallError::no_answer(call, ATTEMPT_TIMEOUT))?;
            let answer = answer.map_err(|error| unreachable(call, &*error))?;
            if answer.status() != StatusCode::OK {
                return Err(refusal(call, &answer));
            }
            // What could not be read may hold the secret, so it is not shown.
            let secret = serde_json::from_slice::<Value>(answer.body()).ok();
            let secret = secret.and_then(|answer| Some(answer.pointer(self.pointer)?.as_str()?.to_owned()));
            secret.ok_or_else(|| CallError::incomplete(call, self.attribute))
        };
        read.retry(ExponentialBuilder::default().with_min_delay(RETRY_AFTER).with_max_times(RETRIES))
            .when(CallError::is_retryable)
            .await
    }
}
