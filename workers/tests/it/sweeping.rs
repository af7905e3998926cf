//! The sweep: what was left over is found, and one bad record does not stop the rest.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{Job, Status};

use crate::rolling::{live, rewrite};
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
    assert!(request.access.gone_at.is_some() && stage.aws.users().await.is_empty());
}

#[tokio::test]
async fn an_undecided_request_lapses_and_its_buttons_go_even_beside_a_broken_record() {
    let stage = Stage::new().await;
    let broken = HashMap::from([("request_id".to_owned(), AttributeValue::S("0-broken".into()))]);
    let put = aws_sdk_dynamodb::Client::new(&stage.sdk).put_item();
    put.table_name(&stage.settings().requests_table).set_item(Some(broken)).send().await.unwrap();
    stage.send(&Job::Submit(stage.spec(DANA, "payments", "ReadOnly", "1h"))).await;
    stage.settle().await;
    stage.pass(24 * 3_600);
    stage.send(&Job::Sweep).await;
    stage.settle().await;
    assert!(stage.messages_to(DANA).last().unwrap().contains("it lapsed"));
    assert!(!stage.approval_message().unwrap().blocks.to_string().contains("aws_actions"));
}

#[tokio::test]
async fn an_approved_request_whose_job_was_lost_is_made() {
    let stage = Stage::new().await;
    stage.ask("ReadOnly", "1h").await;
    let id = stage.request().await.request_id;
    let attempt = workers::consumer::Attempt { number: 1, max: 8 };
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

#[tokio::test]
async fn a_live_record_that_names_no_end_is_ended_at_once() {
    for role in ["ReadOnly", "PowerUser"] {
        let stage = Stage::new().await;
        let id = live(&stage, role).await;
        rewrite(&stage, &id, |item| drop(item.remove("expires_at"))).await;
        // Whatever else takes it up meanwhile gives nobody more time.
        stage.send(&Job::Provision { request_id: id.clone() }).await;
        stage.send(&Job::Sweep).await;
        stage.settle().await;
        let request = stage.request().await;
        assert_eq!(request.status, Status::Expired, "{role}");
        assert!(request.access.gone_at.is_some() && stage.aws.users().await.is_empty(), "{role}");
        assert!(stage.messages_to(DANA).iter().any(|text| text.contains("ended")), "{role}");
    }
}

/// A user that nobody's record knows of, as a crash or a restored table may leave it.
async fn stray(stage: &Stage, name: &str, path: &str, tags: &[(&str, String)]) {
    let iam = aws_sdk_iam::Client::new(&stage.sdk);
    let mut user = iam.create_user().user_name(name).path(path);
    for (key, value) in tags {
        user = user.tags(aws_sdk_iam::types::Tag::builder().key(*key).value(value).build().unwrap());
    }
    user.send().await.unwrap();
    iam.create_access_key().user_name(name).send().await.unwrap();
}

async fn user_names(stage: &Stage) -> Vec<String> {
    let mut names: Vec<String> = stage.aws.users().await.into_iter().map(|user| user.name).collect();
    names.sort();
    names
}

#[tokio::test]
async fn users_that_nobody_knows_of_are_found_by_their_tags_and_others_are_left_alone() {
    let stage = Stage::new().await;
    let later = stage.now().plus_seconds(3_600).rfc3339();
    let id = |id: &str| ("keylease:request-id", id.to_owned());
    stray(&stage, "keylease-unknown", "/keylease/", &[id("unknown"), ("keylease:expires-at", later)]).await;
    stray(&stage, "keylease-outside", "/", &[id("outside")]).await;
    stray(&stage, "keylease-untagged", "/keylease/", &[]).await;
    stray(&stage, "somebody", "/keylease/", &[id("else")]).await;
    stage.send(&Job::Sweep).await;
    stage.settle().await;
    assert_eq!(user_names(&stage).await, ["keylease-outside", "keylease-untagged", "somebody"]);
}

#[tokio::test]
async fn a_user_whose_time_is_over_goes_while_the_table_is_down() {
    let stage = Stage::new().await;
    stage.ask("ReadOnly", "1h").await;
    let id = stage.request().await.request_id;
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    stage.settle().await;
    let live = user_names(&stage).await;
    let attempt = workers::consumer::Attempt { number: 1, max: 8 };
    let down = || {
        stage.aws.inject(|call| {
            (call.service == testkit::aws::Service::DynamoDb).then_some(testkit::aws::Fault::FailBefore)
        });
    };
    down();
    assert!(stage.handle(domain::QueueName::Revoke, &Job::Sweep, attempt).await.is_err());
    assert_eq!(user_names(&stage).await, live, "not before its time");
    stage.pass(3_600);
    assert!(stage.handle(domain::QueueName::Revoke, &Job::Sweep, attempt).await.is_err());
    assert!(user_names(&stage).await.is_empty());
    stage.aws.clear_faults();
    stage.settle().await;
    assert_eq!(stage.request().await.status, Status::Expired, "the record follows");
}

#[tokio::test]
async fn a_user_of_a_request_that_is_over_goes() {
    let stage = Stage::new().await;
    stage.ask("ReadOnly", "1h").await;
    let id = stage.request().await.request_id;
    stage.send(&Job::Deny(stage.click(&id, OLIVIA))).await;
    stage.settle().await;
    let later = stage.now().plus_seconds(3_600).rfc3339();
    let tags = [("keylease:request-id", id.to_string()), ("keylease:expires-at", later)];
    stray(&stage, &format!("keylease-{id}"), "/keylease/", &tags).await;
    stage.send(&Job::Sweep).await;
    stage.settle().await;
    assert!(user_names(&stage).await.is_empty());
}

#[tokio::test]
async fn a_key_of_a_live_user_that_nobody_was_sent_goes() {
    let stage = Stage::new().await;
    stage.ask("ReadOnly", "1h").await;
    let id = stage.request().await.request_id;
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    stage.settle().await;
    let request = stage.request().await;
    let iam = aws_sdk_iam::Client::new(&stage.sdk);
    iam.create_access_key().user_name(request.aws_name()).send().await.unwrap();
    stage.send(&Job::Sweep).await;
    stage.settle().await;
    let users = stage.aws.users().await;
    let keys: Vec<&str> = users[0].keys.iter().map(|key| key.id.as_str()).collect();
    assert_eq!(keys, [request.access.access_key_id.as_deref().unwrap()], "only what was sent is left");
}
