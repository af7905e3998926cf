//! What Slack sends to the app, as bodies that a test can change before it sends them.

use serde_json::{Value, json};

use super::answer::{APP_ID, TEAM_DOMAIN, TEAM_ID};
use super::{Message, Person};

/// A payload as the form that Slack posts.
pub fn form(payload: &Value) -> String {
    form_urlencoded::Serializer::new(String::new()).append_pair("payload", &payload.to_string()).finish()
}

/// The payload of a click, also on a message or a button that is not there.
pub fn click_payload(person: &str, channel: &str, ts: &str, action_id: &str, request_id: &str) -> Value {
    json!({
        "type": "block_actions",
        "user": { "id": person, "username": person, "name": person, "team_id": TEAM_ID },
        "team": { "id": TEAM_ID, "domain": TEAM_DOMAIN },
        "api_app_id": APP_ID,
        "container": { "type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": false },
        "channel": { "id": channel, "name": "approvals" },
        "message": { "ts": ts, "text": "", "blocks": [] },
        "trigger_id": "1.2.3",
        "actions": [{
            "type": "button", "action_id": action_id, "block_id": "aws_actions",
            "value": request_id, "action_ts": "1700000000.000100",
            "text": { "type": "plain_text", "text": action_id },
        }],
    })
}

impl Person {
    /// Somebody with an active account, whose name and address come from the id.
    pub fn with_id(id: &str) -> Self {
        let name = id.to_lowercase();
        Self {
            id: id.to_owned(),
            real_name: id.to_owned(),
            email: Some(format!("{name}@example.com")),
            name,
            tz: "Europe/Berlin".to_owned(),
            deleted: false,
        }
    }
}

impl Message {
    /// What it tells this person directly, as it is read: without the characters that only keep text from being a link.
    pub fn told(&self, person: &str) -> Option<String> {
        (self.recipient.as_deref() == Some(person)).then(|| self.text.replace('\u{200B}', ""))
    }

    /// The id of the request that its button with this action is for.
    pub fn button(&self, action_id: &str) -> Option<String> {
        self.buttons.iter().find(|button| button.action == action_id).map(|button| button.value.clone())
    }
}
