//! Forms: opened by a shortcut, filled in, searched, submitted. What is odd about one is never an error of HTTP: Slack
//! would show nothing of it to whoever filled the form in.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::job::{
    AccessRequest, Click, ExtensionAsk, ExtensionClick, Form, FormFill, ShorterApproval, Submitted,
};
use domain::request::EXTENSION_REASON_MAX_CHARS;
use domain::validation::{DENY_REASON_MAX_CHARS, REVIEW_NOTE_MAX_CHARS};
use domain::{ClickId, Job, SlackUserId, UnixSeconds, ViewId};
use serde_json::Value;
use slack::ids::{self, field};
use slack::modals::{
    self, About, Entered, Faults, approve_shorter, deny_reason, extend, request_access, review_note,
};
use tokio::time::Instant;
use tracing::info;

use crate::Ingress;
use crate::api_error::ApiError;
use crate::open_form::{Opening, open};
use crate::routes::workflow::{Source, Typed, access_request, replace_noncharacters, slack_user_id};

/// Longest project or role that is passed on when it was chosen, in characters. A name has 64.
const CHOSEN_MAX_CHARS: usize = 256;
/// Longest trigger that is passed on, in bytes. Slack's have about 50.
const TRIGGER_MAX_BYTES: usize = 255;
/// What is shown where a form does not say which request it is about.
const WHICH: &str = "Slack did not say which request this is. Close this form and open it again.";
/// What is shown where Slack does not say who submitted a form.
const WHO: &str = "Slack did not say who you are. Close this form and open it again.";

/// A button that opens a form about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FormButton {
    /// Deny, and say why.
    DenyReason,
    /// Approve for less time.
    ApproveShorter,
    /// Have access for longer.
    Extend,
    /// Review what was granted by break-glass, and say something about it.
    ReviewNote,
}

/// A shortcut that opens a form.
pub(crate) async fn shortcut(
    ingress: &Ingress,
    arrived: Instant,
    payload: &Value,
) -> Result<Response, ApiError> {
    if text(payload, "/callback_id") != Some(ids::REQUEST_ACCESS) {
        return Ok(ignored(payload));
    }
    open_request(ingress, arrived, payload).await
}

/// Opens the form by which whoever did this asks for access.
async fn open_request(ingress: &Ingress, arrived: Instant, payload: &Value) -> Result<Response, ApiError> {
    let Some(user_id) = user(payload) else { return Ok(ignored(payload)) };
    let who = (user_id, text(payload, "/trigger_id"));
    let form = Form::RequestAccess { project: None, role: None, typed: None };
    match open(ingress, arrived, who, (&request_access::opening(), Some(form))).await? {
        Opening::Open | Opening::NotOpen => Ok(StatusCode::OK.into_response()),
    }
}

/// Opens a form about a request, for one of the buttons that do so.
pub(crate) async fn open_about(
    ingress: &Ingress,
    arrived: Instant,
    payload: &Value,
    (button, about): (FormButton, &About),
) -> Result<Response, ApiError> {
    let Some(user_id) = user(payload) else { return Ok(ignored(payload)) };
    let who = (user_id, text(payload, "/trigger_id"));
    let (view, form) = match button {
        FormButton::DenyReason => (deny_reason::opening(about), None),
        FormButton::ReviewNote => (review_note::opening(about), None),
        FormButton::ApproveShorter => {
            let (request_id, message) = (about.request_id.clone(), about.message.clone());
            (approve_shorter::opening(about), Some(Form::ApproveShorter { request_id, message }))
        }
        FormButton::Extend => {
            let (request_id, message) = (about.request_id.clone(), about.message.clone());
            (extend::opening(about), Some(Form::Extend { request_id, message }))
        }
    };
    match open(ingress, arrived, who, (&view, form)).await? {
        Opening::Open | Opening::NotOpen => Ok(StatusCode::OK.into_response()),
    }
}

