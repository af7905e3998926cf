//! `POST /workflows/aws-access`: somebody asks for access.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::job::Ask;
use domain::{Job, SlackUserId};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::Ingress;
use crate::answer::Refused;
use crate::raw::Raw;

/// Handles the route.
pub(crate) async fn from_workflow(
    State(ingress): State<Arc<Ingress>>,
    raw: Raw,
) -> Result<Json<Value>, Refused> {
    ingress.keys.check_workflow(&raw)?;
    let ask = parse(&raw.body).map_err(Refused::Malformed)?;
    ingress.enqueue.send(&Job::Intake(ask), raw.arrived).await?;
    Ok(Json(json!({ "outputs": {} })))
}

/// Reads the body. What is wrong with a project, a role or a duration is for `notify` to say, to the person; what is
/// not even a request is said here, to the workflow.
fn parse(body: &str) -> Result<Ask, String> {
    let value: Value = serde_json::from_str(body).map_err(|e| format!("the body is not JSON: {e}"))?;
    let Value::Object(fields) = value else { return Err("the body is not a JSON object".to_owned()) };
    let user_id = text(&fields, "user_id")?;
    let user_id =
        SlackUserId::parse(user_id.trim()).map_err(|why| format!("`user_id` is malformed: {why}"))?;
    let justification = match fields.get("justification") {
        None | Some(Value::Null) => None,
        Some(_) => Some(text(&fields, "justification")?),
    };
    Ok(ask(user_id, &text(&fields, "user_name")?, &fields_of(&fields)?, justification.as_deref()))
}

/// The three things that somebody types.
pub(crate) struct Typed {
    pub(crate) project: String,
    pub(crate) role: String,
    pub(crate) duration: String,
}

fn fields_of(fields: &Map<String, Value>) -> Result<Typed, String> {
    Ok(Typed {
        project: text(fields, "project")?,
        role: text(fields, "role")?,
        duration: text(fields, "duration")?,
    })
}

/// An ask that came now, under a name of its own.
pub(crate) fn ask(user_id: SlackUserId, user_name: &str, typed: &Typed, justification: Option<&str>) -> Ask {
    Ask {
        intake_id: Uuid::now_v7().to_string(),
        received_at: platform::clock::now(),
        user_id,
        user_name: legal(user_name),
        project: legal(&typed.project),
        role: legal(&typed.role),
        duration: legal(&typed.duration),
        justification: justification.map(legal),
    }
}

fn text(fields: &Map<String, Value>, name: &str) -> Result<String, String> {
    match fields.get(name) {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(_) => Err(format!("`{name}` must be text")),
        None => Err(format!("`{name}` is missing")),
    }
}

/// SQS refuses the two code points that XML does not take and JSON does not escape.
fn legal(text: &str) -> String {
    text.replace(['\u{FFFE}', '\u{FFFF}'], "\u{FFFD}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_named() {
        let complete = json!({
            "user_id": "U0DANA", "user_name": "dana", "project": "payments", "role": "ReadOnly", "duration": "1h"
        });
        assert_eq!(parse(&complete.to_string()).unwrap().justification, None);
        for field in ["user_id", "user_name", "project", "role", "duration"] {
            let mut body = complete.clone();
            body.as_object_mut().unwrap().remove(field);
            assert_eq!(parse(&body.to_string()).unwrap_err(), format!("`{field}` is missing"));
            body[field] = json!(7);
            assert_eq!(parse(&body.to_string()).unwrap_err(), format!("`{field}` must be text"));
        }
        let mut body = complete;
        body["user_id"] = json!("<!channel>");
        assert!(parse(&body.to_string()).unwrap_err().starts_with("`user_id` is malformed"));
        body["user_id"] = json!("U0DANA");
        body["justification"] = json!(["why"]);
        assert_eq!(parse(&body.to_string()).unwrap_err(), "`justification` must be text");
        assert!(parse("hello").unwrap_err().starts_with("the body is not JSON"));
        assert_eq!(parse("[]").unwrap_err(), "the body is not a JSON object");
    }

    #[test]
    fn what_sqs_would_refuse_is_replaced() {
        assert_eq!(legal("a\u{FFFF}b"), "a\u{FFFD}b");
    }
}
