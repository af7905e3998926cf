//! One account, project or record that is broken never stops a sweep from doing the rest, and hides nothing that may pass.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{Job, QueueName, Status};
use testkit::aws::{Fault, Service};
use workers::Failure;
use workers::consumer::Attempt;

use crate::stage::{OLIVIA, Stage, payments};

const FIRST: Attempt = Attempt { number: 1, max: 8 };

/// By name before every other.
async fn broken_record(stage: &Stage) {
    let item = HashMap::from([("request_id".to_owned(), AttributeValue::S("0-broken".into()))]);
    let put = aws_sdk_dynamodb::Client::new(&stage.sdk).put_item();
    put.table_name(&stage.settings().requests_table).set_item(Some(item)).send().await.unwrap();
}

async fn project_in(stage: &Stage, name: &str, role_arn: &str) {
    let mut project = payments();
    project["project"] = name.into();
    project["account_role_arn"] = role_arn.into();
    stage.put_project(project).await;
}

/// A live grant, whose end nothing but a sweep will bring.
async fn live(stage: &Stage, project: &str) {
    stage.send(&Job::Submit(stage.spec(crate::stage::DANA, project, "ReadOnly", "1h"))).await;
    stage.settle().await;
    let requests = stage.requests().await;
    let id =
        requests.iter().find(|request| request.ask.project.as_str() == project).unwrap().request_id.clone();
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    stage.settle().await;
}

fn last_success(stage: &Stage) -> Option<f64> {
    value(stage, "keylease_sweep_last_success_timestamp_seconds")
}

fn failures(stage: &Stage) -> f64 {
    value(stage, "keylease_sweep_failures_total").unwrap_or(0.0)
}

fn value(stage: &Stage, name: &str) -> Option<f64> {
    let text = stage.metrics(QueueName::Revoke).text();
    text.lines().find(|line| line.starts_with(name)).and_then(|line| line.rsplit(' ').next()?.parse().ok())
}

#[tokio::test]
async fn a_closed_account_stops_no_sweep_and_users_of_other_accounts_still_go() {
    let stage = Stage::new().await;
    // By name before and after the account that is open.
    project_in(&stage, "closed", "arn:aws:iam::000000000001:role/closed").await;
    project_in(&stage, "shut", "arn:aws:iam::999999999999:role/closed").await;
    let member = stage.member_role("member").await;
    project_in(&stage, "open", &member).await;
    live(&stage, "open").await;
    assert_eq!(stage.aws.users().await.len(), 1);
    stage.pass(3_700);
    let outcome = stage.handle(QueueName::Revoke, &Job::Sweep, FIRST).await;
    assert_eq!(outcome, Ok(()), "a later try would find the accounts closed too");
    assert!(stage.aws.users().await.is_empty());
    assert_eq!(stage.request().await.status, Status::Expired);
    assert!(failures(&stage) >= 2.0, "and it is counted");
    assert!(last_success(&stage).is_some());
}

#[tokio::test]
async fn an_account_whose_users_may_not_be_listed_is_swept_by_the_table() {
    let stage = Stage::new().await;
    let member = stage.member_role("member").await;
    project_in(&stage, "open", &member).await;
    live(&stage, "open").await;
    // It has ended, and nothing could be taken away yet.
    stage.pass(3_700);
    stage.aws.inject(|call| (call.service == Service::Iam).then_some(Fault::Deny));
    let _first = stage.handle(QueueName::Revoke, &Job::Sweep, FIRST).await;
    assert_eq!(stage.request().await.status, Status::Expired);
    assert_eq!(stage.aws.users().await.len(), 1);
    let listed =
        |call: &testkit::aws::CallInfo| call.operation == "ListUsers" && !call.caller.contains("WORKERS");
    stage.aws.inject(move |call| listed(call).then_some(Fault::Deny));
    stage.handle(QueueName::Revoke, &Job::Sweep, FIRST).await.unwrap();
    assert!(stage.aws.users().await.is_empty() && stage.request().await.access.gone_at.is_some());
}

