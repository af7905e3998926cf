//! What the emulator is asked for by us.

use serde_json::Value;
use winterbaume_core::{MockRequest, MockService};
use winterbaume_dynamodb::DynamoDbService;

use crate::aws::REGION;

/// Asks the emulator for something of our own.
pub(super) async fn call(service: &DynamoDbService, operation: &str, body: &Value) -> Value {
    let answer = service.handle(request(operation, body)).await;
    serde_json::from_slice(&answer.body).unwrap_or_default()
}

pub(super) fn request(operation: &str, body: &Value) -> MockRequest {
    let mut headers = http::HeaderMap::new();
    if let Ok(target) = format!("DynamoDB_20120810.{operation}").parse() {
        headers.insert("x-amz-target", target);
    }
    let uri = format!("https://dynamodb.{REGION}.amazonaws.com/");
    MockRequest { method: "POST".to_owned(), uri, headers, body: body.to_string().into() }
}

/// What a request asks for, such as `GetItem`.
pub(super) fn operation(request: &MockRequest) -> &str {
    let target = request.headers.get("x-amz-target").and_then(|target| target.to_str().ok());
    target.and_then(|target| target.rsplit('.').next()).unwrap_or_default()
}
