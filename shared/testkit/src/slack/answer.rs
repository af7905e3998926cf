//! Answers of the Web API, and the ids that they name.

use serde_json::{Value, json};

use super::contents::Message;

pub(crate) const TEAM_ID: &str = "T0SANDBOX";
pub(crate) const TEAM_DOMAIN: &str = "sandbox";
pub(crate) const APP_ID: &str = "A0KEYLEASE";
pub(crate) const BOT_USER_ID: &str = "U0KEYLEASE";
pub(crate) const BOT_ID: &str = "B0KEYLEASE";

/// Why a method failed, as Slack words it.
pub(crate) struct MethodError {
    pub(crate) error: String,
    pub(crate) details: Vec<String>,
}

impl From<&str> for MethodError {
    fn from(error: &str) -> Self {
        Self { error: error.to_owned(), details: Vec::new() }
    }
}

pub(super) type Answer = Result<Value, MethodError>;

/// A message as Slack writes it in answers and payloads.
pub(crate) fn message_json(message: &Message) -> Value {
    let mut json = json!({
        "type": "message",
        "user": BOT_USER_ID,
        "bot_id": BOT_ID,
        "app_id": APP_ID,
        "team": TEAM_ID,
        "ts": message.ts,
        "text": message.text,
    });
    if let (Some(json), false) = (json.as_object_mut(), message.blocks.is_null()) {
        json.insert("blocks".to_owned(), message.blocks.clone());
    }
    json
}

pub(super) fn text<'a>(arguments: &'a Value, name: &str) -> &'a str {
    arguments.get(name).and_then(Value::as_str).unwrap_or_default()
}
