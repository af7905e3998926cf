//! What people ask for by other ways than a form: the slash command, and the step of a workflow.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use testkit::system::System;

use super::actions::{AccessRequest, failed};

/// The step, as the app's manifest names it.
const STEP: &str = "request_access";

/// What somebody typed after `/access`.
#[derive(Deserialize)]
pub(super) struct Command {
    person: String,
    words: String,
}

/// A step of a workflow that runs.
#[derive(Deserialize)]
pub(super) struct Running {
    id: String,
}

/// Sends the command as Slack would; what the app answers is for this person alone, and nothing where it opens a form.
pub(super) async fn command(State(system): State<Arc<System>>, Json(typed): Json<Command>) -> Json<Value> {
    match system.slack.command(&system.ingress_url, &typed.person, &typed.words).await {
        Ok((StatusCode::OK, answer)) => {
            let answer: Value = serde_json::from_str(&answer).unwrap_or_default();
            Json(json!({ "ok": true, "text": answer.get("text") }))
        }
        Ok((status, _)) => failed(&format!("The app answered {status}, which Slack shows as an error.")),
        Err(error) => failed(&error.to_string()),
    }
}

/// Runs the app's own step, as a workflow that has it does.
pub(super) async fn run_step(
    State(system): State<Arc<System>>,
    Json(ask): Json<AccessRequest>,
) -> Json<Value> {
    let inputs = json!({
        "user": ask.person, "project": ask.project, "role": ask.role, "duration": ask.duration,
        "justification": ask.justification,
    });
    match system.slack.run_step(&system.ingress_url, STEP, &inputs).await {
        Ok((StatusCode::OK, id)) => Json(json!({ "ok": true, "id": id })),
        Ok((status, _)) => {
            failed(&format!("The app answered {status}, and Slack sends the step again later."))
        }
        Err(error) => failed(&error.to_string()),
    }
}

/// What has become of a step: what the app handed on, or what it says was wrong; neither while the workflow waits.
pub(super) async fn step(State(system): State<Arc<System>>, Json(running): Json<Running>) -> Json<Value> {
    match system.slack.step(&running.id) {
        Some(step) => Json(json!({ "ok": true, "outputs": step.outputs, "error": step.error })),
        None => failed("There is no such step."),
    }
}
