//! A click on "approve" as Slack sends it: a form, signed over its raw bytes.

use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use serde_json::json;

/// Begins the request id of each of our clicks; the serial number follows.
const PREFIX: &str = "load-";

/// Makes clicks, each for a request of its own.
#[derive(Debug)]
pub(crate) struct Clicks {
    signing_secret: String,
    next: AtomicU64,
    /// The body up to the serial number, and from there: only that differs, so the rest is made once.
    around: (String, String),
}

/// A click, ready to be sent.
#[derive(Debug, Clone)]
pub(crate) struct Click {
    pub(crate) serial: u64,
    pub(crate) body: Bytes,
    pub(crate) timestamp: String,
    pub(crate) signature: String,
}

impl Clicks {
    /// Signed with this secret.
    pub(crate) fn new(signing_secret: &str) -> Self {
        const MARK: &str = "SERIAL";
        let form = form(MARK);
        let around = form.split_once(MARK).unwrap_or_default();
        let around = (around.0.to_owned(), around.1.to_owned());
        Self { signing_secret: signing_secret.to_owned(), next: AtomicU64::new(1), around }
    }

    /// The next one, signed now.
    pub(crate) fn next(&self) -> Click {
        let serial = self.next.fetch_add(1, Ordering::Relaxed);
        let (before, after) = &self.around;
        let body = format!("{before}{serial}{after}");
        let timestamp = service::clock::now().0;
        let signature = testkit::slack::sign(&self.signing_secret, timestamp, &body);
        Click { serial, body: body.into(), timestamp: timestamp.to_string(), signature }
    }
}

/// The request id of the click with this serial number.
pub(crate) fn request_id(serial: impl std::fmt::Display) -> String {
    format!("{PREFIX}{serial}")
}

/// The serial number in a request id of ours.
pub(crate) fn serial(request_id: &str) -> Option<u64> {
    request_id.strip_prefix(PREFIX)?.parse().ok()
}

/// The form of a click, as large as Slack's.
fn form(serial: &str) -> String {
    let payload = json!({
        "type": "block_actions",
        "user": {"id": "U0OWNER", "username": "olivia", "name": "olivia", "team_id": "T0KEYLEASE"},
        "api_app_id": "A0KEYLEASE",
        "token": "not-used",
        "container": {"type": "message", "message_ts": "1763978400.000100", "channel_id": "C0APPROVALS",
            "is_ephemeral": false},
        "trigger_id": "1763978400.000200.T0KEYLEASE",
        "team": {"id": "T0KEYLEASE", "domain": "example"},
        "enterprise": null,
        "is_enterprise_install": false,
        "channel": {"id": "C0APPROVALS", "name": "aws-approvals"},
        "message": {"type": "message", "ts": "1763978400.000100", "bot_id": "B0KEYLEASE", "text": "Dana asks for access",
            "blocks": [
                {"type": "section", "block_id": "what", "text": {"type": "mrkdwn", "verbatim": true,
                    "text": "*Dana* asks for *ReadOnly* on *payments* for 1h\n>Looking into a failed payment"}},
                {"type": "actions", "block_id": "aws_actions", "elements": [
                    {"type": "button", "action_id": "approve", "style": "primary",
                        "text": {"type": "plain_text", "text": "Approve"}},
                    {"type": "button", "action_id": "deny", "style": "danger",
                        "text": {"type": "plain_text", "text": "Deny"}}]}]},
        "state": {"values": {}},
        "response_url": "https://hooks.slack.com/actions/T0KEYLEASE/1/x",
        "actions": [{"type": "button", "action_id": "approve", "block_id": "aws_actions", "style": "primary",
            "text": {"type": "plain_text", "text": "Approve"}, "value": request_id(serial),
            "action_ts": "1763978401.000300"}]
    });
    testkit::slack::form(&payload)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_click_is_for_a_request_of_its_own_and_signed() {
        let clicks = Clicks::new("secret");
        let (first, second) = (clicks.next(), clicks.next());
        assert_eq!((first.serial, second.serial), (1, 2));
        let text = String::from_utf8(second.body.to_vec()).unwrap();
        assert!(text.contains("load-2%22"), "{text}");
        let timestamp = second.timestamp.parse().unwrap();
        assert_eq!(second.signature, testkit::slack::sign("secret", timestamp, &text));
        assert_eq!(serial(&request_id(12)), Some(12));
        assert_eq!(serial("r-12"), None);
    }
}
