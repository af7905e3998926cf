//! The sweep: what was left over is found, and one bad record does not stop the rest.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{Job, Status};

use crate::stage::{DANA, OLIVIA, Stage};

#[tokio::test]
async fn a_grant_whose_schedule_was_lost_is_ended() {
    let stage = Stage::new().await;
    stage.ask("ReadOnly", "1h").await;
    let id = stage.request().await.request_id;
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    stage.settle().await;
    stage.pass(4_000);
    stage.send(&Job::Sweep).await;
    stage.settle().await;
    let request = stage.request().await;
    assert_eq!(request.status, Status::Expired);
    assert!(request.gone_at.is_some() && stage.aws.users().await.is_empty());
}

#[tokio::test]
async fn an_undecided_request_lapses_and_its_buttons_go_even_beside_a_broken_record() {
    let stage = Stage::new().await;
    let broken = HashMap::from([("request_id".to_owned(), AttributeValue::S("0-broken".into()))]);
    let put = aws_sdk_dynamodb::Client::new(&stage.sdk).put_item();
    put.table_name(&stage.settings().requests_table).set_item(Some(broken)).send().await.unwrap();
    stage.send(&Job::Intake(stage.wish(DANA, "payments", "ReadOnly", "1h"))).await;
    stage.settle().await;
    stage.pass(24 * 3_600);
    stage.send(&Job::Sweep).await;
    stage.settle().await;
    assert!(stage.told(DANA).last().unwrap().contains("it lapsed"));
    assert!(!stage.approval_message().unwrap().blocks.to_string().contains("aws_actions"));
}

#[tokio::test]
async fn an_approved_request_whose_job_was_lost_is_made() {
    let stage = Stage::new().await;
    stage.ask("ReadOnly", "1h").await;
    let id = stage.request().await.request_id;
    let attempt = workers::runtime::Attempt { number: 1, max: 8 };
    let approve = Job::Approve(stage.click(&id, OLIVIA));
    stage.handle(domain::QueueName::Provision, &approve, attempt).await.unwrap();
    // The job that follows is received and lost with its worker.
    let url = &stage.settings().queues.provision;
    let sqs = aws_sdk_sqs::Client::new(&stage.sdk);
    sqs.purge_queue().queue_url(url).send().await.unwrap();
    stage.pass(300);
    stage.send(&Job::Sweep).await;
    stage.settle().await;
    assert_eq!(stage.request().await.status, Status::Active);
}
