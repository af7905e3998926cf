//! What is in a workspace.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

/// Someone in the workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Person {
    /// Their id, such as `U0DANA`.
    pub id: String,
    pub name: String,
    pub real_name: String,
    /// Their email address, which Slack does not always show.
    pub email: Option<String>,
    /// Their time zone, such as `Europe/Berlin`.
    pub tz: String,
    pub deleted: bool,
}

/// A channel that not everyone is in. Other channels exist once something is posted there, with everyone in them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Channel {
    /// Its id, such as `C0APPROVALS`.
    pub id: String,
    /// Its name without `#`.
    pub name: String,
    /// The ids of those who are in it.
    pub members: Vec<String>,
}

/// A user group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UserGroup {
    /// Its id, such as `S0ENGINEERS`.
    pub id: String,
    /// The ids of those who are in it.
    pub members: Vec<String>,
}

/// A message that the app posted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Message {
    /// The channel or direct message that it is in.
    pub channel: String,
    /// When it was posted, which is also its id within the channel.
    pub ts: String,
    /// Whose direct message it is in.
    pub recipient: Option<String>,
    /// Its text, which notifications show.
    pub text: String,
    /// Its blocks, `null` when it has none.
    pub blocks: Value,
    /// The buttons in them.
    #[serde(skip)]
    pub buttons: Vec<Button>,
    pub edits: u32,
    /// The one person who sees it, when it is ephemeral.
    pub ephemeral_for: Option<String>,
    /// The message in whose thread it is.
    pub thread_ts: Option<String>,
}

/// A button on a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    pub action: String,
    /// The id of the request that it is for.
    pub value: String,
}

/// One call of the Web API.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The method, such as `chat.postMessage`.
    pub method: String,
    pub at: Timestamp,
    pub body: Value,
}

/// A form that the app opened for somebody.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct View {
    pub id: String,
    /// Who sees it.
    pub person: String,
    /// Changes whenever it is replaced.
    pub hash: String,
    /// How often it was replaced.
    pub updates: u32,
    /// Whether it can be seen: not closed, and not submitted.
    pub is_open: bool,
    /// The form itself, as the app sent it.
    pub view: Value,
    /// What the app said against what was submitted, by field.
    pub errors: Value,
}

/// What lets the app open one form.
#[derive(Debug)]
pub(super) struct Trigger {
    pub(super) id: String,
    pub(super) person: String,
    pub(super) issued_at_ms: i64,
    pub(super) is_used: bool,
}

/// Somebody's App Home.
#[derive(Debug, Clone, PartialEq)]
pub struct HomePage {
    /// The page, as the app drew it last.
    pub view: Value,
    /// How often it was drawn.
    pub drawn: u32,
}

/// One run of a workflow's step.
#[derive(Debug, Clone, PartialEq)]
pub struct StepRun {
    pub id: String,
    /// What the app handed on, once it said that the step is done.
    pub outputs: Option<Value>,
    /// What the app said was wrong, where it said that the step failed.
    pub error: Option<String>,
}
