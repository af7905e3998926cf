//! Whatever release 0.1 was in the middle of is finished as that release would have finished it.

use std::collections::BTreeSet;

use domain::audit::{Verified, verify};
use domain::{Job, Request, Status};
use serde_json::Value;

use super::left_behind::{Moment, moments};
use crate::stage::{DANA, OLIVIA, SAM, SESSION_ROLE, Stage};

/// After so many seconds every claim of that release's workers is over, and a sweep takes up what they left.
const STUCK_SECONDS: i64 = 300;

/// What a record may lose: what is done, and who was at work on it.
const PASSING: [&str; 4] = ["outbox", "making", "telling", "open"];

async fn take_over(story: &str) {
    for moment in moments(story) {
        let stage = moment.stage().await;
        let expected = outcome(story, &moment);
        settle_all(&stage).await;
        if stage.request().await.status == Status::Pending {
            decide(&stage).await;
        }
        let request = stage.request().await;
        if expected == Status::Expired && !request.status.is_final() {
            is_live(&stage, &request, &moment).await;
        }
        // A session that was ended early is denied until then.
        if let Some(end) = request.access.expires_at.filter(|end| *end > stage.now()) {
            stage.pass(end.seconds_since(stage.now()) + 1);
            stage.fire_schedules().await;
            settle_all(&stage).await;
        }
        is_over(&stage, expected, &moment).await;
        nothing_is_lost(&stage, &moment).await;
    }
}

/// What becomes of it in the end.
fn outcome(story: &str, moment: &Moment) -> Status {
    let (status, jobs) = (moment.request()["status"].as_str().unwrap(), moment.jobs());
    let comes = |names: &[&str]| names.iter().any(|name| jobs.contains(*name));
    match story {
        "denied" => Status::Denied,
        "lapsed" => Status::Lapsed,
        "failed" => Status::Failed,
        _ if status == "REVOKED" || comes(&["end", "end_by_operator", "undelivered"]) => Status::Revoked,
        _ => Status::Expired,
    }
}

async fn settle_all(stage: &Stage) {
    stage.settle().await;
    stage.pass(STUCK_SECONDS);
    stage.send(&Job::Sweep).await;
    let left = stage.settle().await;
    assert!(left.rejected.is_empty() && left.waiting.is_empty(), "{left:?}");
}

/// Everybody who has not agreed yet does.
async fn decide(stage: &Stage) {
    let request = stage.request().await;
    let asked = request
        .slack
        .messages
        .iter()
        .any(|posted| stage.slack.messages().iter().any(|message| message.ts == posted.message.ts));
    assert!(asked, "somebody was asked: {request:#?}");
    for who in [OLIVIA, SAM] {
        if stage.request().await.status == Status::Pending {
            stage.send(&Job::Approve(stage.click(&request.request_id, who))).await;
            stage.settle().await;
        }
    }
}

/// It has one key, which the record names and a mail carried, and a schedule that ends it.
async fn is_live(stage: &Stage, request: &Request, moment: &Moment) {
    let name = &moment.name;
    assert_eq!(request.status, Status::Active, "{name}: {request:#?}");
    assert!(request.work.outbox.is_empty() && request.is_up_to_date(), "{name}: {request:#?}");
    assert_eq!(stage.aws.schedules().await.len(), 1, "{name}");
    let key = request.access.access_key_id.clone().unwrap();
    match stage.aws.mails().pop() {
        Some(mail) => assert!(mail.text.contains(&key), "{name}: the last mail has the key that lives"),
        None => {
            assert!(moment.mails > 0, "{name}: a mail was sent");
            assert_eq!(moment.request()["access_key_id"], Value::from(key.as_str()), "{name}");
        }
    }
    let is_user = moment.request()["role"] != "PowerUser";
    let keys: Vec<String> =
        stage.aws.users().await.into_iter().flat_map(|user| user.keys).map(|key| key.id).collect();
    assert_eq!(keys, if is_user { vec![key] } else { Vec::new() }, "{name}");
}

