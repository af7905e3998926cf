//! The access portal on the page, and roles that people assume: access without a secret that anybody is sent.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use testkit::aws::ACCOUNT;
use testkit::demo;
use testkit::slack::Person;
use testkit::system::System;

use super::actions::failed;
use super::use_key::refused;

/// What people may do in AWS by themselves: become what a grant lets them become.
const MAY_ASSUME: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::*:role/keylease/*"}]}"#;

/// What somebody opens. Which of the fields count depends on what that is.
#[derive(Deserialize)]
pub(super) struct Opening {
    person: String,
    #[serde(default)]
    account_id: String,
    #[serde(default)]
    permission_set_arn: String,
    #[serde(default)]
    role_arn: String,
}

/// What there is in Identity Center.
pub(super) fn center(system: &System) -> Value {
    let (center, now) = (system.aws.identity_center(), system.aws.now());
    json!({
        "groups": center.groups(),
        "assignments": center.named_assignments(now),
        "sessions": center.sessions(now),
        "account_id": ACCOUNT,
    })
}

/// What each person may open, by their id.
pub(super) fn portals(system: &System) -> Map<String, Value> {
    let (center, now) = (system.aws.identity_center(), system.aws.now());
    let people = system.slack.people();
    let shown = people.iter().filter(|person| demo::TITLES.iter().any(|(id, _)| *id == person.id));
    shown
        .map(|person| {
            (person.id.clone(), json!(center.portal(person.email.as_deref().unwrap_or_default(), now)))
        })
        .collect()
}

/// The roles that account access manager opens to each person, by their id.
pub(super) fn entitled(system: &System) -> Map<String, Value> {
    let center = system.aws.identity_center();
    let people = system.slack.people().into_iter();
    people.map(|person| (person.id, json!(center.entitled(&person.email.unwrap_or_default())))).collect()
}

/// Opens a permission set from the portal.
pub(super) async fn open(State(system): State<Arc<System>>, Json(opening): Json<Opening>) -> Json<Value> {
    let Opening { person, account_id, permission_set_arn, .. } = opening;
    let Some(email) = find(&system, &person).and_then(|person| person.email) else {
        return failed("There is no such person.");
    };
    match system.aws.open_permission_set(&email, &account_id, &permission_set_arn).await {
        Some(session) => Json(json!({ "ok": true, "session": session })),
        None => failed("The portal does not show this any more."),
    }
}

/// Opens a role from account access manager's portal.
pub(super) async fn enter(State(system): State<Arc<System>>, Json(opening): Json<Opening>) -> Json<Value> {
    let Some(Person { email: Some(email), name, .. }) = find(&system, &opening.person) else {
        return failed("There is no such person.");
    };
    match system.aws.open_entitled_role(&email, &name, &opening.role_arn).await {
        Some(id) => Json(json!({ "ok": true, "access_key_id": id })),
        None => failed("The portal does not show this any more."),
    }
}

/// Assumes a role as somebody's own user in AWS.
pub(super) async fn assume(State(system): State<Arc<System>>, Json(opening): Json<Opening>) -> Json<Value> {
    let Some(Person { email: Some(email), name, .. }) = find(&system, &opening.person) else {
        return failed("There is no such person.");
    };
    let Some((key_id, secret)) = sign_in(&system, &email).await else {
        return failed("This person cannot sign in to AWS.");
    };
    let config = system.aws.sdk_config_for(&key_id, &secret, None);
    let sts = aws_sdk_sts::Client::new(&config);
    match sts.assume_role().role_arn(&opening.role_arn).role_session_name(&name).send().await {
        Ok(answer) => {
            let id = answer.credentials().map(|made| made.access_key_id().to_owned());
            Json(json!({ "ok": true, "access_key_id": id }))
        }
        Err(error) => failed(&refused(&error).1),
    }
}

fn find(system: &System, person: &str) -> Option<Person> {
    system.slack.people().into_iter().find(|known| known.id == person)
}

/// The key of somebody's own user, who has nothing to do with Keylease; it is made when it is needed first.
async fn sign_in(system: &System, email: &str) -> Option<(String, String)> {
    let known = system.aws.credentials().into_iter().find(|credential| credential.principal == email);
    if let Some(known) = known {
        return Some((known.access_key_id, known.secrets.into_iter().next()?));
    }
    let iam = aws_sdk_iam::Client::new(&system.aws.sdk_config());
    iam.create_user().user_name(email).send().await.ok()?;
    let put = iam.put_user_policy().user_name(email).policy_name("assume").policy_document(MAY_ASSUME);
    put.send().await.ok()?;
    let key = iam.create_access_key().user_name(email).send().await.ok()?.access_key?;
    Some((key.access_key_id, key.secret_access_key))
}
