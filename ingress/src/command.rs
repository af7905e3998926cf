//! `POST /slack/commands`: `/access PROJECT ROLE DURATION [why…]`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::Job;
use domain::command::in_order;
use serde_json::json;

use crate::Ingress;
use crate::answer::Refused;
use crate::ask::{Source, Typed, ask, slack_user_id};
use crate::raw::Raw;
use crate::slack_text::decode;

/// What is answered to a command that cannot be a request.
const USAGE: &str = "Write the project, the role and how long, and then why: \
    `payments ReadOnly 2h looking into a bug`. A name with spaces goes into quotes.";

/// Handles the route. The answer is shown to the person alone.
pub(crate) async fn command(State(ingress): State<Arc<Ingress>>, raw: Raw) -> Result<Response, Refused> {
    if is_certificate_check(&raw) {
        return Ok(StatusCode::OK.into_response());
    }
    ingress.keys.check_slack(&raw)?;
    let user_id = raw.form_field("user_id").ok_or_else(|| "it is missing".to_owned());
    let user_id = user_id.and_then(|id| slack_user_id(&id));
    let user_id =
        user_id.map_err(|why| Refused::Malformed(format!("`user_id` is missing or malformed: {why}")))?;
    let text = decode(&raw.form_field("text").unwrap_or_default());
    let Some(read) = in_order(&text) else { return Ok(only_you(USAGE)) };
    let user_name = raw.form_field("user_name").unwrap_or_default();
    let typed = Typed { project: read.project, role: read.role, duration: read.duration };
    let source = Source::Command { text, trigger_id: raw.form_field("trigger_id") };
    let ask = ask(user_id, &user_name, &typed, read.why.as_deref(), source);
    ingress.enqueue.send(&Job::Intake(ask), raw.arrived).await?;
    Ok(only_you("Got it. I will message you."))
}

/// Slack looks at a command's certificate now and then, unsigned: with `ssl_check=1` and its old token, and nothing else.
/// It is answered and does nothing, so whoever else sends it gains nothing.
fn is_certificate_check(raw: &Raw) -> bool {
    let mut fields: Vec<_> = form_urlencoded::parse(raw.body.as_bytes()).collect();
    fields.sort();
    match fields.as_slice() {
        [(check, one)] => check == "ssl_check" && one == "1",
        [(check, one), (token, _)] => check == "ssl_check" && one == "1" && token == "token",
        _ => false,
    }
}

fn only_you(text: &str) -> Response {
    Json(json!({ "response_type": "ephemeral", "text": text })).into_response()
}
