//! A worker whose claim was written and its answer lost finds its own claim, and does not wait for itself.

use domain::{Job, QueueName, Status};
use testkit::aws::{Fault, Service};
use workers::Worker;
use workers::consumer::{Attempt, Handler};

use crate::stage::{OLIVIA, Stage};

#[tokio::test]
async fn a_claim_whose_answer_was_lost_is_recognised() {
    let stage = Stage::new().await;
    stage.ask("ReadOnly", "1h").await;
    let id = stage.request().await.request_id;
    let attempt = Attempt { number: 1, max: 8 };
    let approve = Job::Approve(stage.click(&id, OLIVIA));
    stage.handle(QueueName::Provision, &approve, attempt).await.unwrap();

    // With the SDK's own retries, which the stage's workers go without: the write is made a second time, and refused.
    let sdk = stage.aws.sdk_config();
    let worker = Worker::connect(stage.settings(), &sdk).await.unwrap();
    let before = stage.aws.calls().last().map_or(0, |call| call.number);
    stage.aws.inject(move |call| {
        let claims = call.service == Service::DynamoDb && call.operation == "PutItem";
        let claims = claims || (call.service == Service::DynamoDb && call.operation == "UpdateItem");
        (claims && call.number <= before + 3).then_some(Fault::LoseAnswer)
    });
    worker.handle(&Job::Provision { request_id: id }, attempt).await.unwrap();
    assert_eq!(stage.request().await.status, Status::Active);
    let written = stage.aws.calls().into_iter().filter(|call| call.number > before);
    let refused =
        written.filter(|call| call.operation == "PutItem" || call.operation == "UpdateItem").count();
    assert!(refused > 4, "the claim was written more than once");
}
