//! Two decisions whose writes overlap: the one that read before the other wrote decides anew.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use domain::{Job, QueueName, Status};
use testkit::aws::Service;
use testkit::hook::Verdict;
use tokio::sync::Notify;
use workers::consumer::Attempt;

use crate::stage::{OLIVIA, SAM, Stage};

const FIRST: Attempt = Attempt { number: 1, max: 8 };
/// Far above what both decisions take.
const LIMIT: Duration = Duration::from_mins(1);

#[tokio::test]
async fn a_write_that_is_late_does_not_undo_what_was_decided_meanwhile() {
    let stage = Stage::new().await;
    stage.ask("ReadOnly", "1h").await;
    let id = stage.request().await.request_id;
    // The write of the first decision is on its way until the second one is made.
    let (made, met) = (Arc::new(Notify::new()), AtomicBool::new(false));
    let until = Arc::clone(&made);
    stage.aws.inject_when_ready(move |call| {
        let is_write = call.service == Service::DynamoDb && call.operation == "PutItem";
        let is_first = is_write && !met.swap(true, Ordering::Relaxed);
        let until = Arc::clone(&until);
        async move {
            if is_first {
                until.notified().await;
            }
            Verdict::of(None)
        }
    });
    // The denial looks fewer people up, so that its write is the first, and the one that is late.
    let (approve, deny) = (Job::Approve(stage.click(&id, OLIVIA)), Job::Deny(stage.click(&id, SAM)));
    let late = stage.handle(QueueName::Notify, &deny, FIRST);
    let second = async {
        let outcome = stage.handle(QueueName::Provision, &approve, FIRST).await;
        made.notify_one();
        outcome
    };
    let both = async { tokio::join!(late, second) };
    let (denied, approved) =
        tokio::time::timeout(LIMIT, both).await.expect("the denial's write is the first, and waits");
    approved.unwrap();
    denied.unwrap();
    assert_eq!(stage.request().await.status, Status::Approved);
    let told = stage.messages_to(SAM).pop().unwrap();
    assert!(told.contains("approved"), "{told}");
    stage.settle().await;
    assert_eq!(stage.request().await.status, Status::Active);
    assert_eq!(stage.aws.users().await.len(), 1);
}
