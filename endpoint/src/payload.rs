//! Requests as Slack would send them, for tests that change a byte of them.

use std::time::{SystemTime, UNIX_EPOCH};

pub use testkit::slack::form;
use testkit::slack::{click_payload, sign};

/// The secret that requests are signed with.
pub const SIGNING_SECRET: &str = "0123456789abcdef0123456789abcdef";

/// A form that is ready to be sent, signed.
#[derive(Debug, Clone)]
pub struct Signed {
    pub body: String,
    /// Seconds, as text.
    pub timestamp: String,
    /// `v0=` and hex.
    pub signature: String,
}

impl Signed {
    /// Signs a body at a time that is `offset` seconds from now.
    pub fn at(offset: i64, body: String) -> Self {
        let timestamp = now() + offset;
        let signature = sign(SIGNING_SECRET, timestamp, &body);
        Self { body, timestamp: timestamp.to_string(), signature }
    }

    /// Its headers.
    pub fn headers(&self) -> [(&'static str, &str); 3] {
        [
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("X-Slack-Request-Timestamp", &self.timestamp),
            ("X-Slack-Signature", &self.signature),
        ]
    }
}

/// The form of a click.
pub fn click(person: &str, channel: &str, ts: &str, action_id: &str, request_id: &str) -> String {
    form(&click_payload(person, channel, ts, action_id, request_id))
}

/// Seconds since 1970, by the wall clock that the programs also go by.
#[expect(
    clippy::disallowed_methods,
    reason = "the programs' own clock is the wall clock; a black-box test has no other"
)]
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970");
    since.as_secs() as i64
}
