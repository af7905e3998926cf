//! `POST /workflows/aws-access`: somebody asks for access.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::job::AccessRequest;
use domain::names::shows_nothing;
use domain::validation::submission_id;
use domain::{Job, SlackUserId};
use serde_json::{Map, Value, json};

use crate::Ingress;
use crate::api_error::ApiError;
use crate::json;
use crate::signed_request::{BODY_MAX_BYTES, SignedRequest};
use crate::slack_text::{decode, person_id};

/// Longest project, role and duration that are passed on, in characters. A name has 64; the rest is for what people
/// put around it, and so that an answer can show what was typed.
const TYPED_MAX_CHARS: usize = 256;
/// Longest reason that is passed on, in characters: all that a body holds. What is longer than approvers can be shown is
/// refused by `notify`, with its length.
const REASON_MAX_CHARS: usize = BODY_MAX_BYTES;
/// The same, in bytes of a job's JSON: SQS takes 1 MiB, and a control character has six there for the one of a body.
const REASON_MAX_JSON_BYTES: usize = 768 * 1024;
/// Longest name of a person that is passed on, in characters (Slack's own limit is 80).
const USER_NAME_MAX_CHARS: usize = 80;
/// Longest text of a command that is passed on besides what was read from it, in characters.
pub(crate) const COMMAND_MAX_CHARS: usize = 4_000;

/// Handles the route.
pub(crate) async fn from_workflow(
    State(ingress): State<Arc<Ingress>>,
    request: SignedRequest,
) -> Result<Json<Value>, ApiError> {
    ingress.verifier.check_workflow(&request)?;
    let ask = parse(&request.body).map_err(ApiError::Malformed)?;
    ingress.enqueue.send(&Job::Submit(ask), request.arrived).await?;
    Ok(Json(json!({ "outputs": {} })))
}

/// Reads the body. What is wrong with a project, a role or a duration is for `notify` to say, to the person; what is
/// not even a request is said here, to the workflow.
fn parse(body: &str) -> Result<AccessRequest, String> {
    let value = json::parse(body).map_err(|why| format!("the body is {why}"))?;
    let Value::Object(fields) = value else { return Err("the body is not a JSON object".to_owned()) };
    let needed = |name: &str| -> Result<String, String> {
        // Rich text without any text is as empty as an empty text, which the person is told of.
        let is_object = matches!(fields.get(name), Some(Value::Object(_)));
        let text = json::text(&fields, name)?;
        text.or_else(|| is_object.then(String::new)).ok_or_else(|| format!("`{name}` is missing"))
    };
    let user_id = user_id(&fields, &needed("user_id")?)?;
    let typed = Typed { project: needed("project")?, role: needed("role")?, duration: needed("duration")? };
    let justification = json::text(&fields, "justification")?;
    Ok(access_request(user_id, &user_name(&fields), &typed, justification.as_deref(), Source::Workflow))
}

fn user_id(fields: &Map<String, Value>, text: &str) -> Result<SlackUserId, String> {
    if !matches!(fields.get("user_id"), Some(Value::String(_) | Value::Object(_))) {
        return Err("`user_id` must be text".to_owned());
    }
    slack_user_id(text).map_err(|why| format!("`user_id` is malformed: {why}"))
}

/// A person's id, plain or as a mention. A name is no id, and Slack's ids begin with U or W.
pub(crate) fn slack_user_id(text: &str) -> Result<SlackUserId, String> {
    let id = SlackUserId::parse(&person_id(text)).map_err(|why| why.to_string())?;
    if id.as_str().starts_with(['U', 'W']) {
        Ok(id)
    } else {
        Err("a Slack user id begins with U or W, such as U0DANA or <@U0DANA>; a name is not an id".to_owned())
    }
}

/// What somebody is called is decoration, so whatever stands there is no reason to refuse.
fn user_name(fields: &Map<String, Value>) -> String {
    json::text(fields, "user_name").ok().flatten().unwrap_or_default()
}

/// The three things that somebody types.
pub(crate) struct Typed {
    pub(crate) project: String,
    pub(crate) role: String,
    pub(crate) duration: String,
}

