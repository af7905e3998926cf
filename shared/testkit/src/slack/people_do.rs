//! What people do in Slack that reaches the app: click a button, and ask through the workflow.

use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::answer::{APP_ID, BOT_USER_ID, TEAM_DOMAIN, TEAM_ID, message_json};
use super::{EmbeddedSlack, Message, form, sign};
use crate::lock::lock;

/// What is read of an answer.
const ANSWER_LIMIT_BYTES: usize = 64 * 1024;
/// Slack shows the person an error when the app takes longer than this.
const ACK_LIMIT: std::time::Duration = std::time::Duration::from_secs(3);

/// Why a person could not do what they wanted.
#[derive(Debug, thiserror::Error)]
pub enum SlackError {
    /// The message is not there, or never was.
    #[error("there is no message {ts} in {channel}")]
    NoMessage { channel: String, ts: String },
    /// The message has no such button, perhaps because it was updated.
    #[error("the message has no button {action_id}")]
    NoButton { action_id: String },
    /// The form is closed, or never was.
    #[error("there is no open form {id}")]
    NoView {
        /// The form that was looked for.
        id: String,
    },
    /// The form has no such field, or its list no such option.
    #[error("the form has no {value} to choose at {field}")]
    NoOption {
        /// The field that was looked for.
        field: String,
        /// What was to be filled in.
        value: String,
    },
    /// The app did not answer within Slack's 3 seconds.
    #[error("the app did not answer within 3 seconds")]
    NoAnswer,
    /// The app could not be reached.
    #[error("the app could not be reached: {0}")]
    Unreachable(String),
}

impl EmbeddedSlack {
    /// Clicks a button; the result is how the app at `ingress_base_url` acknowledged it.
    pub async fn click(
        &self,
        ingress_base_url: &str,
        person_id: &str,
        channel: &str,
        ts: &str,
        action_id: &str,
    ) -> Result<StatusCode, SlackError> {
        let payload = self.click_payload(person_id, channel, ts, action_id)?;
        let url = format!("{ingress_base_url}/slack/interactions");
        let answer = self.send_signed(&url, "application/x-www-form-urlencoded", form(&payload)).await?;
        Ok(answer.0)
    }

    /// Asks through the workflow: with its token or, when there is none, with Slack's signature.
    pub async fn ask(
        &self,
        ingress_base_url: &str,
        workflow_token: Option<&str>,
        body: Value,
    ) -> Result<(StatusCode, String), SlackError> {
        let url = format!("{ingress_base_url}/workflows/aws-access");
        match workflow_token {
            None => self.send_signed(&url, "application/json", body.to_string()).await,
            Some(token) => {
                let headers = [(header::AUTHORIZATION.as_str(), format!("Bearer {token}"))];
                send(&url, "application/json", &headers, body.to_string()).await
            }
        }
    }

    /// Sends an event of the workspace's, as Slack does.
    pub async fn event(&self, ingress_base_url: &str, event: &Value) -> Result<StatusCode, SlackError> {
        let event_id = format!("Ev0{}", lock(&self.state).next_ts().replace('.', ""));
        let body = json!({
            "type": "event_callback", "token": "not-used", "team_id": TEAM_ID, "api_app_id": APP_ID,
            "event": event, "event_id": event_id, "event_time": self.now().as_second(),
            "authorizations": [{ "team_id": null, "user_id": BOT_USER_ID, "is_bot": true }],
        });
        let url = format!("{ingress_base_url}/slack/events");
        Ok(self.send_signed(&url, "application/json", body.to_string()).await?.0)
    }

    /// Tells the app that somebody's profile or account has changed.
    pub async fn tell_of_change(
        &self,
        ingress_base_url: &str,
        person: &str,
    ) -> Result<StatusCode, SlackError> {
        let is_deleted = self.people().iter().any(|known| known.id == person && known.deleted);
        let user = json!({ "id": person, "team_id": TEAM_ID, "deleted": is_deleted });
        self.event(ingress_base_url, &json!({ "type": "user_change", "user": user })).await
    }

