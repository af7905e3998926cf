//! Access through Identity Center, with every call failing once, every job delivered twice, and an end at the worst moment.

use domain::{Job, Status};
use testkit::aws::Fault;

use crate::identity_center::{ROLES, There, there};
use crate::stage::{DANA, OLIVIA};
use crate::ways::hold_at_every_call;

/// Asked, approved, live, over.
async fn whole_way(there: &There, role: &str) {
    let id = there.approved(role, "1h").await;
    let request = there.request(&id).await;
    assert_eq!(request.status, Status::Active, "{request:#?}");
    assert!(there.has(role) && request.work.outbox.is_empty());
    assert!(there.stage.messages_to(DANA).iter().any(|text| text.contains("approved your request")));
    there.stage.pass(3_601);
    there.stage.fire_schedules().await;
    there.stage.settle().await;
    assert_eq!(there.status(&id).await, Status::Expired);
    there.is_over(&id, role).await;
}

async fn every_call_fails_once(role: &'static str, fault: Fault) {
    let mut counted = there().await;
    counted.stage.patient = true;
    let count = crate::faults::watch(&counted.stage, u64::MAX, &fault);
    whole_way(&counted, role).await;
    let calls = count.load(std::sync::atomic::Ordering::Relaxed);
    assert!(calls > 30, "only {calls} calls were seen");
    hold_at_every_call(calls, &fault, |number, fault| async move {
        let mut there = there().await;
        there.stage.patient = true;
        crate::faults::watch(&there.stage, number, &fault);
        whole_way(&there, role).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_fails_before_it_takes_effect() {
    for role in ROLES {
        every_call_fails_once(role, Fault::FailBefore).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_takes_effect_and_its_answer_is_lost() {
    for role in ROLES {
        every_call_fails_once(role, Fault::LoseAnswer).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_is_throttled_once() {
    for role in ROLES {
        every_call_fails_once(role, Fault::Throttle).await;
    }
}

#[tokio::test]
async fn every_job_is_delivered_twice() {
    for role in ROLES {
        let mut there = there().await;
        there.stage.twice = true;
        whole_way(&there, role).await;
    }
}

#[tokio::test]
async fn an_end_while_it_is_given_leaves_nothing_whichever_call_is_under_way() {
    let mut there = there().await;
    there.stage.patient = true;
    there.stage.aws.identity_center().let_operations_take(40);
    there.stage.ask("PowerUser", "1h").await;
    let id = there.latest("PowerUser").await;
    there.stage.patient = false;
    there.stage.send(&Job::Approve(there.stage.click(&id, OLIVIA))).await;
    there.stage.settle().await;
    assert_eq!(there.status(&id).await, Status::Approved, "Identity Center is still at it");
    there.stage.patient = true;
    there.stage.send(&Job::EndGrant(there.stage.click(&id, DANA))).await;
    there.stage.settle().await;
    there.stage.pass(120);
    there.stage.settle().await;
    assert_eq!(there.status(&id).await, Status::Revoked);
    there.is_over(&id, "PowerUser").await;
}
