//! Messages about very many people stay whole: some are named, the others counted, and nothing is cut in the middle.

use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

use domain::{Job, Status};
use serde_json::{Value, json};
use testkit::aws::Service;

use crate::stage::{APPROVALS, DANA, OLIVIA, STRANGER, Stage, payments, person};

const LONG: &str = "Payments & Settlements <Europe> of the Very Large Organisation 1";

/// 200 approvers with the longest ids that there are, and the longest names.
async fn crowd(channel: bool) -> Stage {
    let stage = Stage::new().await;
    let mut project = payments();
    let role = project["roles"]["ReadOnly"].clone();
    project["project"] = LONG.into();
    project["roles"] = json!({ LONG: role });
    let approvers: Vec<String> = (0..200).map(|number| format!("U0{number:0>30}")).collect();
    for approver in &approvers {
        stage.slack.add_person(person(approver));
    }
    project["approver_slack_ids"] = json!(approvers);
    if !channel {
        project.as_object_mut().unwrap().remove("channel");
    }
    stage.put_project(project).await;
    stage
}

async fn ask(stage: &Stage) {
    assert_eq!(LONG.chars().count(), 64);
    stage.send(&Job::Submit(stage.spec(DANA, LONG, LONG, "1h"))).await;
    let left = stage.settle().await;
    assert!(left.rejected.is_empty(), "{left:?}");
    assert_eq!(stage.request().await.status, Status::Pending);
}

/// Every mention, and every escaped character, is whole.
fn is_whole(text: &str) {
    assert!(!text.contains('…'), "cut: {text}");
    for (open, _) in text.match_indices('<') {
        assert!(text[open..].contains('>'), "a mention is cut: {text}");
    }
    for (entity, _) in text.match_indices('&') {
        let rest = &text[entity..];
        assert!(["&amp;", "&lt;", "&gt;"].iter().any(|whole| rest.starts_with(whole)), "cut: {rest}");
    }
}

fn texts(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) => into.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| texts(item, into)),
        Value::Object(fields) => fields.values().for_each(|field| texts(field, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn all_whole(stage: &Stage) {
    for message in stage.slack.messages() {
        is_whole(&message.text);
        let mut parts = Vec::new();
        texts(&message.blocks, &mut parts);
        for part in parts {
            is_whole(&part);
        }
    }
}

#[tokio::test]
async fn two_hundred_approvers_in_a_channel() {
    let stage = crowd(true).await;
    ask(&stage).await;
    let told = stage.messages_to(DANA);
    assert!(told[0].contains(" or 190 others to approve"), "{told:?}");
    let asked = stage.approval_message().unwrap();
    assert!(asked.blocks.to_string().contains(" or 190 others can decide"), "{}", asked.blocks);
    let id = stage.request().await.request_id;
    stage.send(&Job::Approve(stage.click(&id, STRANGER))).await;
    stage.settle().await;
    assert!(
        stage.messages_to(STRANGER)[0].contains(" or 190 others can"),
        "{:?}",
        stage.messages_to(STRANGER)
    );
    all_whole(&stage);
}

#[tokio::test]
async fn direct_messages_are_bounded_and_only_those_who_were_asked_are_named() {
    let stage = crowd(false).await;
    ask(&stage).await;
    let recipients: Vec<String> =
        stage.slack.messages().into_iter().filter_map(|m| m.recipient).filter(|to| to != DANA).collect();
    assert_eq!(recipients.len(), 20, "one message each to so many");
    let told = stage.messages_to(DANA);
    assert!(told[0].contains(" or 10 others to approve"), "20 were asked: {told:?}");
    assert_eq!(stage.request().await.slack.messages.len(), 20);
    all_whole(&stage);
}

#[tokio::test]
async fn a_worker_that_loses_its_claim_stops_writing_to_people() {
    let stage = crowd(false).await;
    stage.send(&Job::Submit(stage.spec(DANA, LONG, LONG, "1h"))).await;
    let attempt = workers::consumer::Attempt { number: 1, max: 8 };
    let [intake] = stage.take(domain::QueueName::Notify).await.try_into().unwrap();
    stage.handle(domain::QueueName::Notify, &intake, attempt).await.unwrap();
    let tell = Job::SyncSlack { request_id: stage.request().await.request_id };
    let now = || stage.handle(domain::QueueName::Notify, &tell, attempt);
    let _outcomes = tokio::join!(now(), now(), now());
    stage.settle().await;
    let mut recipients: Vec<String> =
        stage.slack.messages().into_iter().filter_map(|m| m.recipient).collect();
    recipients.sort();
    let count = recipients.len();
    recipients.dedup();
    assert_eq!(recipients.len(), count, "nobody is written to twice");
    assert_eq!(count, 21);
}

/// Each call takes so long that the claim is over before everybody is asked: another worker may be at it by then.
#[tokio::test]
async fn a_worker_whose_claim_runs_out_stops_writing_and_goes_on_with_another() {
    let stage = crowd(false).await;
    stage.send(&Job::Submit(stage.spec(DANA, LONG, LONG, "1h"))).await;
    let attempt = workers::consumer::Attempt { number: 1, max: 8 };
    let [intake] = stage.take(domain::QueueName::Notify).await.try_into().unwrap();
    stage.handle(domain::QueueName::Notify, &intake, attempt).await.unwrap();
    let clock = stage.clock();
    stage.aws.inject(move |call| {
        if call.service == Service::DynamoDb && call.operation == "PutItem" {
            let mut slow = pin!(clock.sleep(Duration::from_secs(4)));
            let _passed = slow.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        }
        None
    });
    let tell = Job::SyncSlack { request_id: stage.request().await.request_id };
    let outcome = stage.handle(domain::QueueName::Notify, &tell, attempt).await;
    assert!(matches!(outcome, Err(workers::Failure::Later { .. })), "{outcome:?}");
    let asked = stage.slack.messages().len();
    assert!((1..10).contains(&asked), "{asked} were written to within one claim");
    stage.aws.clear_faults();
    stage.settle().await;
    let mut recipients: Vec<String> =
        stage.slack.messages().into_iter().filter_map(|m| m.recipient).collect();
    recipients.sort();
    recipients.dedup();
    assert_eq!((recipients.len(), stage.slack.messages().len()), (21, 21), "each once");
}

#[tokio::test]
async fn a_list_of_very_many_names_stays_whole() {
    let stage = Stage::new().await;
    for number in 0..60 {
        let mut project = payments();
        project["project"] = format!("{number:0>3} & {}", "x".repeat(58)).into();
        stage.put_project(project).await;
    }
    stage.send(&Job::Submit(stage.spec(DANA, "nowhere", "ReadOnly", "1h"))).await;
    stage.settle().await;
    assert!(stage.messages_to(DANA)[0].contains(" others."), "{:?}", stage.messages_to(DANA));
    all_whole(&stage);
    assert!(stage.slack.messages().iter().all(|m| m.channel != APPROVALS));
    assert!(stage.messages_to(OLIVIA).is_empty());
}
