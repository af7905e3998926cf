//! Reads one claim without the SDK's client for DynamoDB, which would make the ingress much larger: signed by the SDK's
//! own signer, posted by hyper.

use std::time::{Duration, UNIX_EPOCH};

use aws_config::SdkConfig;
use domain::ClaimId;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::sync::OnceCell;

use super::ClaimItem;
use crate::sqs::{Cached, Post, Signed, Signer, endpoint_of};

const TARGET: Signed = Signed { service: "dynamodb", target: "DynamoDB_20120810.GetItem" };
/// Longest wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(700);
/// Longest single try, so that a second one fits into the time in which the ingress answers.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(1);
/// A try that failed is made once more.
const ATTEMPTS: u32 = 2;

/// Reads claims, one by one.
#[derive(Debug)]
pub struct ClaimReader {
    table: String,
    aws: SdkConfig,
    /// In place of hyper's client.
    post: Option<Post>,
    direct: OnceCell<Direct>,
}

/// A claim could not be read.
#[derive(Debug, thiserror::Error)]
#[error("dynamodb:GetItem failed: {0}")]
pub struct Unread(String);

#[derive(Debug)]
struct Direct {
    signer: Signer,
    credentials: Cached,
    post: Post,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "Item")]
    item: Option<Map<String, Value>>,
}

impl ClaimReader {
    /// The table of this name, in the configuration's region. Signed requests go to `post`, or over the network.
    #[must_use]
    pub fn new(aws: &SdkConfig, table: &str, post: Option<Post>) -> Self {
        Self { table: table.to_owned(), aws: aws.clone(), post, direct: OnceCell::new() }
    }

    /// A claim, as it is now. One that cannot be read as such is none: nobody can claim by it.
    pub async fn get(&self, id: &ClaimId) -> Result<Option<ClaimItem>, Unread> {
        let mut last = Unread("no attempt was made".to_owned());
        for _ in 0..ATTEMPTS {
            match tokio::time::timeout(ATTEMPT_TIMEOUT, self.ask(id)).await {
                Ok(Ok(found)) => return Ok(found),
                Ok(Err(error)) => last = error,
                Err(_) => last = Unread("no answer in time".to_owned()),
            }
        }
        Err(last)
    }

    async fn ask(&self, id: &ClaimId) -> Result<Option<ClaimItem>, Unread> {
        let unread = |error: &dyn std::fmt::Display| Unread(error.to_string());
        let direct = self.direct.get_or_try_init(|| self.connect()).await?;
        let now = UNIX_EPOCH + Duration::from_millis(service::clock::now_ms().cast_unsigned());
        let credentials = direct.credentials.at(now).await.map_err(|error| unread(&error))?;
        let body = json!({
            "TableName": self.table, "Key": { "claim_id": { "S": id.as_str() } }, "ConsistentRead": true });
        let request = direct.signer.sign(body.to_string().into_bytes(), credentials, now);
        let request = request.map_err(|error| unread(&error))?;
        let answer = direct.post.send(request).await.map_err(|error| unread(&error))?;
        if answer.status() != http::StatusCode::OK {
            return Err(Unread(format!("HTTP status {}: {}", answer.status(), code(answer.body()))));
        }
        let answer: Answer = serde_json::from_slice(answer.body()).map_err(|error| unread(&error))?;
        let plain = answer.item.map(|item| Value::Object(map(item)));
        Ok(plain.and_then(|item| serde_json::from_value(item).ok()))
    }

    async fn connect(&self) -> Result<Direct, Unread> {
        let missing = |what: &str| Unread(format!("{what} is not configured"));
        let endpoint =
            endpoint_of(&self.aws, "DynamoDB", "dynamodb").await.ok_or_else(|| missing("an endpoint"))?;
        let region = self.aws.region().ok_or_else(|| missing("a region"))?;
        let provider = self.aws.credentials_provider().ok_or_else(|| missing("a provider of credentials"))?;
        let post = match &self.post {
            Some(post) => post.clone(),
            None => {
                let scheme = endpoint.scheme().ok_or_else(|| missing("a scheme"))?;
                Post::over_network(scheme, CONNECT_TIMEOUT).map_err(|error| Unread(error.to_string()))?
            }
        };
        Ok(Direct {
            signer: Signer::new(&endpoint, region, TARGET),
            credentials: Cached::new(provider),
            post,
        })
    }
}

/// The code of an error, which is safe to log.
fn code(body: &[u8]) -> String {
    let body: Option<Value> = serde_json::from_slice(body).ok();
    let code = body.as_ref().and_then(|body| body.get("__type")?.as_str());
    code.and_then(|code| code.rsplit('#').next()).unwrap_or("no code").chars().take(100).collect()
}

fn map(item: Map<String, Value>) -> Map<String, Value> {
    item.into_iter().map(|(name, value)| (name, plain(value))).collect()
}

/// A value of DynamoDB's own form as JSON. What a claim does not have is nothing.
fn plain(value: Value) -> Value {
    let Value::Object(typed) = value else { return Value::Null };
    let Some((kind, value)) = typed.into_iter().next() else { return Value::Null };
    match (kind.as_str(), value) {
        ("S", text @ Value::String(_)) | ("BOOL", text @ Value::Bool(_)) => text,
        ("N", Value::String(number)) => serde_json::from_str(&number).unwrap_or_default(),
        ("M", Value::Object(item)) => Value::Object(map(item)),
        ("L", Value::Array(items)) => Value::Array(items.into_iter().map(plain).collect()),
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_is_read_from_dynamodbs_own_form() {
        let item = json!({
            "claim_id": {"S": "c"}, "request_id": {"S": "r-0"}, "expires": {"N": "7"}, "version": {"N": "2"},
            "closed": {"BOOL": false}, "newer": {"SS": ["x"]},
            "deliveries": {"M": {"d": {"M": {"state": {"S": "ready"}, "public_key": {"S": "BA"}, "label": {"S": "l"},
                "asked_at": {"N": "5"}, "enc": {"S": "e"}, "ciphertext": {"S": "t"},
                "message": {"M": {"channel": {"S": "D1"}, "ts": {"S": "1.2"}}}}}}}});
        let Value::Object(item) = item else { panic!("a map") };
        let claim: ClaimItem = serde_json::from_value(Value::Object(map(item))).unwrap();
        let id = domain::DeliveryId::parse("d").unwrap();
        let at = domain::UnixSeconds;
        assert_eq!(claim.answer(&id, at(6)), Some((super::super::DeliveryState::Ready, Some(("e", "t")))));
        assert_eq!(
            claim.answer(&id, at(7)),
            Some((super::super::DeliveryState::Over, None)),
            "it has expired"
        );
        assert_eq!(
            code(br#"{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException"}"#),
            "ThrottlingException"
        );
    }
}
