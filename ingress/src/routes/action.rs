//! `POST /slack/interactions`: somebody clicked, or did something with a form.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::job::{ClaimClick, Click, ExtensionClick, MessageRef};
use domain::{ChannelId, ClaimId, ClickId, DeliveryId, Job, RequestId, SlackUserId, UnixSeconds};
use serde_json::Value;
use slack::ids::{self, JobOfClaimClick, JobOfClick};
use slack::modals::About;
use tokio::time::Instant;

use crate::Ingress;
use crate::api_error::ApiError;
use crate::json;
use crate::routes::view::{self, FormButton};
use crate::signed_request::SignedRequest;

/// Handles the route. What nothing handles is acknowledged, so that Slack shows no error for it.
pub(crate) async fn action(
    State(ingress): State<Arc<Ingress>>,
    request: SignedRequest,
) -> Result<Response, ApiError> {
    ingress.verifier.check_slack(&request)?;
    let payload = request
        .form_field("payload")?
        .ok_or_else(|| ApiError::Malformed("`payload` is missing".to_owned()))?;
    let payload = json::parse(&payload).map_err(|why| ApiError::Malformed(format!("`payload` is {why}")))?;
    let arrived = request.arrived;
    match text(&payload, "/type") {
        Some("block_actions") if payload.get("view").is_some_and(Value::is_object) => {
            // On a page of ours, a request's buttons are what they are in messages.
            match job(&payload, service::clock::now_ms())? {
                Some(job) => {
                    ingress.enqueue.send(&job, arrived).await?;
                    Ok(StatusCode::OK.into_response())
                }
                None => Box::pin(view::chosen(&ingress, arrived, &payload)).await,
            }
        }
        Some("block_actions") => click(&ingress, arrived, &payload).await,
        Some("view_submission") => Box::pin(view::submit(&ingress, arrived, &payload)).await,
        Some("shortcut") => Box::pin(view::shortcut(&ingress, arrived, &payload)).await,
        Some("block_suggestion") => Ok(view::suggestions(&payload)),
        _ => Ok(view::ignored(&payload)),
    }
}

/// A click in a message.
async fn click(ingress: &Ingress, arrived: Instant, payload: &Value) -> Result<Response, ApiError> {
    if let Some((button, request_id, extension)) = actions(payload).iter().find_map(parse_form_button) {
        let about = About { extension, ..About::new(request_id, message(payload)) };
        return Box::pin(view::open_about(ingress, arrived, payload, (button, &about))).await;
    }
    match job_of_click(payload, service::clock::now_ms())? {
        Some(job) => ingress.enqueue.send(&job, arrived).await?,
        None => return Ok(view::ignored(payload)),
    }
    Ok(StatusCode::OK.into_response())
}

/// The job that a click asks for, on a button of a request or of a claim.
fn job_of_click(payload: &Value, now_ms: i64) -> Result<Option<Job>, ApiError> {
    let Some((make, (request_id, claim_id, delivery_id, key_fingerprint))) =
        actions(payload).iter().find_map(parse_claim_action)
    else {
        return job(payload, now_ms);
    };
    let click = click_on(payload, request_id, now_ms)?;
    Ok(Some(make(ClaimClick { click, claim_id, delivery_id, key_fingerprint })))
}

/// The job that a click asks for. Slack adds, drops and nulls fields freely, so only what is needed is looked at.
fn job(payload: &Value, now_ms: i64) -> Result<Option<Job>, ApiError> {
    let Some(button) = actions(payload).iter().find_map(parse_action) else { return Ok(None) };
    Ok(match button {
        Button::OfRequest(make, request_id) => Some(make(click_on(payload, request_id, now_ms)?)),
        Button::OfExtension(action_id, request_id, extension) => {
            let click = click_on(payload, request_id, now_ms)?;
            ids::job_of_extension(action_id, ExtensionClick { click, extension })
        }
    })
}

fn click_on(payload: &Value, request_id: RequestId, now_ms: i64) -> Result<Click, ApiError> {
    let user_id = text(payload, "/user/id").and_then(|id| SlackUserId::parse(id).ok());
    let user_id =
        user_id.ok_or_else(|| ApiError::Malformed("`payload.user.id` is missing or malformed".to_owned()))?;
    let clicked_at = Some(UnixSeconds(now_ms.div_euclid(1_000)));
    // Nobody clicks the same button twice within a millisecond.
    let click_id = ClickId::parse(&now_ms.to_string()).ok();
    Ok(Click {
        request_id,
        user_id,
        clicked_at,
        click_id,
        message: message(payload),
        reason: None,
        submitted: None,
    })
}