/// Something was chosen in a form that shows something else by it, or a button on a page of ours was clicked.
pub(crate) async fn chosen(
    ingress: &Ingress,
    arrived: Instant,
    payload: &Value,
) -> Result<Response, ApiError> {
    let actions = payload.get("actions").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if actions.iter().any(|action| text(action, "/action_id") == Some(ids::REQUEST_ACCESS)) {
        return open_request(ingress, arrived, payload).await;
    }
    let Some(fill) = fill(payload, actions) else { return Ok(ignored(payload)) };
    ingress.enqueue.send(&Job::FillForm(fill), arrived).await?;
    Ok(StatusCode::OK.into_response())
}

/// What a form has to show after a choice.
fn fill(payload: &Value, actions: &[Value]) -> Option<FormFill> {
    let view = payload.get("view")?;
    if text(view, "/callback_id")? != ids::REQUEST_ACCESS {
        return None;
    }
    let (project, role) = actions.iter().find_map(|action| {
        request_access::choice(view, text(action, "/action_id")?, modals::chosen(action))
    })?;
    let plain = |name: Option<String>| name.map(|name| replace_noncharacters(&name, CHOSEN_MAX_CHARS));
    Some(FormFill {
        view_id: ViewId::parse(text(view, "/id")?).ok()?,
        // It may have been replaced since, by what an earlier choice asked for.
        hash: None,
        user_id: user(payload)?,
        asked_at_ms: service::clock::now_ms(),
        form: Form::RequestAccess { project: plain(project), role: plain(role), typed: None },
    })
}

/// Somebody types into a list that is too long to be shown.
pub(crate) fn suggestions(payload: &Value) -> Response {
    let limits = payload.get("view").map(modals::metadata).unwrap_or_default();
    let of = text(payload, "/action_id").unwrap_or_default();
    let typed = text(payload, "/value").unwrap_or_default();
    Json(modals::suggestions(&limits, of, typed)).into_response()
}

/// Somebody submits a form.
pub(crate) async fn submit(
    ingress: &Ingress,
    arrived: Instant,
    payload: &Value,
) -> Result<Response, ApiError> {
    let view = payload.get("view").unwrap_or(&Value::Null);
    let job = match text(view, "/callback_id") {
        Some(ids::REQUEST_ACCESS) => request(payload, view),
        Some(ids::DENY_REASON) => denial(payload, view),
        Some(ids::REVIEW_NOTE) => review(payload, view),
        Some(ids::APPROVE_SHORTER) => shorter_approval(payload, view),
        Some(ids::EXTEND) => extension(payload, view),
        _ => return Ok(ignored(payload)),
    };
    match job {
        Ok(job) => {
            ingress.enqueue.send(&job, arrived).await?;
            Ok(StatusCode::OK.into_response())
        }
        Err(faults) => {
            info!(fields = ?faults.keys().collect::<Vec<_>>(), "the form is shown again with what is wrong");
            Ok(Json(modals::errors(&faults)).into_response())
        }
    }
}

/// What somebody asks for, or what is wrong with it by field.
fn request(payload: &Value, view: &Value) -> Result<Job, Faults> {
    let filled = request_access::read(view)?;
    let user_id = user(payload).ok_or_else(|| Faults::from([(field::PROJECT, WHO.to_owned())]))?;
    let typed = Typed { project: filled.project, role: filled.role, duration: filled.duration };
    // One form is submitted once: what comes again from it is the same request.
    let view_id = text(view, "/id").unwrap_or_default().to_owned();
    let name = text(payload, "/user/username").or_else(|| text(payload, "/user/name")).unwrap_or_default();
    let source = Source::Form { view_id };
    let ask = access_request(user_id, name, &typed, filled.justification.as_deref(), source);
    let (break_glass, trigger_id) = (filled.break_glass, trigger(payload));
    Ok(Job::Submit(AccessRequest { break_glass, trigger_id, ..ask }))
}

