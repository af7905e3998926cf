//! Programs of two versions beside each other, as during a deploy.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::request::aws_name;
use domain::{Job, QueueName, RequestId, Status};
use serde_json::{Value, json};
use testkit::aws::Beside;
use workers::Failure;
use workers::consumer::Attempt;

use crate::stage::{APPROVALS, DANA, OLIVIA, Stage};

const FIRST: Attempt = Attempt { number: 1, max: 8 };

pub(crate) type Item = HashMap<String, AttributeValue>;
type Change = fn(&mut Item);

/// Asks and approves; the grant is live.
pub(crate) async fn live(stage: &Stage, role: &str) -> RequestId {
    stage.ask(role, "1h").await;
    let id = stage.request().await.request_id;
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    stage.settle().await;
    assert_eq!(stage.request().await.status, Status::Active);
    id
}

pub(crate) async fn raw(stage: &Stage, id: &RequestId) -> Item {
    let get = aws_sdk_dynamodb::Client::new(&stage.sdk).get_item();
    let get = get.table_name(&stage.settings().requests_table);
    let answer = get.key("request_id", AttributeValue::S(id.to_string())).consistent_read(true).send().await;
    answer.unwrap().item.unwrap()
}

/// Writes a record as a newer program might: `change` says what.
pub(crate) async fn rewrite(stage: &Stage, id: &RequestId, change: impl FnOnce(&mut Item)) -> Item {
    let mut item = raw(stage, id).await;
    change(&mut item);
    let put = aws_sdk_dynamodb::Client::new(&stage.sdk).put_item();
    let put = put.table_name(&stage.settings().requests_table);
    put.set_item(Some(item.clone())).send().await.unwrap();
    item
}

fn attribute(value: Value) -> AttributeValue {
    serde_dynamo::to_attribute_value(value).unwrap()
}

pub(crate) fn push(item: &mut Item, list: &str, value: Value) {
    let list = item.entry(list.to_owned()).or_insert_with(|| AttributeValue::L(Vec::new()));
    let AttributeValue::L(elements) = list else { panic!("not a list: {list:?}") };
    elements.push(attribute(value));
}

pub(crate) fn list<'a>(item: &'a Item, name: &str) -> &'a [AttributeValue] {
    item.get(name).map_or(&[], |list| list.as_l().unwrap())
}

#[tokio::test]
async fn what_a_newer_program_put_into_a_record_outlives_every_write_of_ours() {
    for role in ["ReadOnly", "PowerUser"] {
        let stage = Stage::new().await;
        stage.aws.let_another_version_write_beside(Beside::Newer);
        let id = live(&stage, role).await;
        stage.send(&Job::EndGrant(stage.click(&id, DANA))).await;
        stage.settle().await;
        stage.pass(3_601);
        stage.fire_schedules().await;
        stage.settle().await;
        let request = stage.request().await;
        assert!(request.status == Status::Revoked && request.access.gone_at.is_some(), "{request:#?}");
        assert_eq!(stage.aws.lost_attributes(), Vec::<String>::new(), "{role}");
        assert_eq!(domain::audit::verify(&request), domain::audit::Verified::default(), "the chain holds");

        let item = raw(&stage, &id).await;
        let newer = item["x_newer"].as_m().unwrap();
        assert_eq!(newer["number"], AttributeValue::N("12345678901234567890123456789012345678".into()));
        assert!(newer["texts"].is_ss() && newer["bytes"].is_b() && newer["nothing"].is_null());
        let inside = |value: &AttributeValue| value.as_m().unwrap().contains_key("x_newer");
        assert!(inside(&item["grant"]) && inside(&item["grant"].as_m().unwrap()["role"]));
        assert!(list(&item, "messages").iter().chain(list(&item, "history")).all(inside));
    }
}