#[tokio::test]
async fn a_sweep_assumes_the_role_of_an_account_once() {
    let stage = Stage::new().await;
    let member = stage.member_role("member").await;
    for name in ["one", "two", "three"] {
        project_in(&stage, name, &member).await;
        live(&stage, name).await;
    }
    stage.pass(3_700);
    let assumed = || stage.aws.calls().iter().filter(|call| call.operation == "AssumeRole").count();
    let before = assumed();
    stage.handle(QueueName::Revoke, &Job::Sweep, FIRST).await.unwrap();
    assert!(stage.aws.users().await.is_empty());
    assert_eq!(assumed() - before, 1);
}

#[tokio::test]
async fn a_broken_record_hides_no_failure_that_may_pass() {
    let stage = Stage::without_index().await;
    live(&stage, "payments").await;
    broken_record(&stage).await;
    stage.pass(3_700);
    stage.aws.inject(|call| (call.operation == "DeleteUser").then_some(Fault::Throttle));
    let outcome = stage.handle(QueueName::Revoke, &Job::Sweep, FIRST).await;
    assert!(matches!(outcome, Err(Failure::Retry { .. })), "{outcome:?}");
    assert_eq!(last_success(&stage), None, "what is throttled is not swept");
    stage.aws.clear_faults();
    stage.handle(QueueName::Revoke, &Job::Sweep, FIRST).await.unwrap();
    assert!(last_success(&stage).is_some(), "and a broken record is no reason to say so for ever");
}

#[tokio::test]
async fn what_cannot_be_listed_was_not_swept() {
    for (service, operation) in [(Service::Iam, "ListUsers"), (Service::DynamoDb, "Scan")] {
        let stage = Stage::without_index().await;
        stage.aws.inject(move |call| {
            (call.service == service && call.operation == operation).then_some(Fault::Deny)
        });
        let outcome = stage.handle(QueueName::Revoke, &Job::Sweep, FIRST).await;
        assert!(outcome.is_err(), "{operation}");
        assert_eq!(last_success(&stage), None, "{operation}");
    }
}

/// Each page names a next one: the sweep stops at its bound, and does not say that it saw all.
#[tokio::test]
async fn a_table_without_an_end_was_not_swept() {
    let stage = Stage::without_index().await;
    let table = stage.settings().requests_table.clone();
    let page = r#"{"Items":[],"Count":0,"ScannedCount":0,"LastEvaluatedKey":{"request_id":{"S":"r-0"}}}"#;
    stage.aws.inject(move |call| {
        let is_its = call.is(Service::DynamoDb, "Scan", &table);
        is_its.then(|| Fault::Reply { status: 200, body: page.to_owned() })
    });
    let outcome = stage.handle(QueueName::Revoke, &Job::Sweep, FIRST).await;
    assert!(
        matches!(&outcome, Err(Failure::NeedsOperator { error }) if error.contains("10000 pages")),
        "{outcome:?}"
    );
    assert_eq!(last_success(&stage), None);
}

#[tokio::test]
async fn an_account_that_does_not_answer_is_asked_once_for_what_is_left_there() {
    let stage = Stage::new().await;
    let member = stage.member_role("member").await;
    for name in ["one", "two", "three"] {
        project_in(&stage, name, &member).await;
        live(&stage, name).await;
    }
    stage.pass(3_700);
    // Their records say that they are over, and nothing could be taken away.
    let asked = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&asked);
    stage.aws.inject(move |call| {
        let of_users = call.operation.contains("User") || call.operation.contains("AccessKey");
        let is_theirs = call.service == Service::Iam && of_users && call.operation != "ListUsers";
        let listing = call.operation == "ListUsers";
        if is_theirs {
            count.fetch_add(1, Ordering::Relaxed);
        }
        (is_theirs || listing).then_some(Fault::FailBefore)
    });
    let _first = stage.handle(QueueName::Revoke, &Job::Sweep, FIRST).await;
    assert!(stage.requests().await.iter().all(|request| request.status == Status::Expired));
    asked.store(0, Ordering::Relaxed);
    let _second = stage.handle(QueueName::Revoke, &Job::Sweep, FIRST).await;
    assert_eq!(asked.load(Ordering::Relaxed), 0, "a later sweep takes it away");
    stage.aws.clear_faults();
    stage.handle(QueueName::Revoke, &Job::Sweep, FIRST).await.unwrap();
    assert!(stage.aws.users().await.is_empty());
}
