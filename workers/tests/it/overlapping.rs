//! Two decisions whose writes overlap: the one that read before the other wrote decides anew.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use domain::{Job, QueueName, Status};
use testkit::aws::{Fault, Service};
use workers::consumer::Attempt;

use crate::stage::{OLIVIA, SAM, Stage};

const FIRST: Attempt = Attempt { number: 1, max: 8 };
/// So long the write of the first decision is on its way: far longer than the second one takes.
const SLOW: Duration = Duration::from_secs(2);

#[tokio::test]
async fn a_write_that_is_late_does_not_undo_what_was_decided_meanwhile() {
    let stage = Stage::new().await;
    stage.ask("ReadOnly", "1h").await;
    let id = stage.request().await.request_id;
    let met = AtomicBool::new(false);
    stage.aws.inject(move |call| {
        let is_write = call.service == Service::DynamoDb && call.operation == "PutItem";
        (is_write && !met.swap(true, Ordering::Relaxed)).then_some(Fault::Slow(SLOW))
    });
    // The denial looks fewer people up, so that its write is the first, and the one that is late.
    let (approve, deny) = (Job::Approve(stage.click(&id, OLIVIA)), Job::Deny(stage.click(&id, SAM)));
    let late = stage.handle(QueueName::Notify, &deny, FIRST);
    let (denied, approved) = tokio::join!(late, stage.handle(QueueName::Provision, &approve, FIRST));
    approved.unwrap();
    denied.unwrap();
    assert_eq!(stage.request().await.status, Status::Approved);
    let told = stage.messages_to(SAM).pop().unwrap();
    assert!(told.contains("approved"), "{told}");
    stage.settle().await;
    assert_eq!(stage.request().await.status, Status::Active);
    assert_eq!(stage.aws.users().await.len(), 1);
}