#[tokio::test]
async fn a_program_of_the_previous_release_that_writes_beside_does_no_harm() {
    for role in ["ReadOnly", "PowerUser"] {
        let stage = Stage::new().await;
        stage.aws.let_another_version_write_beside(Beside::Previous);
        live(&stage, role).await;
        stage.pass(3_601);
        stage.fire_schedules().await;
        stage.settle().await;
        let request = stage.request().await;
        assert_eq!(request.status, Status::Expired);
        assert!(
            request.access.gone_at.is_some() && request.work.outbox.is_empty() && request.is_up_to_date(),
            "{request:#?}"
        );
        assert_eq!(domain::audit::verify(&request), domain::audit::Verified::default());
    }
}

#[tokio::test]
async fn what_a_list_has_that_we_do_not_know_stays_in_it_and_holds_nothing_up() {
    let stage = Stage::new().await;
    let id = live(&stage, "ReadOnly").await;
    let remind = json!({"job": "summarise", "request_id": id, "after": 3});
    let elsewhere =
        json!({"message": {"channel": APPROVALS, "ts": "7.7"}, "audience": {"escalation": "U0BOSS"}});
    let ready = json!({"message": {"channel": APPROVALS, "ts": "8.8"}, "audience": "channel",
                       "shows": {"status": "PREPARING", "approvals": 1, "until": 9}});
    rewrite(&stage, &id, |item| {
        push(item, "outbox", remind.clone());
        push(item, "told", json!("PREPARING"));
        push(item, "messages", elsewhere.clone());
        push(item, "messages", ready.clone());
    })
    .await;

    stage.send(&Job::EndGrant(stage.click(&id, DANA))).await;
    stage.settle().await;
    let item = raw(&stage, &id).await;
    assert_eq!(item["status"], attribute(json!("REVOKED")));
    assert!(item.contains_key("gone_at"));
    assert_eq!(list(&item, "outbox"), [attribute(remind)], "ours were sent, and what we do not know waits");
    assert_eq!(item.get("open"), Some(&attribute(json!("yes"))), "a newer sweep still finds it");
    assert!(list(&item, "told").contains(&attribute(json!("PREPARING"))));
    assert!(list(&item, "messages").contains(&attribute(elsewhere)));
    // We drew that message: what it showed before is no longer so.
    let drawn = list(&item, "messages").iter().map(|posted| posted.as_m().unwrap());
    let drawn = drawn.map(|posted| (&posted["message"], posted.get("shows"))).collect::<Vec<_>>();
    let (_, shows) =
        drawn.iter().find(|(message, _)| **message == attribute(ready["message"].clone())).unwrap();
    assert_eq!(shows, &Some(&attribute(json!({"status": "REVOKED", "approvals": 1, "gone": true}))));

    // A sweep has nothing to do for it, and does not write.
    stage.handle(QueueName::Revoke, &Job::Sweep, FIRST).await.unwrap();
    assert_eq!(raw(&stage, &id).await, item);
}

