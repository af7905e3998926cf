//! Nothing is announced that was not read back: while AWS refuses, no message says that a credential is gone.

use domain::{Job, QueueName, Status};
use testkit::aws::{Fault, Service};
use testkit::slack::Message;

use crate::stage::{DANA, OLIVIA, Stage};

/// What only a grant that was read back as gone may be said of.
const PROMISES: [&str; 5] =
    ["no longer works", "does not work", "Nothing is left behind", "is gone", "AWS access ended"];

fn promises(stage: &Stage) -> Vec<String> {
    let promises = |message: &Message| {
        let all = format!("{} {}", message.text, message.blocks).replace('\u{200B}', "");
        PROMISES.iter().any(|promise| all.contains(promise)).then_some(all)
    };
    stage.slack.messages().iter().filter_map(promises).collect()
}

async fn live(role: &str) -> Stage {
    let stage = Stage::new().await;
    stage.ask(role, "1h").await;
    let id = stage.request().await.request_id;
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    stage.settle().await;
    assert_eq!(stage.request().await.status, Status::Active);
    stage
}

/// Everything that IAM is asked fails, and so does whatever a sweep would do about it.
async fn with_iam_down(stage: &Stage, job: &Job) {
    stage.aws.inject(|call| (call.service == Service::Iam).then_some(Fault::FailBefore));
    stage.send(job).await;
    stage.settle().await;
}

async fn with_iam_back(stage: &Stage) {
    stage.aws.clear_faults();
    stage.send(&Job::ExpireGrant { request_id: stage.request().await.request_id }).await;
    stage.settle().await;
}

#[tokio::test]
async fn an_early_end_is_announced_when_the_credential_is_gone() {
    for role in ["ReadOnly", "PowerUser"] {
        let stage = live(role).await;
        let end = Job::EndGrant(stage.click(&stage.request().await.request_id, DANA));
        with_iam_down(&stage, &end).await;
        assert_eq!(stage.request().await.status, Status::Revoked);
        assert!(promises(&stage).is_empty(), "{role}: {:?}", promises(&stage));
        let told = stage.messages_to(DANA);
        assert!(told.last().unwrap().contains("the credential may still work"), "{told:?}");
        let live_message = told.iter().find(|text| text.contains("is ending")).expect("its button is gone");
        assert!(live_message.starts_with("Your access to"), "{told:?}");

        with_iam_back(&stage).await;
        let told = stage.messages_to(DANA);
        assert!(told.last().unwrap().contains("You ended your access"), "{told:?}");
        assert!(told.last().unwrap().contains("no longer works"), "the same message says so: {told:?}");
        let approvers = stage.approval_message().unwrap();
        assert!(approvers.text.contains("Everything that was made for it is gone"), "{}", approvers.text);
        assert!(!told.iter().any(|text| text.contains("is ending")), "{told:?}");
    }
}

#[tokio::test]
async fn an_end_at_its_time_says_what_is_known() {
    let stage = live("ReadOnly").await;
    stage.pass(3_601);
    let expire = Job::ExpireGrant { request_id: stage.request().await.request_id };
    with_iam_down(&stage, &expire).await;
    assert_eq!(stage.request().await.status, Status::Expired);
    let told = stage.messages_to(DANA);
    assert!(told.last().unwrap().contains("I am removing what was made for it"), "{told:?}");
    with_iam_back(&stage).await;
    assert!(
        stage.messages_to(DANA).last().unwrap().contains("no longer works"),
        "{:?}",
        stage.messages_to(DANA)
    );
}

#[tokio::test]
async fn a_grant_that_failed_says_that_nothing_is_left_when_nothing_is() {
    let stage = Stage::new().await;
    stage.ask("ReadOnly", "1h").await;
    let id = stage.request().await.request_id;
    stage.aws.inject(|call| (call.service == Service::Ses).then_some(Fault::FailBefore));
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    // The credential is made and cannot be sent; nobody gives it up before its time is over, and then IAM is down.
    for job in stage.take(QueueName::Provision).await {
        let attempt = workers::consumer::Attempt { number: 1, max: 8 };
        assert!(stage.handle(QueueName::Provision, &job, attempt).await.is_ok());
    }
    stage.pass(3_601);
    let expire = Job::ExpireGrant { request_id: id };
    with_iam_down(&stage, &expire).await;
    assert_eq!(stage.request().await.status, Status::Failed);
    assert!(promises(&stage).is_empty(), "{:?}", promises(&stage));
    with_iam_back(&stage).await;
    assert!(
        stage.messages_to(DANA).last().unwrap().contains("Nothing is left behind"),
        "{:?}",
        stage.messages_to(DANA)
    );
}
