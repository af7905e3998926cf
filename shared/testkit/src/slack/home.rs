//! App Homes: `views.publish`, and people who click on their own page.

use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};

use super::answer::{APP_ID, Answer, MethodError, TEAM_DOMAIN, TEAM_ID, text};
use super::contents::HomePage;
use super::people_do::SlackError;
use super::workspace::State;
use super::{EmbeddedSlack, blocks};
use crate::lock::lock;

const BLOCKS_LIMIT: usize = 100;

/// What Slack would say against this page; empty when it would take it.
pub fn problems(view: &Value) -> Vec<String> {
    let mut problems = blocks::problems_of(view.get("blocks").unwrap_or(&Value::Null), BLOCKS_LIMIT);
    if view.get("type").and_then(Value::as_str) != Some("home") {
        problems.push("unsupported type [json-pointer:/view/type]".to_owned());
    }
    for part in ["title", "submit", "close"] {
        if view.get(part).is_some() {
            problems.push(format!("a home has none [json-pointer:/view/{part}]"));
        }
    }
    problems
}

impl EmbeddedSlack {
    /// Somebody's App Home, once the app has drawn it.
    pub fn home(&self, person: &str) -> Option<HomePage> {
        lock(&self.state).homes.get(person).cloned()
    }

    /// Opens the tab; the app is told.
    pub async fn open_home(&self, ingress_base_url: &str, person: &str) -> Result<StatusCode, SlackError> {
        let channel = format!("D{}", person.get(1..).unwrap_or_default());
        let event = json!({ "type": "app_home_opened", "user": person, "channel": channel, "tab": "home",
            "event_ts": "1700000000.000100" });
        self.event(ingress_base_url, &event).await
    }

    /// Waits until `find` finds something in somebody's App Home, for at most `limit`.
    pub async fn wait_for_home<T>(
        &self,
        person: &str,
        mut find: impl FnMut(&HomePage) -> Option<T>,
        limit: Duration,
    ) -> Option<T> {
        self.until(|| self.home(person).as_ref().and_then(&mut find), limit).await
    }

    /// Clicks a button on one's own page.
    pub async fn click_home(
        &self,
        ingress_base_url: &str,
        person: &str,
        action_id: &str,
        value: &str,
    ) -> Result<StatusCode, SlackError> {
        let missing = || SlackError::NoButton { action_id: action_id.to_owned() };
        let page = self.home(person).ok_or_else(missing)?;
        let blocks = page.view.get("blocks").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let button = blocks.iter().find_map(|block| {
            let elements = block.get("elements").and_then(Value::as_array)?;
            let is_it =
                |element: &&Value| text(element, "action_id") == action_id && text(element, "value") == value;
            let mut found = elements.iter().find(is_it)?.clone();
            found.as_object_mut()?.insert("block_id".to_owned(), block.get("block_id")?.clone());
            Some(found)
        });
        let payload = json!({
            "type": "block_actions", "user": { "id": person, "username": person, "team_id": TEAM_ID },
            "team": { "id": TEAM_ID, "domain": TEAM_DOMAIN }, "api_app_id": APP_ID,
            "container": { "type": "view", "view_id": "V0HOME" }, "trigger_id": self.trigger(person),
            "view": { "id": "V0HOME", "type": "home", "callback_id": "home", "state": { "values": {} } },
            "actions": [button.ok_or_else(missing)?],
        });
        Ok(self.interact(ingress_base_url, &payload).await?.0)
    }
}

pub(super) fn publish(state: &mut State, arguments: &Value) -> Answer {
    let person = text(arguments, "user_id").to_owned();
    if state.person(&person).is_none() {
        return Err("user_not_found".into());
    }
    let view = arguments.get("view").cloned().unwrap_or_default();
    let details = problems(&view);
    if !details.is_empty() {
        return Err(MethodError { error: "invalid_arguments".to_owned(), details });
    }
    let drawn = state.homes.get(&person).map_or(0, |page| page.drawn) + 1;
    state.homes.insert(person, HomePage { view, drawn });
    Ok(json!({ "view": { "id": "V0HOME" } }))
}
