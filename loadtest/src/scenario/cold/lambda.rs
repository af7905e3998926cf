//! A click as Lambda hands it to the ingress, and the answer that comes back.

use serde_json::{Value, json};

use crate::traffic::click::Click;

/// The status in a function's answer.
pub(super) fn status(answer: &str) -> Option<u16> {
    let answer: Value = serde_json::from_str(answer).ok()?;
    u16::try_from(answer.get("statusCode")?.as_u64()?).ok()
}

/// The click as an event of an HTTP API, payload version 2.0.
pub(super) fn event(click: &Click) -> String {
    const PATH: &str = "/slack/interactions";
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": PATH, "rawQueryString": "", "isBase64Encoded": false,
        "headers": {
            "content-type": "application/x-www-form-urlencoded",
            "host": "example.execute-api.eu-central-1.amazonaws.com",
            "x-slack-request-timestamp": click.timestamp,
            "x-slack-signature": click.signature,
        },
        "requestContext": {
            "accountId": "1", "apiId": "a", "domainName": "example.execute-api.eu-central-1.amazonaws.com",
            "domainPrefix": "example", "requestId": "r", "routeKey": "$default", "stage": "$default",
            "time": "24/Nov/2025:10:00:00 +0000", "timeEpoch": 1_763_978_400_000_u64,
            "http": {"method": "POST", "path": PATH, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1",
                "userAgent": "Slackbot 1.0"},
        },
        "body": String::from_utf8_lossy(&click.body),
    })
    .to_string()
}