/// The way by which somebody asks.
pub(crate) enum Source {
    /// A workflow's web request, which says nothing of which try it is.
    Workflow,
    /// A slash command: its decoded text, and the id that Slack gave to this one use of it.
    Command {
        /// The text.
        text: String,
        /// The id, where Slack sent one.
        trigger_id: Option<String>,
    },
    /// A workflow's step, which is run once.
    Step {
        /// Slack's id of the run.
        execution_id: String,
    },
    /// A form, which is submitted once.
    Form {
        /// Slack's id of it.
        view_id: String,
    },
}

/// An ask that came now. Slack's encodings are decoded here, and nowhere else; a command's were before it was read, and what is
/// typed into a form comes as it was typed.
pub(crate) fn access_request(
    user_id: SlackUserId,
    user_name: &str,
    typed: &Typed,
    justification: Option<&str>,
    source: Source,
) -> AccessRequest {
    let (is_encoded, command, submission) = match source {
        Source::Workflow => (true, None, None),
        Source::Command { text, trigger_id } => (false, Some(text), trigger_id),
        Source::Form { view_id } => (false, None, Some(view_id)),
        Source::Step { execution_id } => (true, None, Some(execution_id)),
    };
    let plain = |text: &str, max_chars: usize| {
        let decoded = if is_encoded { decode(text) } else { text.to_owned() };
        replace_noncharacters(&decoded, max_chars)
    };
    let project = plain(&typed.project, TYPED_MAX_CHARS);
    let role = plain(&typed.role, TYPED_MAX_CHARS);
    let duration = plain(&typed.duration, TYPED_MAX_CHARS);
    let justification =
        justification.map(|text| fitting(plain(text, REASON_MAX_CHARS))).filter(|text| !shows_nothing(text));
    let submission = submission.unwrap_or_default();
    let parts = [&*project, &*role, &*duration, justification.as_deref().unwrap_or_default(), &*submission];
    AccessRequest {
        idempotency_key: submission_id(&user_id, &parts),
        received_at: service::clock::now(),
        user_name: plain(user_name, USER_NAME_MAX_CHARS),
        user_id,
        project,
        role,
        duration,
        justification,
        command: command.map(|text| replace_noncharacters(&text, COMMAND_MAX_CHARS)),
        break_glass: false,
        trigger_id: None,
    }
}

/// At most so many characters, and none that SQS refuses: two that XML does not take and JSON does not escape.
pub(crate) fn replace_noncharacters(text: &str, max_chars: usize) -> String {
    text.chars()
        .take(max_chars)
        .map(|c| if matches!(c, '\u{FFFE}' | '\u{FFFF}') { '\u{FFFD}' } else { c })
        .collect()
}

