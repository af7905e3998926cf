//! Sweeps by the index, and the look at the whole table for what the index does not have.

use std::collections::HashMap;
use std::time::Duration;

use aws::dynamodb::OPEN_ATTRIBUTE;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{Job, QueueName, Request, Status};
use serde_json::json;
use testkit::aws::Fault;
use workers::consumer::Attempt;
use workers::{Failure, Slice};

use crate::stage::{OLIVIA, Stage};

const FIRST: Attempt = Attempt { number: 1, max: 8 };
const WHOLE: Job = Job::SweepAll { after: None };

/// A record that was put there by hand, or by a version that knew no mark.
async fn put_unmarked(stage: &Stage, id: &str, created_at: i64) {
    let record = json!({ "request_id": id, "status": "PENDING", "project": "payments", "role": "ReadOnly",
        "duration_seconds": 3_600, "requester_slack_id": "U0DANA", "created_at": created_at });
    let item = serde_dynamo::to_item(record).unwrap();
    let put = aws_sdk_dynamodb::Client::new(&stage.sdk).put_item();
    put.table_name(&stage.settings().requests_table).set_item(Some(item)).send().await.unwrap();
}

async fn items(stage: &Stage) -> HashMap<String, HashMap<String, AttributeValue>> {
    let scan = aws_sdk_dynamodb::Client::new(&stage.sdk).scan().table_name(&stage.settings().requests_table);
    let items = scan.limit(1_000).send().await.unwrap().items.unwrap();
    items.into_iter().map(|item| (item["request_id"].as_s().unwrap().clone(), item)).collect()
}

/// The ids of the records that bear the mark.
async fn marked(stage: &Stage) -> Vec<String> {
    let bears = |item: &HashMap<String, AttributeValue>| item.contains_key(OPEN_ATTRIBUTE);
    let mut ids: Vec<String> =
        items(stage).await.into_iter().filter(|(_, item)| bears(item)).map(|(id, _)| id).collect();
    ids.sort();
    ids
}

/// The calls of an operation of DynamoDB's since the last count.
fn calls(stage: &Stage, operation: &str) -> usize {
    stage.aws.calls().iter().filter(|call| call.operation == operation).count()
}

async fn status(stage: &Stage, id: &str) -> Status {
    let mut item = items(stage).await.remove(id).unwrap();
    serde_dynamo::from_item::<_, Request>(std::mem::take(&mut item)).unwrap().status
}

#[tokio::test]
async fn a_request_bears_the_mark_until_all_of_it_is_done() {
    let stage = Stage::new().await;
    stage.ask("ReadOnly", "1h").await;
    let id = stage.request().await.request_id;
    assert_eq!(marked(&stage).await, [id.as_str()], "it is pending");
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    stage.settle().await;
    assert_eq!(marked(&stage).await, [id.as_str()], "it is live");
    stage.pass(3_600);
    stage.fire_schedules().await;
    stage.settle().await;
    assert!(stage.request().await.is_settled());
    assert!(marked(&stage).await.is_empty());
}

#[tokio::test]
async fn a_sweep_reads_what_is_open_and_not_the_table() {
    let stage = Stage::new().await;
    stage.ask("ReadOnly", "1h").await;
    stage.pass(24 * 3_600);
    // An index of more than one page.
    for number in 0..230 {
        put_unmarked(&stage, &format!("open{number:03}"), stage.now().0).await;
    }
    stage.handle(QueueName::Revoke, &WHOLE, FIRST).await.unwrap();
    assert_eq!(marked(&stage).await.len(), 231, "nobody was told yet that the one that was asked has lapsed");
    stage.settle().await;
    assert_eq!(marked(&stage).await.len(), 230, "now it is settled, and Slack says so");
    stage.pass(24 * 3_600);
    let scans = calls(&stage, "Scan");
    stage.handle(QueueName::Revoke, &Job::Sweep, FIRST).await.unwrap();
    // Both are of the projects: for the accounts to look into, and for the roles that sessions are denied on.
    assert_eq!(calls(&stage, "Scan") - scans, 2);
    assert_eq!(status(&stage, "open229").await, Status::Lapsed, "the last page was read");
    assert_eq!(status(&stage, "open000").await, Status::Lapsed);
}

#[tokio::test]
async fn a_record_without_a_mark_is_found_by_the_look_at_the_whole_table_and_by_sweeps_from_then_on() {
    let stage = Stage::new().await;
    put_unmarked(&stage, "byhand", stage.now().0).await;
    stage.handle(QueueName::Revoke, &WHOLE, FIRST).await.unwrap();
    assert_eq!(marked(&stage).await, ["byhand"], "nothing is overdue, and it is found from now on");
    stage.pass(24 * 3_600);
    stage.handle(QueueName::Revoke, &Job::Sweep, FIRST).await.unwrap();
    assert_eq!(status(&stage, "byhand").await, Status::Lapsed);
}

#[tokio::test]
async fn without_an_index_a_sweep_reads_the_whole_table() {
    let stage = Stage::without_index().await;
    put_unmarked(&stage, "byhand", stage.now().0 - 24 * 3_600).await;
    stage.handle(QueueName::Revoke, &Job::Sweep, FIRST).await.unwrap();
    assert_eq!(status(&stage, "byhand").await, Status::Lapsed);
    assert_eq!(calls(&stage, "Query"), 0);
}

