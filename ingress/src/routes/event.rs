//! `POST /slack/events`: Slack makes sure that somebody is there.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tracing::info;

use crate::Ingress;
use crate::api_error::ApiError;
use crate::signed_request::SignedRequest;

/// Handles the route: answers the challenge, and acknowledges the rest, which nothing handles.
pub(crate) async fn event(
    State(ingress): State<Arc<Ingress>>,
    request: SignedRequest,
) -> Result<Response, ApiError> {
    ingress.verifier.check_slack(&request)?;
    let event =
        crate::json::parse(&request.body).map_err(|why| ApiError::Malformed(format!("the body is {why}")))?;
    if event.get("type").and_then(Value::as_str) != Some("url_verification") {
        info!("an event that nothing handles is acknowledged");
        return Ok(StatusCode::OK.into_response());
    }
    let challenge = event.get("challenge").and_then(Value::as_str);
    let challenge = challenge.ok_or_else(|| ApiError::Malformed("`challenge` is missing".to_owned()))?;
    Ok(Json(json!({ "challenge": challenge })).into_response())
}