fn actions(payload: &Value) -> &[Value] {
    payload.get("actions").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// One of our buttons that open forms, with the request that it is for, and the extension where it is for one.
fn parse_form_button(action: &Value) -> Option<(FormButton, RequestId, Option<u32>)> {
    let in_more = |id: &str| id == ids::MORE_BLOCK_ID;
    let (button, is_its_block): (FormButton, fn(&str) -> bool) = match text(action, "/action_id")? {
        ids::DENY_REASON => (FormButton::DenyReason, in_more),
        ids::APPROVE_SHORTER => (FormButton::ApproveShorter, in_more),
        // It stands beside the button that ends access.
        ids::EXTEND => (FormButton::Extend, ids::is_actions_block),
        ids::REVIEW_NOTE => (FormButton::ReviewNote, in_more),
        _ => return None,
    };
    if text(action, "/block_id").is_some_and(|id| !is_its_block(id)) {
        return None;
    }
    let value = text(action, "/value")?;
    if let Some((request_id, number)) = ids::parse_extension_value(value) {
        return (button == FormButton::DenyReason).then_some((button, request_id, Some(number)));
    }
    Some((button, RequestId::parse(value).ok()?, None))
}

/// One of our buttons, with what it is for.
enum Button<'a> {
    OfRequest(JobOfClick, RequestId),
    OfExtension(&'a str, RequestId, u32),
}

fn parse_action(action: &Value) -> Option<Button<'_>> {
    let (action_id, value) = (text(action, "/action_id")?, text(action, "/value")?);
    if text(action, "/block_id").is_some_and(|id| !ids::may_hold(id, action_id)) {
        return None;
    }
    if let Some((request_id, number)) = ids::parse_extension_value(value) {
        return Some(Button::OfExtension(action_id, request_id, number));
    }
    Some(Button::OfRequest(ids::job_of(action_id)?, RequestId::parse(value).ok()?))
}

/// One of our buttons about a machine, with what it is for.
fn parse_claim_action(action: &Value) -> Option<(JobOfClaimClick, (RequestId, ClaimId, DeliveryId, String))> {
    if text(action, "/block_id").is_some_and(|id| id != ids::MORE_BLOCK_ID) {
        return None;
    }
    let make = ids::job_of_claim(text(action, "/action_id")?)?;
    Some((make, ClaimClick::read_button_value(text(action, "/value")?)?))
}

/// The message that was clicked, where the payload says it.
fn message(payload: &Value) -> Option<MessageRef> {
    let channel = text(payload, "/container/channel_id").or_else(|| text(payload, "/channel/id"))?;
    let ts = text(payload, "/container/message_ts").or_else(|| text(payload, "/message/ts"))?;
    let plausible = !ts.is_empty() && ts.len() <= 32 && ts.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    plausible.then_some(())?;
    Some(MessageRef { channel: ChannelId::parse(channel).ok()?, ts: ts.to_owned() })
}

fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer)?.as_str()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: UnixSeconds = UnixSeconds(1_795_442_607);
    const NOW_MS: i64 = 1_795_442_607_123;

    fn click(action_id: &str) -> Value {
        json!({
            "type": "block_actions", "team": null, "user": {"id": "U0OWNER", "team_id": null},
            "container": {"type": "message", "message_ts": "1.2", "channel_id": "C0APPROVALS"},
            "actions": [{"type": "button", "action_id": action_id, "block_id": "aws_actions", "value": "r-0"}]
        })
    }

    #[test]
    fn each_button_asks_for_its_job() {
        for (action_id, name) in [("approve", "approve"), ("deny", "deny"), ("revoke", "end")] {
            let job = job(&click(action_id), NOW_MS).unwrap().unwrap();
            assert_eq!(job.name(), name);
            let (Job::Approve(click) | Job::Deny(click) | Job::EndGrant(click)) = job else {
                panic!("{job:?}")
            };
            assert_eq!(click.clicked_at, Some(NOW));
            assert_eq!(click.click_id.as_ref().map(ClickId::as_str), Some("1795442607123"));
            assert_eq!(
                click.message.map(|m| (m.channel.to_string(), m.ts)),
                Some(("C0APPROVALS".into(), "1.2".into()))
            );
        }
    }

    #[test]
    fn what_nothing_handles_asks_for_nothing() {
        let mut other_block = click("approve");
        other_block["actions"][0]["block_id"] = json!("elsewhere");
        let mut no_value = click("approve");
        no_value["actions"][0]["value"] = json!(null);
        let others = [
            json!({"type": "block_actions"}),
            json!([]),
            json!({"actions": 7}),
            click("dance"),
            other_block,
            no_value,
        ];
        for payload in others {
            assert_eq!(job(&payload, NOW_MS), Ok(None), "{payload}");
        }
    }

    #[test]
    fn a_click_without_a_person_is_refused() {
        let mut payload = click("approve");
        payload["user"] = json!(null);
        assert!(
            matches!(job(&payload, NOW_MS), Err(ApiError::Malformed(what)) if what.contains("payload.user.id"))
        );
    }
}