#[tokio::test]
async fn a_record_that_only_a_newer_program_can_read_is_left_to_it() {
    let strange: [(&str, Change); 4] = [
        ("status", |item| drop(item.insert("status".into(), attribute(json!("PREPARING"))))),
        ("kind", |item| {
            let role = json!({"role": {"kind": "certificate", "certificate_arn": "arn:x"}});
            item.insert("grant".into(), attribute(role));
        }),
        ("actor", |item| drop(item.insert("ended_by".into(), attribute(json!("policy:oncall"))))),
        ("event", |item| {
            let event =
                json!({"at": 1, "event": "ready", "from": "APPROVED", "to": "PREPARING", "position": 9});
            push(item, "history", event);
        }),
    ];
    for (what, change) in strange {
        let stage = Stage::new().await;
        let id = live(&stage, "ReadOnly").await;
        let before = raw(&stage, &id).await;
        let newer = rewrite(&stage, &id, change).await;
        let click = stage.click(&id, OLIVIA);
        for (queue, job) in [
            (QueueName::Notify, Job::SyncSlack { request_id: id.clone() }),
            (QueueName::Notify, Job::Deny(click.clone())),
            (QueueName::Provision, Job::Approve(click.clone())),
            (QueueName::Provision, Job::Provision { request_id: id.clone() }),
            (QueueName::Revoke, Job::EndGrant(click)),
            (QueueName::Revoke, Job::ExpireGrant { request_id: id.clone() }),
        ] {
            let outcome = stage.handle(queue, &job, FIRST).await;
            assert!(matches!(outcome, Err(Failure::Later { .. })), "{what} {}: {outcome:?}", job.name());
        }
        for sweep in [Job::Sweep, Job::SweepAll { after: None }] {
            stage.handle(QueueName::Revoke, &sweep, FIRST).await.unwrap();
        }
        assert_eq!(raw(&stage, &id).await, newer, "{what}: nothing was written");
        assert_eq!(stage.aws.users().await.len(), 1, "{what}: its user is left alone");

        // Access ends at its time whoever can read the record.
        stage.pass(3_601);
        stage.handle(QueueName::Revoke, &Job::Sweep, FIRST).await.unwrap();
        assert!(stage.aws.users().await.iter().all(|user| user.name != aws_name(&id)), "{what}");
        let outcome =
            stage.handle(QueueName::Revoke, &Job::ExpireGrant { request_id: id.clone() }, FIRST).await;
        assert!(matches!(outcome, Err(Failure::Later { .. })), "{what}: {outcome:?}");

        // And the rest is done once it can be read again.
        rewrite(&stage, &id, |item| *item = before).await;
        stage.settle().await;
        let request = stage.request().await;
        assert!(
            request.status == Status::Expired && request.access.gone_at.is_some(),
            "{what}: {request:#?}"
        );
    }
}

#[tokio::test]
async fn a_record_that_nobody_can_have_written_is_still_refused() {
    let stage = Stage::new().await;
    let id = live(&stage, "ReadOnly").await;
    for broken in ["", "active", "ACTIVE ", "<READY>"] {
        rewrite(&stage, &id, |item| drop(item.insert("status".into(), attribute(json!(broken))))).await;
        let outcome =
            stage.handle(QueueName::Notify, &Job::SyncSlack { request_id: id.clone() }, FIRST).await;
        let reason = workers::failure::REASON_RECORD;
        assert!(matches!(&outcome, Err(Failure::Reject { reason: r, .. }) if *r == reason), "{outcome:?}");
    }
}

#[tokio::test]
async fn a_job_that_a_later_change_needs_again_is_not_taken_for_one_that_was_sent() {
    let stage = Stage::new().await;
    stage.ask("ReadOnly", "1h").await;
    let id = stage.request().await.request_id;
    let tell = Job::SyncSlack { request_id: id.clone() };
    let unsent = |request: &domain::Request| request.work.outbox.contains(&tell);
    let settings = stage.settings();
    let store = aws::dynamodb::Store::new(&stage.sdk, &settings.projects_table, &settings.requests_table);
    // One worker has read the job and sends it.
    let mut first = store.request(&id).await.unwrap().unwrap();
    first.work.outbox.push(tell.clone());
    store.save(&mut first).await.unwrap();
    let sent = first.work.outbox.clone();
    // Meanwhile another changes the record, which needs the same job, and cannot send it.
    let mut second = store.request(&id).await.unwrap().unwrap();
    second.work.outbox.push(tell.clone());
    store.save(&mut second).await.unwrap();
    // The first takes out what it has sent.
    let mut again = store.request(&id).await.unwrap().unwrap();
    again.work.outbox.remove(&sent);
    store.save(&mut again).await.unwrap();
    assert!(unsent(&store.request(&id).await.unwrap().unwrap()), "the second change is not announced yet");
    stage.pass(120);
    stage.handle(QueueName::Revoke, &Job::Sweep, FIRST).await.unwrap();
    assert!(!unsent(&stage.request().await));
    assert_eq!(stage.take(QueueName::Notify).await, [tell]);
}
