//! Two installations in one account, each with its own tables and queues: neither touches what the other made.

use std::collections::BTreeSet;

use domain::{Job, QueueName, RequestId, Status};
use workers::consumer::Attempt;

use crate::stage::{DANA, OLIVIA, Stage};

const ATTEMPT: Attempt = Attempt { number: 1, max: 8 };

async fn grant(stage: &Stage, role: &str) -> RequestId {
    stage.ask(role, "1h").await;
    let id = stage.request().await.request_id;
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    stage.settle().await;
    assert_eq!(stage.request().await.status, Status::Active);
    id
}

async fn user_names(stage: &Stage) -> BTreeSet<String> {
    stage.aws.users().await.into_iter().map(|user| user.name).collect()
}

/// The first keeps the default, and has users from before deployments had names.
async fn both() -> (Stage, Stage) {
    let first = Stage::new().await;
    let second = Stage::beside(&first, "staging").await;
    (first, second)
}

#[tokio::test]
async fn the_same_person_project_and_role_get_a_user_and_a_schedule_in_each() {
    let (first, second) = both().await;
    let (one, two) = (grant(&first, "ReadOnly").await, grant(&second, "ReadOnly").await);
    assert_ne!(one, two);
    assert_eq!(user_names(&first).await, [&one, &two].map(|id| format!("keylease-{id}")).into());
    for user in first.aws.users().await {
        let deployment = if user.name.ends_with(one.as_str()) { "keylease" } else { "staging" };
        assert_eq!(user.tags.get("keylease:deployment").map(String::as_str), Some(deployment));
    }
    first.pass(3_600);
    assert_eq!(first.fire_schedules().await, 2);
}

#[tokio::test]
async fn a_sweep_leaves_the_users_of_another_deployment_alone() {
    for (sweeper_is_first, and_then) in [(true, 0), (true, 3_600), (false, 0), (false, 3_600)] {
        let (first, second) = both().await;
        let (sweeper, owner) = if sweeper_is_first { (&first, &second) } else { (&second, &first) };
        grant(owner, "ReadOnly").await;
        let live = user_names(owner).await;
        first.pass(and_then);
        sweeper.handle(QueueName::Revoke, &Job::Sweep, ATTEMPT).await.unwrap();
        sweeper.handle(QueueName::Revoke, &Job::SweepAll { after: None }, ATTEMPT).await.unwrap();
        assert_eq!(user_names(owner).await, live, "first sweeps: {sweeper_is_first}, {and_then} s later");
        // Its own sweep still takes it.
        first.pass(3_600);
        owner.handle(QueueName::Revoke, &Job::Sweep, ATTEMPT).await.unwrap();
        assert!(user_names(owner).await.is_empty());
    }
}

#[tokio::test]
async fn a_user_without_the_tag_belongs_to_the_default_deployment() {
    let (first, second) = both().await;
    let iam = aws_sdk_iam::Client::new(&first.sdk);
    let tag =
        |key: &str, value: &str| aws_sdk_iam::types::Tag::builder().key(key).value(value).build().unwrap();
    let make = iam.create_user().user_name("keylease-old-0").path("/keylease/");
    let make = make.tags(tag("keylease:request-id", "old-0"));
    make.tags(tag("keylease:expires-at", &first.now().plus_seconds(-60).rfc3339())).send().await.unwrap();
    second.handle(QueueName::Revoke, &Job::Sweep, ATTEMPT).await.unwrap();
    assert_eq!(user_names(&first).await.len(), 1);
    first.handle(QueueName::Revoke, &Job::Sweep, ATTEMPT).await.unwrap();
    assert!(user_names(&first).await.is_empty());
}

/// A job that reached the wrong queue, with the table up and with it down.
#[tokio::test]
async fn a_job_for_a_request_of_another_deployment_ends_nothing() {
    let (first, second) = both().await;
    let id = grant(&first, "ReadOnly").await;
    first.pass(3_600);
    let job = Job::ExpireGrant { request_id: id };
    second.handle(QueueName::Revoke, &job, ATTEMPT).await.unwrap();
    assert_eq!(user_names(&first).await.len(), 1);
    first.aws.inject(|call| {
        (call.service == testkit::aws::Service::DynamoDb).then_some(testkit::aws::Fault::FailBefore)
    });
    assert!(second.handle(QueueName::Revoke, &job, ATTEMPT).await.is_err());
    assert_eq!(user_names(&first).await.len(), 1);
    first.aws.clear_faults();
}

/// A user that has the name of a grant's and another deployment's tag is not taken over.
#[tokio::test]
async fn a_user_of_another_deployment_is_not_adopted() {
    let (first, second) = both().await;
    second.ask("ReadOnly", "1h").await;
    let id = second.request().await.request_id;
    let iam = aws_sdk_iam::Client::new(&first.sdk);
    let name = format!("keylease-{id}");
    let tag =
        aws_sdk_iam::types::Tag::builder().key("keylease:request-id").value(id.as_str()).build().unwrap();
    iam.create_user().user_name(&name).path("/keylease/").tags(tag).send().await.unwrap();
    iam.create_access_key().user_name(&name).send().await.unwrap();
    second.send(&Job::Approve(second.click(&id, OLIVIA))).await;
    second.settle().await;
    assert_eq!(second.request().await.status, Status::Failed);
    assert!(second.messages_to(DANA).last().unwrap().contains("something else"));
    let keys = iam.list_access_keys().user_name(&name).send().await.unwrap().access_key_metadata;
    assert_eq!(keys.len(), 1, "the other's key is untouched");
}
