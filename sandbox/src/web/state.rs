//! Everything that the sandbox holds, as one JSON document.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::{Map, Value, json};

use super::{clock, forms, home, portal, use_key};
use domain::Status;
use domain::holding::KEY_PREFIX;
use testkit::aws::Mail;
use testkit::demo;
use testkit::system::System;

/// The state, and a version that changes with it.
pub(super) async fn read(system: &System) -> (String, Value) {
    let aws = &system.aws;
    let projects = aws.table(&system.variable("DYNAMODB_TABLE_PROJECTS")).await;
    let requests = requests(aws.table(&system.variable("DYNAMODB_TABLE_REQUESTS")).await);
    let moments = clock::moments(&requests, &projects, system.pending_ttl, service::clock::now());
    let state = json!({
        "start_id": system.start_id,
        "clock": { "moved_seconds": service::clock::moved_seconds(), "moments": moments },
        "people": people(system),
        "channels": system.slack.channels(),
        "catalogue": catalogue(&projects),
        "views": views(system),
        "forms": forms::seen(system),
        "homes": home::homes(system),
        "user_groups": home::user_groups(system),
        "identity_center": portal::center(system),
        "portals": portal::portals(system),
        "entitled": portal::entitled(system),
        "mails": aws.mails().iter().map(mail).collect::<Vec<_>>(),
        "requests": requests,
        // People's own users have nothing to do with grants.
        "users": aws.users().await.into_iter().filter(|user| user.path != "/").collect::<Vec<_>>(),
        "roles": aws.grant_roles().await,
        "sessions": aws.sessions().await,
        "schedules": aws.schedules().await,
        "queues": aws.queues(),
        "actions": use_key::choices(),
    });
    let mut hasher = DefaultHasher::new();
    state.to_string().hash(&mut hasher);
    let version = format!("{:016x}", hasher.finish());
    let mut state = state;
    if let Some(state) = state.as_object_mut() {
        state.insert("version".to_owned(), version.clone().into());
    }
    (version, state)
}

fn people(system: &System) -> Vec<Value> {
    let people = system.slack.people();
    let shown = demo::TITLES.iter().filter_map(|(id, title)| {
        let person = people.iter().find(|person| person.id == *id)?;
        let mut person = serde_json::to_value(person).ok()?;
        person.as_object_mut()?.insert("title".to_owned(), (*title).into());
        Some(person)
    });
    shown.collect()
}

/// What each person sees in Slack, by their id.
fn views(system: &System) -> Map<String, Value> {
    let views =
        demo::TITLES.iter().map(|(id, _)| ((*id).to_owned(), json!(system.slack.messages_seen_by(id))));
    views.collect()
}

/// The projects with the names of their roles, as the request form offers them.
fn catalogue(projects: &[Map<String, Value>]) -> Vec<Value> {
    let mut projects: Vec<Value> = projects
        .iter()
        .map(|project| {
            let roles = project.get("roles").and_then(Value::as_object);
            let roles = roles.into_iter().flatten().map(|(name, role)| {
                json!({ "name": name, "kind": role.get("kind"), "max_duration": role.get("max_duration") })
            });
            json!({ "project": project.get("project"), "roles": roles.collect::<Vec<_>>() })
        })
        .collect();
    projects.sort_by_key(|project| project.get("project").map(Value::to_string));
    projects
}

/// Requests in a fixed order, so that the same state has the same version, each with the phase of its status: the page
/// goes by that.
fn requests(mut requests: Vec<Map<String, Value>>) -> Vec<Map<String, Value>> {
    // What several grants hold at once in Identity Center is in the same table, and no request.
    let id = |item: &Map<String, Value>| item.get("request_id").and_then(Value::as_str).map(str::to_owned);
    requests.retain(|item| id(item).is_some_and(|id| !id.starts_with(KEY_PREFIX)));
    for request in &mut requests {
        let status =
            request.get("status").cloned().and_then(|name| serde_json::from_value::<Status>(name).ok());
        request.insert("phase".to_owned(), json!(status.map(Status::phase)));
    }
    requests.sort_by_key(|request| request.get("request_id").map(Value::to_string));
    requests
}

fn mail(mail: &Mail) -> Value {
    let key = use_key::credentials(&mail.text).map(|credentials| credentials.access_key_id);
    let mut value = json!(mail);
    if let Some(value) = value.as_object_mut() {
        value.insert("access_key_id".to_owned(), json!(key));
    }
    value
}