/// A denial with its reason, or what is wrong with it by field.
fn denial(payload: &Value, view: &Value) -> Result<Job, Faults> {
    let reason = deny_reason::read(view)?;
    let click = click(payload, view).map_err(|why| Faults::from([(field::REASON, why.to_owned())]))?;
    let click = Click { reason: Some(replace_noncharacters(&reason, DENY_REASON_MAX_CHARS)), ..click };
    Ok(match About::of(view).and_then(|about| about.extension) {
        Some(extension) => Job::DenyExtension(ExtensionClick { click, extension }),
        None => Job::Deny(click),
    })
}

/// A review with a note, or what is wrong with it by field.
fn review(payload: &Value, view: &Value) -> Result<Job, Faults> {
    let note = review_note::read(view)?;
    let click = click(payload, view).map_err(|why| Faults::from([(field::NOTE, why.to_owned())]))?;
    Ok(Job::Review(Click { reason: Some(replace_noncharacters(&note, REVIEW_NOTE_MAX_CHARS)), ..click }))
}

/// An approval for less time, or what is wrong with it by field.
fn shorter_approval(payload: &Value, view: &Value) -> Result<Job, Faults> {
    let fault = |why: &str| Faults::from([(field::DURATION, why.to_owned())]);
    let about = About::of(view).ok_or_else(|| fault(WHICH))?;
    let duration = approve_shorter::read(view, &about)?;
    let click = click(payload, view).map_err(fault)?;
    Ok(Job::ApproveShorter(ShorterApproval { click, duration }))
}

/// What somebody asks for of access that they have, or what is wrong with it by field.
fn extension(payload: &Value, view: &Value) -> Result<Job, Faults> {
    let fault = |why: &str| Faults::from([(field::DURATION, why.to_owned())]);
    let about = About::of(view).ok_or_else(|| fault(WHICH))?;
    let click = click(payload, view).map_err(fault)?;
    let now = click.clicked_at.unwrap_or(service::clock::now());
    let extend::Filled { duration, justification } = extend::read(view, &about, now)?;
    let reason = justification.map(|why| replace_noncharacters(&why, EXTENSION_REASON_MAX_CHARS));
    Ok(Job::AskExtension(ExtensionAsk { click: Click { reason, ..click }, duration }))
}

/// The submission of a form about a request, which counts like a click, from now.
fn click(payload: &Value, view: &Value) -> Result<Click, &'static str> {
    let About { request_id, message, .. } = About::of(view).ok_or(WHICH)?;
    let now_ms = service::clock::now_ms();
    // What comes again from one form is the same decision.
    let form = text(view, "/id").and_then(|id| ClickId::parse(id).ok());
    Ok(Click {
        request_id,
        user_id: user(payload).ok_or(WHO)?,
        clicked_at: Some(UnixSeconds(now_ms.div_euclid(1_000))),
        click_id: form.or_else(|| ClickId::parse(&now_ms.to_string()).ok()),
        message,
        reason: None,
        submitted: submitted(payload, view),
    })
}

/// What a worker needs to show the form again; nothing where Slack sends no trigger for that.
fn submitted(payload: &Value, view: &Value) -> Option<Submitted> {
    let entered = Entered::of(view);
    let duration = entered.text(field::DURATION_TEXT).or_else(|| entered.text(field::DURATION));
    Some(Submitted {
        form: text(view, "/callback_id")?.to_owned(),
        trigger_id: trigger(payload)?,
        duration: duration.map(|typed| replace_noncharacters(&typed, CHOSEN_MAX_CHARS)),
    })
}

fn trigger(payload: &Value) -> Option<String> {
    let trigger_id = text(payload, "/trigger_id").filter(|id| (1..=TRIGGER_MAX_BYTES).contains(&id.len()));
    trigger_id.map(str::to_owned)
}

/// Acknowledges what nothing handles, so that Slack shows no error for it.
pub(crate) fn ignored(payload: &Value) -> Response {
    info!(kind = text(payload, "/type"), "an interaction that nothing handles is acknowledged");
    StatusCode::OK.into_response()
}

fn user(payload: &Value) -> Option<SlackUserId> {
    slack_user_id(text(payload, "/user/id")?).ok()
}

fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer)?.as_str()
}
