//! What people do with forms: open, choose, search, submit, close.

use std::time::Duration;

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::answer::{APP_ID, TEAM_DOMAIN, TEAM_ID};
use super::contents::View;
use super::people_do::SlackError;
use super::views::view_json;
use super::{EmbeddedSlack, form};
use crate::lock::lock;

const FORM: &str = "application/x-www-form-urlencoded";

impl EmbeddedSlack {
    /// The forms that somebody sees, oldest first.
    pub fn views_seen_by(&self, person: &str) -> Vec<View> {
        lock(&self.state).views.iter().filter(|view| view.is_open && view.person == person).cloned().collect()
    }

    /// A form, also one that is closed.
    pub fn view(&self, id: &str) -> Option<View> {
        lock(&self.state).views.iter().find(|view| view.id == id).cloned()
    }

    /// Waits until somebody sees a form that `find` finds something in, for at most `limit`.
    pub async fn wait_for_view<T>(
        &self,
        person: &str,
        mut find: impl FnMut(&View) -> Option<T>,
        limit: Duration,
    ) -> Option<T> {
        self.until(|| self.views_seen_by(person).iter().rev().find_map(&mut find), limit).await
    }

    /// Opens a form as the app does when this person has just done something.
    ///
    /// # Errors
    /// What Slack would say against the form.
    pub fn open_view(&self, person: &str, view: &Value) -> Result<View, Vec<String>> {
        let trigger_id = lock(&self.state).issue_trigger(person);
        let opened = self.perform("views.open", &json!({ "trigger_id": trigger_id, "view": view }));
        let opened = opened.map_err(|failed| [vec![failed.error], failed.details].concat())?;
        let id = opened.pointer("/view/id").and_then(Value::as_str).unwrap_or_default();
        self.view(id).ok_or_else(Vec::new)
    }

    /// What lets the app open a form for this person, for a test that sends a payload of its own.
    #[must_use]
    pub fn trigger(&self, person: &str) -> String {
        lock(&self.state).issue_trigger(person)
    }

    /// Uses the app's global shortcut.
    pub async fn shortcut(
        &self,
        ingress_base_url: &str,
        person: &str,
        callback_id: &str,
    ) -> Result<StatusCode, SlackError> {
        let trigger_id = lock(&self.state).issue_trigger(person);
        let payload = json!({
            "type": "shortcut", "callback_id": callback_id, "trigger_id": trigger_id, "user": user(person),
            "team": null, "action_ts": "1700000000.000100", "token": "not-used", "is_enterprise_install": false,
        });
        Ok(self.interact(ingress_base_url, &payload).await?.0)
    }

    /// Types a slash command; the answer is the status and what is shown to the person alone.
    pub async fn command(
        &self,
        ingress_base_url: &str,
        person: &str,
        words: &str,
    ) -> Result<(StatusCode, String), SlackError> {
        let trigger_id = lock(&self.state).issue_trigger(person);
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("command", "/access")
            .append_pair("text", words)
            .append_pair("user_id", person)
            .append_pair("user_name", &person.to_lowercase())
            .append_pair("trigger_id", &trigger_id)
            .finish();
        self.send_signed(&format!("{ingress_base_url}/slack/commands"), FORM, body).await
    }

    /// Chooses something in a form that sends each choice at once.
    pub async fn choose(
        &self,
        ingress_base_url: &str,
        view_id: &str,
        field: &str,
        value: &str,
    ) -> Result<StatusCode, SlackError> {
        let view = self.seen_view(view_id)?;
        let trigger_id = lock(&self.state).issue_trigger(&view.person);
        let entered = entered(&view, &[(field, value)])?;
        let mut action = entered.pointer(&format!("/{field}/{field}")).cloned().unwrap_or_default();
        if let Some(action) = action.as_object_mut() {
            action.insert("action_id".to_owned(), field.into());
            action.insert("block_id".to_owned(), field.into());
            action.insert("action_ts".to_owned(), "1700000000.000100".into());
        }
        let payload = json!({
            "type": "block_actions", "user": user(&view.person), "team": team(), "api_app_id": APP_ID,
            "container": { "type": "view", "view_id": view.id }, "trigger_id": trigger_id,
            "view": with_state(&view, &entered), "actions": [action],
        });
        Ok(self.interact(ingress_base_url, &payload).await?.0)
    }

    /// Types into a list that is searched; the values of the options that the app offers.
    pub async fn search(
        &self,
        ingress_base_url: &str,
        view_id: &str,
        field: &str,
        typed: &str,
    ) -> Result<Vec<String>, SlackError> {
        let view = self.seen_view(view_id)?;
        let payload = json!({
            "type": "block_suggestion", "user": user(&view.person), "team": team(), "api_app_id": APP_ID,
            "container": { "type": "view", "view_id": view.id }, "action_id": field, "block_id": field,
            "value": typed, "view": with_state(&view, &json!({})),
        });
        let (_, answer) = self.interact(ingress_base_url, &payload).await?;
        let answer: Value = serde_json::from_str(&answer).unwrap_or_default();
        let options = answer.get("options").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        Ok(options.iter().filter_map(|option| option.get("value")?.as_str().map(str::to_owned)).collect())
    }