async fn is_over(stage: &Stage, expected: Status, moment: &Moment) {
    let (request, name) = (stage.request().await, &moment.name);
    assert_eq!(request.status, expected, "{name}: {request:#?}");
    let granted = !matches!(expected, Status::Denied | Status::Lapsed);
    assert_eq!(request.access.gone_at.is_some(), granted, "{name}: {request:#?}");
    assert!(request.work.outbox.is_empty() && request.is_up_to_date(), "{name}: {request:#?}");
    assert!(stage.aws.users().await.is_empty(), "{name}: its user is gone");
    assert!(stage.aws.schedules().await.is_empty(), "{name}: and its schedule");
    assert!(stage.aws.role_policies(SESSION_ROLE).await.is_empty(), "{name}: and a denial");
    assert!(!stage.messages_to(DANA).is_empty(), "{name}: its requester was told");
    assert!(stage.aws.queues().iter().all(|queue| !queue.name.ends_with("dlq") || queue.messages.is_empty()));
}

/// What that release wrote is still there.
async fn nothing_is_lost(stage: &Stage, moment: &Moment) {
    let (name, before) = (&moment.name, moment.request());
    let records = stage.aws.table(&stage.settings().requests_table).await;
    let [now] = records.as_slice() else { panic!("{name}: one record: {records:#?}") };
    let is_lost =
        |attribute: &&String| !PASSING.contains(&attribute.as_str()) && !now.contains_key(*attribute);
    assert_eq!(before.keys().filter(is_lost).collect::<Vec<_>>(), Vec::<&String>::new(), "{name}");
    let events = |record: &serde_json::Map<String, Value>| record["history"].as_array().unwrap().clone();
    assert!(events(now).starts_with(&events(before)), "{name}: its history goes on");
    assert_eq!(verify(&stage.request().await), Verified::default(), "{name}: and is one chain");
}

#[tokio::test]
async fn a_user_whose_time_is_over() {
    take_over("user").await;
}

#[tokio::test]
async fn a_session_that_its_requester_ends() {
    take_over("session").await;
}

#[tokio::test]
async fn a_session_that_an_operator_ends() {
    take_over("by-operator").await;
}

#[tokio::test]
async fn a_user_that_two_approve_and_one_of_them_ends() {
    take_over("two-approvers").await;
}

#[tokio::test]
async fn a_user_whose_approvers_are_asked_directly() {
    take_over("direct-messages").await;
}

#[tokio::test]
async fn a_request_that_is_denied() {
    take_over("denied").await;
}

#[tokio::test]
async fn a_request_that_nobody_decided() {
    take_over("lapsed").await;
}

#[tokio::test]
async fn a_grant_that_cannot_be_made() {
    take_over("failed").await;
}

#[tokio::test]
async fn a_grant_whose_mail_did_not_arrive() {
    take_over("undelivered").await;
}

#[test]
fn every_status_and_every_job_is_among_them() {
    const STORIES: [&str; 9] = [
        "user",
        "session",
        "by-operator",
        "two-approvers",
        "direct-messages",
        "denied",
        "lapsed",
        "failed",
        "undelivered",
    ];
    let all: Vec<Moment> = STORIES.iter().flat_map(|story| moments(story)).collect();
    let statuses: BTreeSet<&str> =
        all.iter().map(|moment| moment.request()["status"].as_str().unwrap()).collect();
    // Release 0.1 let nobody claim anything, so nothing of it is ready to be claimed.
    let of_that_release = Status::ALL.iter().filter(|status| **status != Status::Ready);
    assert_eq!(statuses, of_that_release.map(|status| status.as_str()).collect());
    let jobs: BTreeSet<String> = all.iter().flat_map(Moment::jobs).collect();
    // Release 0.1 had one more, `sweep_all`, which comes once a day and is the same for every request.
    let of_that_release = [
        "approve",
        "deny",
        "end",
        "end_by_operator",
        "intake",
        "provision",
        "revoke",
        "sweep",
        "tell",
        "undelivered",
    ];
    assert_eq!(jobs, of_that_release.map(str::to_owned).into());
}
