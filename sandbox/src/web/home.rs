//! App Homes on the page, and people who leave the company.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use testkit::demo;
use testkit::slack::SlackError;
use testkit::system::System;

use super::actions::failed;

/// What somebody does on their own page, or becomes. Which of the fields count depends on what that is.
#[derive(Deserialize)]
pub(super) struct Deed {
    person: String,
    #[serde(default)]
    action_id: String,
    #[serde(default)]
    value: String,
    #[serde(default)]
    leaves: bool,
}

/// Each person's App Home, once the app has drawn it, by their id.
pub(super) fn homes(system: &System) -> Map<String, Value> {
    let home = |(id, _): &(&str, &str)| Some(((*id).to_owned(), system.slack.home(id)?.view));
    demo::TITLES.iter().filter_map(home).collect()
}

/// The user groups with their names and members.
pub(super) fn user_groups(system: &System) -> Vec<Value> {
    let named =
        |id: &str| demo::USER_GROUPS.iter().find(|(known, ..)| *known == id).map(|(_, name, _)| *name);
    let groups = system.slack.user_groups();
    groups
        .iter()
        .map(|group| json!({ "id": group.id, "name": named(&group.id), "members": group.members }))
        .collect()
}

/// Opens the app's Home tab.
pub(super) async fn open(State(system): State<Arc<System>>, Json(deed): Json<Deed>) -> Json<Value> {
    answered(system.slack.open_home(&system.ingress_url, &deed.person).await)
}

/// Clicks a button there.
pub(super) async fn click(State(system): State<Arc<System>>, Json(deed): Json<Deed>) -> Json<Value> {
    let Deed { person, action_id, value, .. } = deed;
    answered(system.slack.click_home(&system.ingress_url, &person, &action_id, &value).await)
}

/// Leaves the company, whose Slack then says so, or comes back.
pub(super) async fn leave(State(system): State<Arc<System>>, Json(deed): Json<Deed>) -> Json<Value> {
    system.slack.set_deleted(&deed.person, deed.leaves);
    answered(system.slack.tell_of_change(&system.ingress_url, &deed.person).await)
}

fn answered(answer: Result<StatusCode, SlackError>) -> Json<Value> {
    match answer {
        Ok(StatusCode::OK) => Json(json!({ "ok": true })),
        Ok(status) => failed(&format!("The app answered {status}, which Slack shows as an error.")),
        Err(SlackError::NoButton { .. }) => failed("The page has changed in the meantime."),
        Err(error) => failed(&error.to_string()),
    }
}
