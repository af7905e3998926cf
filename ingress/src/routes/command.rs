//! `POST /slack/commands`: `/access PROJECT ROLE DURATION [why…]`; with less than that, a form; `list`, `end`, `extend` and
//! `help`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::command::{Subcommand, duration_within, in_order, in_part, subcommand, without_break_glass};
use domain::job::{AccessRequest, Form, OwnAccess};
use domain::names::is_invisible;
use domain::validation::submission_id;
use domain::{Job, SlackUserId};
use serde_json::json;
use slack::modals::request_access;
use tokio::time::Instant;

use crate::Ingress;
use crate::api_error::ApiError;
use crate::open_form::{Opening, open};
use crate::routes::workflow::{
    COMMAND_MAX_CHARS, Source, Typed, access_request, replace_noncharacters, slack_user_id,
};
use crate::signed_request::SignedRequest;
use crate::slack_text::decode;

/// What is answered to a command that cannot be a request.
const USAGE: &str = "Write the project, the role and how long, and then why: \
    `payments ReadOnly 2h looking into a bug`. A name with spaces goes into quotes.";

/// What is answered to whoever wants more time: the list that they get has the button for that.
const EXTEND: &str = "Got it. I will message you what you have: click *Extend* at what is to last longer. What has no such \
    button cannot be extended, but asked for again when it is over.";

/// Longest text of a command in which a word is missing that is passed on, in characters.
const TYPED_MAX_CHARS: usize = 500;

/// What can be typed.
const HELP: &str = "*What you can type*\n\
    • `/access` opens a form: you need to know no name.\n\
    • `/access payments ReadOnly 2h looking into a bug` asks at once: the project, the role, how long, and why. A name with \
    spaces goes into quotes.\n\
    • `/access payments` opens the form with what you typed in it.\n\
    • `/access list` shows what you have and what you asked for.\n\
    • `/access end` ends your access early; `/access end payments ReadOnly` where you have several.\n\
    • `/access extend` shows what you have, with a button to ask for more time where that can be had.\n\
    • `/access break-glass payments Admin 30m why` is for an emergency, where a role allows it: nobody is asked first.\n\
    • A project that is called `list`, `end`, `extend` or `help` is asked for in quotes: `/access \"list\" ReadOnly 2h`.";

/// Handles the route. The answer is shown to the person alone.
pub(crate) async fn command(
    State(ingress): State<Arc<Ingress>>,
    request: SignedRequest,
) -> Result<Response, ApiError> {
    if is_certificate_check(&request) {
        return Ok(StatusCode::OK.into_response());
    }
    ingress.verifier.check_slack(&request)?;
    let user_id = request.form_field("user_id")?.ok_or_else(|| "it is missing".to_owned());
    let user_id = user_id.and_then(|id| slack_user_id(&id));
    let user_id =
        user_id.map_err(|why| ApiError::Malformed(format!("`user_id` is missing or malformed: {why}")))?;
    let text = decode(&request.form_field("text")?.unwrap_or_default());
    let trigger_id = request.form_field("trigger_id")?;
    match subcommand(&text) {
        Some(Subcommand::Help) => return Ok(ephemeral(HELP)),
        Some(Subcommand::List) => {
            return own_access(&ingress, request.arrived, (user_id, trigger_id.as_deref()), None).await;
        }
        Some(Subcommand::End { which }) => {
            let which = replace_noncharacters(&which, COMMAND_MAX_CHARS);
            return own_access(&ingress, request.arrived, (user_id, trigger_id.as_deref()), Some(which))
                .await;
        }
        Some(Subcommand::Extend) => {
            let who = (user_id, trigger_id.as_deref());
            return own_access(&ingress, request.arrived, who, None).await.map(|_| ephemeral(EXTEND));
        }
        None => {}
    }
    let (text, break_glass) = without_break_glass(&text, in_order);
    let is_empty = text.chars().all(|c| c.is_whitespace() || is_invisible(c));
    let Some(read) = in_order(&text).filter(|_| !is_empty) else {
        let typed = (!is_empty).then(|| replace_noncharacters(&text, TYPED_MAX_CHARS));
        let view = request_access::opening_with(&in_part(&text));
        let form = Form::RequestAccess { project: None, role: None, typed };
        let who = (user_id, trigger_id.as_deref());
        return match Box::pin(open(&ingress, request.arrived, who, (&view, Some(form)))).await? {
            Opening::Open => Ok(StatusCode::OK.into_response()),
            Opening::NotOpen if is_empty => {
                Ok(ephemeral(&format!("The form cannot be opened just now. {USAGE}")))
            }
            Opening::NotOpen => Ok(ephemeral(&usage(&text))),
        };
    };
    let user_name = request.form_field("user_name")?.unwrap_or_default();
    let typed = Typed { project: read.project, role: read.role, duration: read.duration };
    let source = Source::Command { text, trigger_id };
    let ask = access_request(user_id, &user_name, &typed, read.why.as_deref(), source);
    let ask = AccessRequest { break_glass, ..ask };
    ingress.enqueue.send(&Job::Submit(ask), request.arrived).await?;
    Ok(ephemeral("Got it. I will message you."))
}

/// Has a worker say what somebody has, or end the grant that they mean.
async fn own_access(
    ingress: &Ingress,
    arrived: Instant,
    (user_id, trigger_id): (SlackUserId, Option<&str>),
    end: Option<String>,
) -> Result<Response, ApiError> {
    let received_at = service::clock::now();
    // Without an id from Slack, whatever comes again within the second is the same.
    let at = received_at.0.to_string();
    let trigger_id = trigger_id.filter(|id| !id.is_empty());
    let use_of_it = [trigger_id.unwrap_or(&at), end.as_deref().unwrap_or("list")];
    let asked = OwnAccess { idempotency_key: submission_id(&user_id, &use_of_it), received_at, user_id, end };
    ingress.enqueue.send(&Job::OwnAccess(asked), arrived).await?;
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
