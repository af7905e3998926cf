//! A worker that comes late to a user that is being taken away: whatever it still puts on it is dead from the start.

use domain::{Job, QueueName, Status};
use testkit::aws::Fault;
use workers::consumer::Attempt;

use crate::stage::{OLIVIA, Stage};

const FIRST: Attempt = Attempt { number: 1, max: 8 };
const EVERYTHING: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

#[tokio::test]
async fn what_a_late_worker_adds_to_a_user_that_ends_is_dead() {
    let stage = Stage::new().await;
    stage.ask("ReadOnly", "1h").await;
    let id = stage.request().await.request_id;
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    stage.settle().await;
    stage.pass(3_600);
    // The guard is gone already, and the user is not.
    stage.aws.inject(|call| (call.operation == "DeleteUser").then_some(Fault::FailBefore));
    let job = Job::ExpireGrant { request_id: id };
    stage.handle(QueueName::Revoke, &job, FIRST).await.unwrap_err();
    stage.aws.clear_faults();
    let user = stage.request().await.aws_name();
    assert!(stage.aws.users().await[0].inline_policies.is_empty());

    let iam = aws_sdk_iam::Client::new(&stage.sdk);
    iam.attach_user_policy().user_name(&user).policy_arn(EVERYTHING).send().await.unwrap();
    let key = iam.create_access_key().user_name(&user).send().await.unwrap().access_key.unwrap();
    let theirs = stage.aws.sdk_config_for(&key.access_key_id, &key.secret_access_key, None);
    let listed = aws_sdk_iam::Client::new(&theirs).list_users().send().await;
    assert!(listed.is_err(), "the key does nothing");
    let read = aws_sdk_dynamodb::Client::new(&theirs).list_tables().send().await;
    assert!(read.is_err(), "nowhere");

    stage.send(&job).await;
    stage.settle().await;
    assert!(stage.aws.users().await.is_empty());
    assert!(stage.request().await.access.gone_at.is_some());
}

#[tokio::test]
async fn a_maker_does_not_use_a_user_that_is_being_taken_away() {
    let stage = Stage::new().await;
    stage.ask("ReadOnly", "1h").await;
    let id = stage.request().await.request_id;
    stage.handle(QueueName::Provision, &Job::Approve(stage.click(&id, OLIVIA)), FIRST).await.unwrap();
    let make = stage.take(QueueName::Provision).await.remove(0);
    // An earlier try made it, and somebody has begun to end it.
    stage.aws.inject(|call| (call.operation == "PutUserPolicy").then_some(Fault::FailBefore));
    stage.handle(QueueName::Provision, &make, FIRST).await.unwrap_err();
    stage.aws.clear_faults();
    let (iam, user) = (aws_sdk_iam::Client::new(&stage.sdk), stage.request().await.aws_name());
    let boundary = "arn:aws:iam::aws:policy/AWSDenyAll";
    let put = iam.put_user_permissions_boundary().user_name(&user).permissions_boundary(boundary);
    put.send().await.unwrap();
    let outcome = stage.handle(QueueName::Provision, &make, FIRST).await;
    assert!(matches!(outcome, Err(workers::Failure::Retry { .. })), "{outcome:?}");
    assert!(stage.aws.users().await[0].keys.is_empty() && stage.aws.mails().is_empty());

    // Once it is gone, a new one is made.
    iam.delete_user().user_name(&user).send().await.unwrap();
    stage.handle(QueueName::Provision, &make, FIRST).await.unwrap();
    assert_eq!(stage.request().await.status, Status::Active);
}
