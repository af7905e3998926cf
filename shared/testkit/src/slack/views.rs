//! Forms: `views.open` and `views.update`, with Slack's rules on triggers, hashes and sizes.

use serde_json::{Value, json};

use super::answer::{APP_ID, Answer, MethodError, TEAM_ID, text};
use super::contents::{Trigger, View};
use super::view_rules;
use super::workspace::State;

/// A trigger opens one form, so many milliseconds after what it comes from.
const TRIGGER_LIFE_MS: i64 = 3_000;
/// The newest triggers and forms that are kept.
const KEPT_LIMIT: usize = 1_000;

impl State {
    /// A new trigger for what this person just did.
    pub(super) fn issue_trigger(&mut self, person: &str) -> String {
        let now = self.now();
        let id = format!("{}.{TEAM_ID}", self.next_ts());
        let surplus = (self.triggers.len() + 1).saturating_sub(KEPT_LIMIT);
        self.triggers.drain(..surplus);
        self.triggers.push(Trigger {
            id: id.clone(),
            person: person.to_owned(),
            issued_at_ms: now.as_millisecond(),
            is_used: false,
        });
        id
    }
}

pub(super) fn open(state: &mut State, arguments: &Value) -> Answer {
    let now = state.now();
    let id = text(arguments, "trigger_id");
    let trigger = state.triggers.iter_mut().find(|trigger| trigger.id == id).ok_or("invalid_trigger_id")?;
    if trigger.is_used {
        return Err("exchanged_trigger_id".into());
    }
    if now.as_millisecond() - trigger.issued_at_ms > TRIGGER_LIFE_MS {
        return Err("expired_trigger_id".into());
    }
    let view = checked(arguments)?;
    trigger.is_used = true;
    let person = trigger.person.clone();
    let ts = state.next_ts();
    let id = format!("V0{}", ts.replace('.', ""));
    let opened = View { id, person, hash: ts, updates: 0, is_open: true, view, errors: Value::Null };
    let answer = json!({ "view": view_json(&opened) });
    let surplus = (state.views.len() + 1).saturating_sub(KEPT_LIMIT);
    state.views.drain(..surplus);
    state.views.push(opened);
    Ok(answer)
}

pub(super) fn update(state: &mut State, arguments: &Value) -> Answer {
    let next_hash = state.next_ts();
    let id = text(arguments, "view_id");
    let found = state.views.iter_mut().find(|view| view.id == id && view.is_open);
    let open = found.ok_or("not_found")?;
    let hash = text(arguments, "hash");
    if !hash.is_empty() && hash != open.hash {
        return Err("hash_conflict".into());
    }
    open.view = checked(arguments)?;
    open.hash = next_hash;
    open.updates += 1;
    open.errors = Value::Null;
    Ok(json!({ "view": view_json(open) }))
}

/// The form, when Slack would take it.
fn checked(arguments: &Value) -> Result<Value, MethodError> {
    let view = arguments.get("view").cloned().unwrap_or_default();
    let details = view_rules::problems(&view);
    if details.is_empty() {
        Ok(view)
    } else {
        Err(MethodError { error: "invalid_arguments".to_owned(), details })
    }
}

/// A form as Slack writes it in answers and payloads, without what was filled in.
pub(super) fn view_json(view: &View) -> Value {
    let mut json = view.view.clone();
    if let Some(fields) = json.as_object_mut() {
        fields.insert("id".to_owned(), view.id.clone().into());
        fields.insert("team_id".to_owned(), TEAM_ID.into());
        fields.insert("hash".to_owned(), view.hash.clone().into());
        fields.insert("root_view_id".to_owned(), view.id.clone().into());
        fields.insert("previous_view_id".to_owned(), Value::Null);
        fields.insert("app_id".to_owned(), APP_ID.into());
        fields.insert("state".to_owned(), json!({ "values": {} }));
    }
    json
}
