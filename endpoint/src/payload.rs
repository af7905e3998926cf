//! Requests as Slack would send them, for tests that change a byte of them.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use testkit::slack::sign;

/// The secret that requests are signed with.
pub const SIGNING_SECRET: &str = "0123456789abcdef0123456789abcdef";

/// A form that is ready to be sent, signed.
#[derive(Debug, Clone)]
pub struct Signed {
    /// The form.
    pub body: String,
    /// Seconds, as text.
    pub timestamp: String,
    /// `v0=` and hex.
    pub signature: String,
}

impl Signed {
    /// Signs a body at a time that is `offset` seconds from now.
    #[must_use]
    pub fn at(offset: i64, body: String) -> Self {
        let timestamp = now() + offset;
        let signature = sign(SIGNING_SECRET, timestamp, &body);
        Self { body, timestamp: timestamp.to_string(), signature }
    }

    /// Its headers.
    #[must_use]
    pub fn headers(&self) -> [(&'static str, &str); 3] {
        [
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("X-Slack-Request-Timestamp", &self.timestamp),
            ("X-Slack-Signature", &self.signature),
        ]
    }
}

/// The form of a click.
#[must_use]
pub fn click(person: &str, channel: &str, ts: &str, action_id: &str, request_id: &str) -> String {
    form(&json!({
        "type": "block_actions",
        "user": {"id": person, "username": person, "name": person, "team_id": "T0TEAM"},
        "team": {"id": "T0TEAM", "domain": "team"},
        "api_app_id": "A0APP",
        "container": {"type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": false},
        "channel": {"id": channel, "name": "approvals"},
        "message": {"ts": ts, "text": "", "blocks": []},
        "trigger_id": "1.2.3",
        "actions": [{
            "type": "button", "action_id": action_id, "block_id": "aws_actions",
            "value": request_id, "action_ts": "1700000000.000100",
            "text": {"type": "plain_text", "text": action_id}
        }]
    }))
}

/// Any payload as the form that Slack posts.
#[must_use]
pub fn form(payload: &Value) -> String {
    let text = payload.to_string();
    let encoded = text.bytes().map(|byte| {
        if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    });
    format!("payload={}", encoded.collect::<String>())
}

/// Seconds since 1970, by the wall clock that the programs also go by.
#[expect(
    clippy::disallowed_methods,
    reason = "the programs' own clock is the wall clock; a black-box test has no other"
)]
#[must_use]
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970");
    since.as_secs() as i64
}
