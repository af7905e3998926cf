//! Reads one claim without the SDK's client for DynamoDB, which would make the ingress much larger: signed by the SDK's
//! own signer, posted by hyper.

use std::time::Duration;

use aws_config::SdkConfig;
use domain::ClaimId;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::sync::OnceCell;

use super::ClaimItem;
use crate::direct::{Direct, Post, Signed, refusal};

const CALL: &str = "dynamodb:GetItem";
const GET_ITEM: Signed = Signed {
    service_id: "DynamoDB",
    service: "dynamodb",
    target: "DynamoDB_20120810.GetItem",
    media_type: "application/x-amz-json-1.0",
};
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
        let connect = || Direct::new(&self.aws, GET_ITEM, self.post.clone(), CONNECT_TIMEOUT);
        let direct = self.direct.get_or_try_init(connect).await.map_err(|error| unread(&error))?;
        let body = json!({
            "TableName": self.table, "Key": { "claim_id": { "S": id.as_str() } }, "ConsistentRead": true });
        let answer = direct.call(body.to_string().into_bytes()).await.map_err(|error| unread(&error))?;
        if answer.status() != http::StatusCode::OK {
            return Err(Unread(refusal(CALL, &answer).message));
        }
        let answer: Answer = serde_json::from_slice(answer.body()).map_err(|error| unread(&error))?;
        let plain = answer.item.map(|item| Value::Object(map(item)));
        Ok(plain.and_then(|item| serde_json::from_value(item).ok()))
    }
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
    }
}