    /// Signed at the machine's own time, whatever the clock of this workspace says: that is what a signature's age is judged by.
    #[expect(
        clippy::disallowed_methods,
        reason = "the library that verifies signatures reads the machine's own time"
    )]
    pub(super) async fn send_signed(
        &self,
        url: &str,
        content_type: &str,
        body: String,
    ) -> Result<(StatusCode, String), SlackError> {
        let timestamp = Timestamp::now().as_second();
        let headers = [
            ("x-slack-request-timestamp", timestamp.to_string()),
            ("x-slack-signature", sign(&self.signing_secret, timestamp, &body)),
        ];
        send(url, content_type, &headers, body).await
    }

    fn click_payload(
        &self,
        person_id: &str,
        channel: &str,
        ts: &str,
        action_id: &str,
    ) -> Result<Value, SlackError> {
        let mut state = lock(&self.state);
        let message = state.messages.iter().find(|message| message.channel == channel && message.ts == ts);
        let message = message
            .cloned()
            .ok_or_else(|| SlackError::NoMessage { channel: channel.to_owned(), ts: ts.to_owned() })?;
        let mut action = find_button(&message, action_id)
            .ok_or_else(|| SlackError::NoButton { action_id: action_id.to_owned() })?;
        let action_ts = state.next_ts();
        let trigger_id = state.issue_trigger(person_id);
        let user_name = state.person(person_id).map_or(person_id, |person| &person.name).to_owned();
        let channels = state.channels.iter().find(|known| known.id == channel);
        let channel_name = channels.map_or("directmessage", |known| &known.name).to_owned();
        drop(state);
        if let Some(action) = action.as_object_mut() {
            action.insert("action_ts".to_owned(), action_ts.clone().into());
        }
        Ok(json!({
            "type": "block_actions",
            "user": { "id": person_id, "username": user_name, "name": user_name, "team_id": TEAM_ID },
            "api_app_id": APP_ID,
            "token": "not-used",
            "container": {
                "type": "message",
                "message_ts": ts,
                "channel_id": channel,
                "is_ephemeral": message.ephemeral_for.is_some(),
            },
            "trigger_id": trigger_id,
            "team": { "id": TEAM_ID, "domain": TEAM_DOMAIN },
            "enterprise": null,
            "is_enterprise_install": false,
            "channel": { "id": channel, "name": channel_name },
            "message": message_json(&message),
            "state": { "values": {} },
            "response_url": format!("http://{}/response/{action_ts}", self.address),
            "actions": [action],
        }))
    }
}

/// The button as Slack sends it: with its block's id and without its looks.
fn find_button(message: &Message, action_id: &str) -> Option<Value> {
    let blocks = message.blocks.as_array()?;
    blocks.iter().find_map(|block| {
        let elements = block.get("elements").and_then(Value::as_array)?;
        let button = elements
            .iter()
            .find(|element| element.get("action_id").and_then(Value::as_str) == Some(action_id))?;
        Some(json!({
            "type": button.get("type"),
            "action_id": action_id,
            "block_id": block.get("block_id"),
            "text": button.get("text"),
            "value": button.get("value"),
            "style": button.get("style"),
        }))
    })
}

async fn send(
    url: &str,
    content_type: &str,
    headers: &[(&str, String)],
    body: String,
) -> Result<(StatusCode, String), SlackError> {
    let unreachable = |error: &dyn std::fmt::Display| SlackError::Unreachable(error.to_string());
    let mut request =
        Request::builder().method(Method::POST).uri(url).header(header::CONTENT_TYPE, content_type);
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let request = request.body(Full::<bytes::Bytes>::from(body)).map_err(|error| unreachable(&error))?;
    let client = Client::builder(TokioExecutor::new()).build::<_, Full<bytes::Bytes>>(HttpConnector::new());
    let exchange = async {
        let response = client.request(request).await.map_err(|error| unreachable(&error))?;
        let status = response.status();
        let body = Limited::new(response.into_body(), ANSWER_LIMIT_BYTES).collect().await;
        let body = body.map_err(|error| unreachable(&error))?.to_bytes();
        Ok((status, String::from_utf8_lossy(&body).into_owned()))
    };
    tokio::time::timeout(ACK_LIMIT, exchange).await.map_err(|_| SlackError::NoAnswer)?
}
