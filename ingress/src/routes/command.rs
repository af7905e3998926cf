//! `POST /slack/commands`: `/access PROJECT ROLE DURATION [why…]`, or `/access` alone, which opens a form.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::Job;
use domain::command::{duration_within, in_order};
use domain::job::Form;
use domain::names::is_invisible;
use serde_json::json;
use slack::modals::request_access;

use crate::Ingress;
use crate::api_error::ApiError;
use crate::open_form::{Opening, open};
use crate::routes::workflow::{Source, Typed, access_request, slack_user_id};
use crate::signed_request::SignedRequest;
use crate::slack_text::decode;

/// What is answered to a command that cannot be a request.
const USAGE: &str = "Write the project, the role and how long, and then why: \
    `payments ReadOnly 2h looking into a bug`. A name with spaces goes into quotes.";

/// Handles the route. The answer is shown to the person alone.
pub(crate) async fn command(
    State(ingress): State<Arc<Ingress>>,
    request: SignedRequest,
) -> Result<Response, ApiError> {
    if is_certificate_check(&request) {
        return Ok(StatusCode::OK.into_response());
    }
    ingress.verifier.check_slack(&request)?;
    let user_id = request.form_field("user_id").ok_or_else(|| "it is missing".to_owned());
    let user_id = user_id.and_then(|id| slack_user_id(&id));
    let user_id =
        user_id.map_err(|why| ApiError::Malformed(format!("`user_id` is missing or malformed: {why}")))?;
    let text = decode(&request.form_field("text").unwrap_or_default());
    let trigger_id = request.form_field("trigger_id");
    if text.chars().all(|c| c.is_whitespace() || is_invisible(c)) {
        let form = Form::RequestAccess { project: None, role: None };
        let view = (&request_access::opening(), Some(form));
        let who = (user_id, trigger_id.as_deref());
        return match Box::pin(open(&ingress, request.arrived, who, view)).await? {
            Opening::Open => Ok(StatusCode::OK.into_response()),
            Opening::NotOpen => Ok(ephemeral(&format!("The form cannot be opened just now. {USAGE}"))),
        };
    }
    let Some(read) = in_order(&text) else { return Ok(ephemeral(&usage(&text))) };
    let user_name = request.form_field("user_name").unwrap_or_default();
    let typed = Typed { project: read.project, role: read.role, duration: read.duration };
    let source = Source::Command { text, trigger_id };
    let ask = access_request(user_id, &user_name, &typed, read.why.as_deref(), source);
    ingress.enqueue.send(&Job::Submit(ask), request.arrived).await?;
    Ok(ephemeral("Got it. I will message you."))
}

/// What was understood, and what would be right.
fn usage(text: &str) -> String {
    match (duration_within(text), text.split_whitespace().count()) {
        (Some(duration), _) => {
            format!("I understood how long ({duration}), but not the project and the role. {USAGE}")
        }
        (None, 2..) => format!("I did not find how long in that. {USAGE}"),
        (None, _) => USAGE.to_owned(),
    }
}

/// Slack looks at a command's certificate now and then, unsigned: with `ssl_check=1` and its old token, and nothing else.
/// It is answered and does nothing, so whoever else sends it gains nothing.
fn is_certificate_check(request: &SignedRequest) -> bool {
    let mut fields: Vec<_> = form_urlencoded::parse(request.body.as_bytes()).collect();
    fields.sort();
    match fields.as_slice() {
        [(check, one)] => check == "ssl_check" && one == "1",
        [(check, one), (token, _)] => check == "ssl_check" && one == "1" && token == "token",
        _ => false,
    }
}

fn ephemeral(text: &str) -> Response {
    Json(json!({ "response_type": "ephemeral", "text": text })).into_response()
}
