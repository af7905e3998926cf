//! `POST /slack/events`: Slack makes sure that somebody is there, and says what happened in the workspace.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::Job;
use domain::job::{PersonLeft, PublishHome};
use serde_json::{Value, json};
use tracing::info;

use crate::Ingress;
use crate::api_error::ApiError;
use crate::routes::step;
use crate::routes::workflow::slack_user_id;
use crate::signed_request::SignedRequest;

/// Handles the route: answers the challenge, sends the job that an event asks for, and acknowledges the rest.
pub(crate) async fn event(
    State(ingress): State<Arc<Ingress>>,
    request: SignedRequest,
) -> Result<Response, ApiError> {
    ingress.verifier.check_slack(&request)?;
    let body =
        crate::json::parse(&request.body).map_err(|why| ApiError::Malformed(format!("the body is {why}")))?;
    if text(&body, "/type") == Some("url_verification") {
        let challenge = text(&body, "/challenge");
        let challenge = challenge.ok_or_else(|| ApiError::Malformed("`challenge` is missing".to_owned()))?;
        return Ok(Json(json!({ "challenge": challenge })).into_response());
    }
    match job(body.get("event").unwrap_or(&Value::Null)) {
        Some(job) => ingress.enqueue.send(&job, request.arrived).await?,
        None => info!("an event that nothing handles is acknowledged"),
    }
    Ok(StatusCode::OK.into_response())
}

/// The job that an event asks for. Each does the same when it comes again, as Slack sends an event up to four times.
fn job(event: &Value) -> Option<Job> {
    match text(event, "/type")? {
        "user_change" => person_left(event.get("user")?),
        "app_home_opened" => home_opened(event),
        "function_executed" => step::executed(event),
        _ => None,
    }
}

/// The tab of messages needs nothing drawn.
fn home_opened(event: &Value) -> Option<Job> {
    if text(event, "/tab").is_some_and(|tab| tab != "home") {
        return None;
    }
    let user_id = slack_user_id(text(event, "/user")?).ok()?;
    let asked_at_ms = service::clock::now_ms();
    Some(Job::PublishHome(PublishHome { user_id, opened_at: service::clock::now(), asked_at_ms }))
}

/// Slack says it of every change of a profile; only a deactivated account matters.
fn person_left(user: &Value) -> Option<Job> {
    if user.get("deleted") != Some(&Value::Bool(true)) {
        return None;
    }
    let ids = ["/id", "/enterprise_user/id"].iter().filter_map(|at| slack_user_id(text(user, at)?).ok());
    let mut user_ids: Vec<_> = ids.collect();
    user_ids.dedup();
    let left = PersonLeft { user_ids, left_at: service::clock::now() };
    (!left.user_ids.is_empty()).then_some(Job::PersonLeft(left))
}

fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer)?.as_str()
}