/// As much of a reason as SQS takes.
fn fitting(mut reason: String) -> String {
    let mut bytes = 0;
    let over = reason.char_indices().find(|(_, c)| {
        bytes += match c {
            '"' | '\\' => 2,
            c if c.is_ascii_control() => 6,
            c => c.len_utf8(),
        };
        bytes > REASON_MAX_JSON_BYTES
    });
    if let Some((at, _)) = over {
        reason.truncate(at);
    }
    reason
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete() -> Value {
        json!({
            "user_id": "U0DANA", "user_name": "dana", "project": "payments", "role": "ReadOnly", "duration": "1h"
        })
    }

    fn with(field: &str, value: Value) -> Result<AccessRequest, String> {
        let mut body = complete();
        body[field] = value;
        parse(&body.to_string())
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(parse(&complete().to_string()).unwrap().justification, None);
        for field in ["user_id", "project", "role", "duration"] {
            let mut body = complete();
            body.as_object_mut().unwrap().remove(field);
            assert_eq!(parse(&body.to_string()).unwrap_err(), format!("`{field}` is missing"));
            assert_eq!(with(field, Value::Null).unwrap_err(), format!("`{field}` is missing"));
            assert_eq!(with(field, json!({"a": 1})).unwrap_err(), format!("`{field}` must be text"));
            assert_eq!(with(field, json!([])).unwrap_err(), format!("`{field}` must be text"));
        }
        assert_eq!(with("user_id", json!(7)).unwrap_err(), "`user_id` must be text");
        for id in ["<!channel>", "@dana", "dana", "", " ", "<@U0DANA", "U0 DANA", "S0GROUP"] {
            assert!(with("user_id", json!(id)).unwrap_err().starts_with("`user_id` is malformed"), "{id}");
        }
        assert_eq!(with("justification", json!(["why"])).unwrap_err(), "`justification` must be text");
        assert!(parse("hello").unwrap_err().starts_with("the body is not JSON"));
        assert_eq!(parse("[]").unwrap_err(), "the body is not a JSON object");
    }

    #[test]
    fn a_person_may_be_a_mention_and_what_they_are_called_never_matters() {
        for id in ["<@U0DANA>", "<@U0DANA|dana>", " U0DANA ", "U0DANA"] {
            assert_eq!(with("user_id", json!(id)).unwrap().user_id.as_str(), "U0DANA");
        }
        assert_eq!(with("user_id", json!("W0DANA")).unwrap().user_id.as_str(), "W0DANA");
        for (name, taken) in
            [(json!(null), ""), (json!(""), ""), (json!(7), "7"), (json!({"a": 1}), ""), (json!([]), "")]
        {
            assert_eq!(with("user_name", name).unwrap().user_name, taken);
        }
        let mut body = complete();
        body.as_object_mut().unwrap().remove("user_name");
        assert_eq!(parse(&body.to_string()).unwrap().user_name, "");
        assert_eq!(with("user_name", json!("d".repeat(500))).unwrap().user_name.len(), USER_NAME_MAX_CHARS);
    }

    #[test]
    fn what_can_mean_one_thing_is_taken() {
        assert_eq!(with("duration", json!(2)).unwrap().duration, "2");
        assert_eq!(with("project", json!(42)).unwrap().project, "42");
        let rich = json!({"type": "rich_text", "elements": [
            {"type": "rich_text_section", "elements": [{"type": "text", "text": "A < B & C"}]}]});
        assert_eq!(with("justification", rich).unwrap().justification.as_deref(), Some("A < B & C"));
        for nothing in [
            json!(""),
            json!(" \n"),
            json!("\u{200B} \u{FEFF}"),
            json!("\u{2800}"),
            json!(null),
            json!({"type": "rich_text", "elements": []}),
        ] {
            assert_eq!(with("justification", nothing).unwrap().justification, None);
        }
        let encoded = json!("fix A &lt; B, asked by <@U0SECOND>, see <https://jira.example.com/OPS-7|OPS-7>");
        let plain = "fix A < B, asked by @U0SECOND, see OPS-7 (https://jira.example.com/OPS-7)";
        assert_eq!(with("justification", encoded).unwrap().justification.as_deref(), Some(plain));
        assert_eq!(with("project", json!("R&amp;D")).unwrap().project, "R&D");
    }

    #[test]
    fn the_same_again_has_the_same_id_and_anything_else_another() {
        let id = |field: &str, value: &str| with(field, json!(value)).unwrap().idempotency_key;
        assert_eq!(id("duration", "1h"), id("duration", "1h"));
        assert_eq!(id("user_name", "dana"), id("user_name", "Dana D."), "decoration makes no other request");
        for field in ["user_id", "project", "role", "duration", "justification"] {
            assert_ne!(id(field, "U0OTHER"), id("duration", "1h"), "{field}");
        }
    }

    #[test]
    fn what_sqs_would_refuse_is_replaced_and_everything_has_a_length() {
        assert_eq!(replace_noncharacters("a\u{FFFF}b", 9), "a\u{FFFD}b");
        let long = "é".repeat(100_000);
        for field in ["project", "role", "duration"] {
            let ask = with(field, json!(long)).unwrap();
            let chars = [&ask.project, &ask.role, &ask.duration].map(|text| text.chars().count());
            assert!(chars.contains(&TYPED_MAX_CHARS), "{field}: {chars:?}");
        }
        let reason = with("justification", json!(long)).unwrap().justification.unwrap();
        assert_eq!(reason.chars().count(), 100_000, "its length is for the person to be told");
    }
}