#[tokio::test]
async fn an_index_that_cannot_be_read_hides_nothing() {
    let stage = Stage::new().await;
    put_unmarked(&stage, "byhand", stage.now().0 - 24 * 3_600).await;
    stage.aws.inject(|call| (call.operation == "Query").then_some(Fault::Deny));
    stage.handle(QueueName::Revoke, &Job::Sweep, FIRST).await.unwrap();
    assert_eq!(status(&stage, "byhand").await, Status::Lapsed);
    // What may pass is tried again instead.
    stage.aws.inject(|call| (call.operation == "Query").then_some(Fault::FailBefore));
    let outcome = stage.handle(QueueName::Revoke, &Job::Sweep, FIRST).await;
    assert!(matches!(outcome, Err(Failure::Retry { .. })), "{outcome:?}");
}

#[tokio::test]
async fn an_index_that_is_behind_does_no_harm() {
    let stage = Stage::new().await;
    stage.ask("ReadOnly", "1h").await;
    let id = stage.request().await.request_id;
    stage.send(&Job::Deny(stage.click(&id, OLIVIA))).await;
    stage.settle().await;
    let settled = stage.request().await;
    // The index still has what is settled since the newest write: it is read again, and left alone.
    stage.aws.let_indexes_lag();
    let mut open = settled.clone();
    open.work.outbox.push(Job::SyncSlack { request_id: id.clone() });
    let store = aws::dynamodb::Store::new(
        &stage.sdk,
        &stage.settings().projects_table,
        &stage.settings().requests_table,
    );
    store.save(&mut open).await.unwrap();
    open.work.outbox.clear();
    store.save(&mut open).await.unwrap();
    let index = &stage.aws.variables()["DYNAMODB_INDEX_OPEN"];
    stage.handle(QueueName::Revoke, &Job::Sweep, FIRST).await.unwrap();
    assert_eq!(stage.request().await.version, open.version, "nothing was written");
    assert!(store.open_page(index, None).await.unwrap().ids.is_empty(), "by now it is up to date");
    // And one that was opened by the newest write is found by the next sweep.
    stage.pass(48 * 3_600);
    open.work.outbox.push(Job::SyncSlack { request_id: id.clone() });
    store.save(&mut open).await.unwrap();
    stage.handle(QueueName::Revoke, &Job::Sweep, FIRST).await.unwrap();
    assert!(!stage.request().await.work.outbox.is_empty(), "the index did not have it yet");
    stage.handle(QueueName::Revoke, &Job::Sweep, FIRST).await.unwrap();
    assert!(stage.request().await.work.outbox.is_empty());
}

#[tokio::test]
async fn the_whole_table_is_looked_at_in_slices_that_follow_one_another() {
    let stage = Stage::sliced(Slice { page_records: 4, pages: 2, ..Slice::default() }).await;
    let mut ids: Vec<String> = (0..19).map(|number| format!("r{number:02}")).collect();
    // A key that is no request's id stands at the end of a slice.
    ids.push("r06/../x".into());
    for id in &ids {
        put_unmarked(&stage, id, stage.now().0).await;
    }
    let jobs = slices(&stage).await;
    let after = |key: &str| Job::SweepAll { after: Some(key.into()) };
    assert_eq!(jobs, [WHOLE, after("r06/../x"), after("r14")]);
    let mut readable: Vec<&str> = ids.iter().map(String::as_str).filter(|id| !id.contains('/')).collect();
    readable.sort_unstable();
    assert_eq!(marked(&stage).await, readable);
}

#[tokio::test]
async fn a_slice_ends_when_its_time_is_over() {
    let stage = Stage::sliced(Slice { page_records: 2, pages: 100, time: Duration::ZERO }).await;
    for id in ["r0", "r1", "r2"] {
        put_unmarked(&stage, id, stage.now().0).await;
    }
    assert_eq!(slices(&stage).await, [WHOLE, Job::SweepAll { after: Some("r1".into()) }]);
}

#[tokio::test]
async fn a_slice_that_met_a_failure_is_tried_again_from_where_it_began() {
    let stage = Stage::sliced(Slice { page_records: 1, pages: 1, ..Slice::default() }).await;
    for id in ["r0", "r1"] {
        put_unmarked(&stage, id, stage.now().0).await;
    }
    let second = Job::SweepAll { after: Some("r0".into()) };
    for failing in ["Scan", "PutItem"] {
        stage.aws.inject(move |call| (call.operation == failing).then_some(Fault::FailBefore));
        assert!(matches!(stage.handle(QueueName::Revoke, &second, FIRST).await, Err(Failure::Retry { .. })));
    }
    stage.aws.clear_faults();
    stage.handle(QueueName::Revoke, &second, FIRST).await.unwrap();
    assert_eq!(marked(&stage).await, ["r1"]);
}

#[tokio::test]
async fn a_slice_does_not_say_what_is_live_or_that_a_sweep_came_to_its_end() {
    let stage = Stage::new().await;
    put_unmarked(&stage, "r0", stage.now().0).await;
    stage.handle(QueueName::Revoke, &WHOLE, FIRST).await.unwrap();
    let text = stage.metrics(QueueName::Revoke).text();
    assert!(text.contains("keylease_sweep_requests_seen_total 1"), "{text}");
    for absent in ["keylease_open_grants ", "keylease_sweep_last_success_timestamp_seconds "] {
        assert!(!text.contains(absent), "{text}");
    }
}

/// Handles a look at the whole table and what follows of it, and says which jobs these were.
async fn slices(stage: &Stage) -> Vec<Job> {
    const JOBS_MAX: usize = 30;
    let mut jobs = vec![WHOLE];
    for at in 0..JOBS_MAX {
        let Some(job) = jobs.get(at).cloned() else { return jobs };
        stage.handle(QueueName::Revoke, &job, FIRST).await.unwrap();
        jobs.extend(stage.take(QueueName::Revoke).await);
    }
    panic!("it does not come to an end: {jobs:?}");
}