    /// Submits a form with this filled in, and all else as it stood. Closes it when the app says nothing against it.
    pub async fn submit(
        &self,
        ingress_base_url: &str,
        view_id: &str,
        fields: &[(&str, &str)],
    ) -> Result<(StatusCode, Value), SlackError> {
        let view = self.seen_view(view_id)?;
        let payload = self.submission(&view, fields)?;
        let (status, answer) = self.interact(ingress_base_url, &payload).await?;
        let answer: Value = serde_json::from_str(&answer).unwrap_or_default();
        let mut state = lock(&self.state);
        if let Some(shown) = state.views.iter_mut().find(|known| known.id == view_id) {
            shown.is_open = status != StatusCode::OK || !answer.is_null();
            shown.errors = answer.get("errors").cloned().unwrap_or_default();
        }
        drop(state);
        self.note_change();
        Ok((status, answer))
    }

    /// The payload of a submission, for a test that changes it before it sends it.
    pub fn submission(&self, view: &View, fields: &[(&str, &str)]) -> Result<Value, SlackError> {
        let trigger_id = lock(&self.state).issue_trigger(&view.person);
        Ok(json!({
            "type": "view_submission", "user": user(&view.person), "team": team(), "api_app_id": APP_ID,
            "token": "not-used", "trigger_id": trigger_id, "response_urls": [], "is_enterprise_install": false,
            "enterprise": null, "view": with_state(view, &entered(view, fields)?),
        }))
    }

    /// Closes a form; the app is told where it asked for that.
    pub fn close_view(&self, view_id: &str) {
        let mut state = lock(&self.state);
        if let Some(view) = state.views.iter_mut().find(|view| view.id == view_id) {
            view.is_open = false;
        }
    }

    /// Posts a signed interaction, as Slack does.
    pub async fn interact(
        &self,
        ingress_base_url: &str,
        payload: &Value,
    ) -> Result<(StatusCode, String), SlackError> {
        self.send_signed(&format!("{ingress_base_url}/slack/interactions"), FORM, form(payload)).await
    }

    fn seen_view(&self, id: &str) -> Result<View, SlackError> {
        self.view(id).filter(|view| view.is_open).ok_or_else(|| SlackError::NoView { id: id.to_owned() })
    }
}

/// What stands in the form's fields, as Slack sends it: what was filled in, and what was chosen from the beginning.
fn entered(view: &View, fields: &[(&str, &str)]) -> Result<Value, SlackError> {
    let blocks = view.view.get("blocks").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let mut values = Map::new();
    for block in blocks {
        let (Some(id), Some(element)) = (block.get("block_id").and_then(Value::as_str), block.get("element"))
        else {
            continue;
        };
        let filled_in = fields.iter().find(|(field, _)| *field == id).map(|(_, value)| *value);
        let kind = element.get("type").cloned().unwrap_or_default();
        let value = if kind == "plain_text_input" {
            let initial = element.get("initial_value").cloned().unwrap_or_default();
            json!({ "type": kind, "value": filled_in.map_or(initial, Value::from) })
        } else {
            let option = match filled_in {
                Some(value) => option(element, &kind, value)
                    .ok_or_else(|| SlackError::NoOption { field: id.to_owned(), value: value.to_owned() })?,
                None => element.get("initial_option").cloned().unwrap_or_default(),
            };
            json!({ "type": kind, "selected_option": option })
        };
        values.insert(id.to_owned(), json!({ id: value }));
    }
    let unknown = fields.iter().find(|(field, _)| !values.contains_key(*field));
    match unknown {
        Some((field, value)) => {
            Err(SlackError::NoOption { field: (*field).to_owned(), value: (*value).to_owned() })
        }
        None => Ok(Value::Object(values)),
    }
}

/// An option of a list. One that is searched has those that the app offers, which are not known here.
fn option(element: &Value, kind: &Value, value: &str) -> Option<Value> {
    if kind == "external_select" {
        return Some(json!({ "text": { "type": "plain_text", "text": value }, "value": value }));
    }
    let options = element.get("options")?.as_array()?;
    options.iter().find(|option| option.get("value").is_some_and(|known| known == value)).cloned()
}

fn with_state(view: &View, values: &Value) -> Value {
    let mut json = view_json(view);
    if let Some(fields) = json.as_object_mut() {
        fields.insert("state".to_owned(), json!({ "values": values }));
    }
    json
}

fn user(person: &str) -> Value {
    let name = person.to_lowercase();
    json!({ "id": person, "username": name, "name": name, "team_id": TEAM_ID })
}

fn team() -> Value {
    json!({ "id": TEAM_ID, "domain": TEAM_DOMAIN })
}
