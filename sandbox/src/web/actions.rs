//! What people do on the page in Slack's place: ask and click.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use testkit::slack::SlackError;
use testkit::system::System;

/// A request form that was filled in.
#[derive(Deserialize)]
pub(super) struct AccessRequest {
    pub(super) person: String,
    pub(super) project: String,
    pub(super) role: String,
    pub(super) duration: String,
    #[serde(default)]
    pub(super) justification: String,
}

/// A button that was pressed.
#[derive(Deserialize)]
pub(super) struct Click {
    person: String,
    channel: String,
    ts: String,
    action_id: String,
}

/// Sends the form as the Slack workflow would.
pub(super) async fn ask(State(system): State<Arc<System>>, Json(ask): Json<AccessRequest>) -> Json<Value> {
    let people = system.slack.people();
    let name = people.into_iter().find(|person| person.id == ask.person).map(|person| person.name);
    let name = name.unwrap_or_else(|| ask.person.clone());
    let body = json!({
        "user_id": ask.person,
        "user_name": name,
        "project": ask.project,
        "role": ask.role,
        "duration": ask.duration,
        "justification": ask.justification,
    });
    match system.slack.ask(&system.ingress_url, Some(&system.variable("WORKFLOW_TOKEN")), body).await {
        Ok((StatusCode::OK, _)) => Json(json!({ "ok": true })),
        Ok((status, body)) => {
            let body: Value = serde_json::from_str(&body).unwrap_or_default();
            let error = body.get("error").and_then(Value::as_str).unwrap_or("no reason was given");
            failed(&format!("The ingress answered {status}: {error}"))
        }
        Err(error) => failed(&error.to_string()),
    }
}

/// Presses the button as Slack would.
pub(super) async fn click(State(system): State<Arc<System>>, Json(click): Json<Click>) -> Json<Value> {
    let Click { person, channel, ts, action_id } = click;
    match system.slack.click(&system.ingress_url, &person, &channel, &ts, &action_id).await {
        Ok(StatusCode::OK) => Json(json!({ "ok": true })),
        Ok(status) => failed(&format!("The app answered {status}, which Slack shows as an error.")),
        Err(SlackError::NoMessage { .. } | SlackError::NoButton { .. }) => {
            failed("The message has changed in the meantime.")
        }
        Err(error) => failed(&error.to_string()),
    }
}

pub(super) fn failed(message: &str) -> Json<Value> {
    Json(json!({ "ok": false, "message": message }))
}
