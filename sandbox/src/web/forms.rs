//! What people do on the page with the app's forms: open, choose, search, submit, close.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use testkit::demo;
use testkit::system::System;

use super::actions::failed;

/// The app's global shortcut, as its manifest names it.
const SHORTCUT: &str = "request_access";

/// What somebody does with a form. Which of the fields count depends on what that is.
#[derive(Deserialize)]
pub(super) struct Form {
    #[serde(default)]
    person: String,
    #[serde(default)]
    view_id: String,
    #[serde(default)]
    field: String,
    #[serde(default)]
    value: String,
    #[serde(default)]
    values: Map<String, Value>,
}

/// The forms that each person sees, by their id.
pub(super) fn seen(system: &System) -> Map<String, Value> {
    demo::TITLES.iter().map(|(id, _)| ((*id).to_owned(), json!(system.slack.views_seen_by(id)))).collect()
}

/// Uses the app's shortcut.
pub(super) async fn open(State(system): State<Arc<System>>, Json(form): Json<Form>) -> Json<Value> {
    match system.slack.shortcut(&system.ingress_url, &form.person, SHORTCUT).await {
        Ok(status) => answered(status),
        Err(error) => failed(&error.to_string()),
    }
}

/// Chooses something in a list that the app follows.
pub(super) async fn choose(State(system): State<Arc<System>>, Json(form): Json<Form>) -> Json<Value> {
    let Form { view_id, field, value, .. } = form;
    match system.slack.choose(&system.ingress_url, &view_id, &field, &value).await {
        Ok(status) => answered(status),
        Err(error) => failed(&error.to_string()),
    }
}

/// Types into a list that is searched.
pub(super) async fn search(State(system): State<Arc<System>>, Json(form): Json<Form>) -> Json<Value> {
    let Form { view_id, field, value, .. } = form;
    match system.slack.search(&system.ingress_url, &view_id, &field, &value).await {
        Ok(found) => Json(json!({ "ok": true, "found": found })),
        Err(error) => failed(&error.to_string()),
    }
}

/// Submits a form; what is wrong with it is part of the state.
pub(super) async fn submit(State(system): State<Arc<System>>, Json(form): Json<Form>) -> Json<Value> {
    let fields = form.values.iter().filter_map(|(field, value)| Some((field.as_str(), value.as_str()?)));
    let fields: Vec<(&str, &str)> = fields.collect();
    match system.slack.submit(&system.ingress_url, &form.view_id, &fields).await {
        Ok((status, _)) => answered(status),
        Err(error) => failed(&error.to_string()),
    }
}

/// Closes a form without submitting it.
pub(super) async fn close(State(system): State<Arc<System>>, Json(form): Json<Form>) -> Json<Value> {
    system.slack.close_view(&form.view_id);
    Json(json!({ "ok": true }))
}

fn answered(status: StatusCode) -> Json<Value> {
    match status {
        StatusCode::OK => Json(json!({ "ok": true })),
        status => failed(&format!("The app answered {status}, which Slack shows as an error.")),
    }
}
