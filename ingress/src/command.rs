//! `POST /slack/commands`: `/access PROJECT ROLE DURATION [why…]`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::{Job, SlackUserId};
use serde_json::{Value, json};

use crate::Ingress;
use crate::answer::Refused;
use crate::ask::{Typed, ask};
use crate::raw::Raw;

/// Handles the route. The answer is shown to the person alone.
pub(crate) async fn command(State(ingress): State<Arc<Ingress>>, raw: Raw) -> Result<Json<Value>, Refused> {
    ingress.keys.check_slack(&raw)?;
    let user_id = raw.form_field("user_id").and_then(|id| SlackUserId::parse(&id).ok());
    let user_id =
        user_id.ok_or_else(|| Refused::Malformed("`user_id` is missing or malformed".to_owned()))?;
    let Some((typed, why)) = parse(&raw.form_field("text").unwrap_or_default()) else {
        return Ok(only_you(
            "Write the project, the role and how long: `payments ReadOnly 2h looking into a bug`.",
        ));
    };
    let user_name = raw.form_field("user_name").unwrap_or_default();
    ingress.enqueue.send(&Job::Intake(ask(user_id, &user_name, &typed, why.as_deref())), raw.arrived).await?;
    Ok(only_you("Got it. I will message you."))
}

/// Three words, and why: everything after them, as it was typed.
fn parse(text: &str) -> Option<(Typed, Option<String>)> {
    let (project, rest) = word(text)?;
    let (role, rest) = word(rest)?;
    let (duration, rest) = word(rest)?;
    let why = rest.trim_start();
    let typed = Typed { project: project.to_owned(), role: role.to_owned(), duration: duration.to_owned() };
    Some((typed, (!why.is_empty()).then(|| why.to_owned())))
}

/// The first word, and what follows it.
fn word(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

fn only_you(text: &str) -> Json<Value> {
    Json(json!({ "response_type": "ephemeral", "text": text }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_words_and_a_reason() {
        let (typed, why) = parse("  payments ReadOnly 2h looking into a bug").unwrap();
        assert_eq!(
            (typed.project.as_str(), typed.role.as_str(), typed.duration.as_str()),
            ("payments", "ReadOnly", "2h")
        );
        assert_eq!(why.as_deref(), Some("looking into a bug"));
        let (_, why) = parse("payments ReadOnly 2h  see:\n  - one\n  - two").unwrap();
        assert_eq!(why.as_deref(), Some("see:\n  - one\n  - two"), "what was typed is kept whole");
        assert!(parse("payments ReadOnly").is_none());
        assert!(parse("payments ReadOnly 2h ").unwrap().1.is_none());
    }
}
