//! The jobs that follow from a change: in the record until a worker has them, and people told of two changes at once.

use std::time::Duration;

use domain::{Job, QueueName, RequestId, Status};
use testkit::aws::{Fault, Service};
use workers::consumer::Attempt;

use crate::stage::{APPROVALS, DANA, OLIVIA, Stage};

const FIRST: Attempt = Attempt { number: 1, max: 8 };

async fn asked() -> (Stage, RequestId) {
    let stage = Stage::new().await;
    stage.ask("ReadOnly", "1h").await;
    let id = stage.request().await.request_id;
    (stage, id)
}

async fn live() -> (Stage, RequestId) {
    let (stage, id) = asked().await;
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    stage.settle().await;
    stage.pass(3);
    stage.settle().await;
    assert_eq!(stage.request().await.status, Status::Active);
    (stage, id)
}

async fn outbox(stage: &Stage) -> Vec<&'static str> {
    stage.request().await.work.outbox.iter().map(Job::name).collect()
}

fn updates(stage: &Stage) -> usize {
    stage.slack.calls().iter().filter(|call| call.method == "chat.update").count()
}

fn channel_text(stage: &Stage) -> String {
    stage.slack.messages().into_iter().find(|message| message.channel == APPROVALS).unwrap().text
}

#[tokio::test]
async fn a_job_is_in_the_outbox_until_a_worker_has_it() {
    let (stage, id) = asked().await;
    assert!(outbox(&stage).await.is_empty(), "what asked the approvers was received");
    let approve = Job::Approve(stage.click(&id, OLIVIA));
    stage.handle(QueueName::Provision, &approve, FIRST).await.unwrap();
    assert_eq!(outbox(&stage).await, ["provision", "tell"]);
    let provision = stage.take(QueueName::Provision).await.remove(0);
    // It is received, and fails: it is on its queue until it is done.
    stage.aws.inject(|call| (call.service == Service::Scheduler).then_some(Fault::FailBefore));
    stage.handle(QueueName::Provision, &provision, FIRST).await.unwrap_err();
    stage.aws.clear_faults();
    assert_eq!(outbox(&stage).await, ["tell"]);
    stage.handle(QueueName::Provision, &provision, FIRST).await.unwrap();
    stage.pass(3);
    stage.settle().await;
    assert!(outbox(&stage).await.is_empty());
}

#[tokio::test]
async fn a_job_that_nobody_received_is_sent_once_more_and_only_after_a_while() {
    let (stage, id) = asked().await;
    stage.handle(QueueName::Notify, &Job::Deny(stage.click(&id, OLIVIA)), FIRST).await.unwrap();
    stage.take(QueueName::Notify).await;
    for (seconds, sent) in [(0, 0), (60, 0), (60, 1), (300, 0)] {
        stage.pass(seconds);
        stage.handle(QueueName::Revoke, &Job::Sweep, FIRST).await.unwrap();
        assert_eq!(stage.take(QueueName::Notify).await.len(), sent, "after {seconds} s more");
    }
    assert!(outbox(&stage).await.is_empty());
}

#[tokio::test]
async fn an_approval_and_the_grant_are_told_in_one_update() {
    let (stage, _) = live().await;
    assert_eq!(updates(&stage), 1, "{:?}", stage.slack.calls());
    assert!(channel_text(&stage).contains("Access lasts until"));
}

#[tokio::test]
async fn an_approval_is_told_alone_where_making_takes_long() {
    let (stage, id) = asked().await;
    let approve = Job::Approve(stage.click(&id, OLIVIA));
    stage.handle(QueueName::Provision, &approve, FIRST).await.unwrap();
    let provision = stage.take(QueueName::Provision).await;
    stage.settle().await;
    assert_eq!(updates(&stage), 0, "it may be live in a moment");
    stage.pass(3);
    stage.settle().await;
    assert!(channel_text(&stage).contains("Making the credential"), "{}", channel_text(&stage));
    stage.send(&provision[0]).await;
    stage.settle().await;
    assert_eq!(updates(&stage), 2);
}

#[tokio::test]
async fn an_early_end_is_carried_out_and_told_at_once() {
    let (stage, id) = live().await;
    let told = stage.messages_to(DANA).len();
    stage.handle(QueueName::Revoke, &Job::EndGrant(stage.click(&id, DANA)), FIRST).await.unwrap();
    let request = stage.request().await;
    assert!(request.access.gone_at.is_some() && stage.aws.users().await.is_empty());
    assert!(stage.take(QueueName::Revoke).await.is_empty(), "nothing is left to be taken away");
    stage.settle().await;
    assert_eq!(updates(&stage), 3, "the approvers' message twice, and the requester's button");
    assert_eq!(stage.messages_to(DANA).len(), told + 1);
    assert!(outbox(&stage).await.is_empty());
}

#[tokio::test]
async fn an_end_is_told_alone_where_taking_away_takes_long() {
    let (stage, id) = live().await;
    let slow = Fault::Slow(Duration::from_millis(2_300));
    stage.aws.inject(move |call| (call.operation == "DeleteUser").then(|| slow.clone()));
    stage.handle(QueueName::Revoke, &Job::EndGrant(stage.click(&id, DANA)), FIRST).await.unwrap();
    assert_eq!(stage.take(QueueName::Notify).await.len(), 2, "when it ended, and when everything was gone");
    assert!(stage.request().await.access.gone_at.is_some());
}

#[tokio::test]
async fn what_cannot_be_taken_away_at_once_goes_on_by_its_job_and_the_end_is_told() {
    let (stage, id) = live().await;
    stage.aws.inject(|call| (call.service == Service::Iam).then_some(Fault::FailBefore));
    stage.handle(QueueName::Revoke, &Job::EndGrant(stage.click(&id, DANA)), FIRST).await.unwrap();
    assert_eq!(outbox(&stage).await, ["revoke", "tell"]);
    let revoke = stage.take(QueueName::Revoke).await;
    assert!(matches!(revoke.as_slice(), [Job::ExpireGrant { .. }]), "{revoke:?}");
    stage.settle().await;
    assert!(channel_text(&stage).contains("ended access early"), "{}", channel_text(&stage));
    stage.aws.clear_faults();
    stage.send(&revoke[0]).await;
    stage.settle().await;
    assert!(stage.request().await.access.gone_at.is_some() && outbox(&stage).await.is_empty());
}
