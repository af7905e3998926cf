//! A click that is tried to its end: whoever clicked hears that nothing was done, and what to do.

use domain::job::Click;
use domain::{Job, QueueName, RequestId, Status, Undelivered};
use testkit::aws::{CallInfo, Fault, Service};

use crate::stage::{DANA, OLIVIA, Stage};

const FAILED: &str = "I could not carry out your";

async fn pending() -> (Stage, RequestId) {
    let stage = Stage::new().await;
    stage.ask("ReadOnly", "1h").await;
    let id = stage.request().await.request_id;
    (stage, id)
}

async fn live() -> (Stage, RequestId) {
    let (stage, id) = pending().await;
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    stage.settle().await;
    assert_eq!(stage.request().await.status, Status::Active);
    (stage, id)
}

fn writes_a_record(call: &CallInfo) -> bool {
    call.service == Service::DynamoDb && matches!(call.operation.as_str(), "PutItem" | "UpdateItem")
}

async fn fails(stage: &Stage, job: fn(Click) -> Job, id: &RequestId, person: &str) {
    stage.send(&job(stage.click(id, person))).await;
    stage.aws.inject(|call| writes_a_record(call).then_some(Fault::FailBefore));
    stage.settle().await;
    stage.aws.clear_faults();
}

#[tokio::test]
async fn an_approval_or_a_denial_that_could_not_be_written_is_told_to_the_one_who_clicked() {
    for (job, label, status) in [
        (
            Job::Approve as fn(Click) -> Job,
            "Nothing was granted by it. Click *Approve* again",
            Status::Active,
        ),
        (Job::Deny, "It can still be approved. Click *Deny* again", Status::Denied),
    ] {
        let (stage, id) = pending().await;
        let to_others = stage.messages_to(DANA).len();
        fails(&stage, job, &id, OLIVIA).await;
        assert_eq!(stage.request().await.status, Status::Pending);
        let told = stage.messages_to(OLIVIA);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains(FAILED) && told[0].contains(label), "{told:?}");
        assert_eq!(stage.messages_to(DANA).len(), to_others, "nobody else");

        stage.send(&job(stage.click(&id, OLIVIA))).await;
        stage.settle().await;
        assert_eq!(stage.request().await.status, status, "it goes as it says");
    }
}

#[tokio::test]
async fn an_end_that_could_not_be_written_says_that_the_access_goes_on() {
    let (stage, id) = live().await;
    fails(&stage, Job::EndGrant, &id, DANA).await;
    assert_eq!(stage.request().await.status, Status::Active);
    let told = stage.messages_to(DANA);
    let last = told.last().unwrap();
    assert!(last.contains(FAILED) && last.contains("The access goes on until"), "{told:?}");
}

#[tokio::test]
async fn a_click_whose_record_cannot_be_read_claims_nothing() {
    for (job, queue) in
        [(Job::Approve as fn(Click) -> Job, QueueName::Provision), (Job::Deny, QueueName::Notify)]
    {
        let (stage, id) = pending().await;
        stage.send(&job(stage.click(&id, OLIVIA))).await;
        stage.aws.inject(|call| {
            let refused = Fault::Answer { status: 400, code: "ValidationException" };
            (call.service == Service::DynamoDb && call.operation == "GetItem").then_some(refused)
        });
        let left = stage.settle().await;
        assert_eq!(left.rejected.len(), 1, "{queue:?}: {left:?}");
        let told = stage.messages_to(OLIVIA);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains("I do not know whether your click"), "{told:?}");
    }
}

#[tokio::test]
async fn a_click_that_was_written_is_never_said_to_have_failed() {
    let (stage, id) = pending().await;
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    stage.aws.inject(|call| {
        let sends = call.service == Service::Sqs && call.operation.starts_with("SendMessage");
        sends.then_some(Fault::FailBefore)
    });
    stage.settle().await;
    stage.aws.clear_faults();
    assert_eq!(stage.request().await.status, Status::Approved);
    assert!(stage.messages_to(OLIVIA).is_empty(), "{:?}", stage.messages_to(OLIVIA));
}

#[tokio::test]
async fn a_click_for_a_request_that_is_not_there_is_answered() {
    let (stage, _) = pending().await;
    let id = RequestId::parse("never-1").unwrap();
    stage.send(&Job::Deny(Click { message: None, ..stage.click(&id, OLIVIA) })).await;
    stage.settle().await;
    assert!(
        stage.messages_to(OLIVIA)[0].contains("I have no request `never-1`"),
        "{:?}",
        stage.messages_to(OLIVIA)
    );
}

#[tokio::test]
async fn an_email_that_was_lost_is_told_though_the_grant_could_not_be_ended_for_it() {
    let (stage, id) = live().await;
    stage.send(&Job::Undelivered { request_id: id, why: Undelivered::Bounce }).await;
    stage.aws.inject(|call| writes_a_record(call).then_some(Fault::FailBefore));
    stage.settle().await;
    let told = stage.messages_to(DANA);
    assert!(told.last().unwrap().contains("did not arrive, and I could not end the access"), "{told:?}");
}
