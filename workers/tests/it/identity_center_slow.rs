//! Access through Identity Center while that is slow: nothing is asked twice of anybody, and nothing is given too late.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use domain::{Job, QueueName, Status};
use serde_json::json;
use testkit::aws::{Fault, Service};
use testkit::hook::Verdict;
use tokio::sync::Notify;
use workers::consumer::Attempt;

use crate::identity_center::{There, there};
use crate::stage::{DANA, OLIVIA};

fn calls(there: &There, operation: &str, on: &str) -> usize {
    let calls = there.stage.aws.calls();
    calls.iter().filter(|call| call.operation == operation && call.resource.ends_with(on)).count()
}

/// Otherwise a short grant would have a message for its end of each look.
#[tokio::test]
async fn what_takes_long_is_looked_at_and_nothing_else_is_done_again() {
    let mut there = there().await;
    there.stage.patient = true;
    there.stage.aws.identity_center().let_operations_take(120);
    let id = there.approved("PowerUser", "15m").await;
    assert_eq!(there.status(&id).await, Status::Active);
    assert!(calls(&there, "DescribeAccountAssignmentCreationStatus", "") > 10, "it was looked at");
    assert_eq!(calls(&there, "SendMessage", "keylease-revoke"), 1, "one message ends it");
    assert_eq!(calls(&there, "CreateSchedule", ""), 1);
    assert_eq!(calls(&there, "GetUserId", ""), 2, "at the request, and before it is given");
    there.end(&id).await;
    there.is_over(&id, "PowerUser").await;
}

/// How long Identity Center was busy before says nothing of how long its lists are behind.
#[tokio::test]
async fn what_lists_do_not_show_yet_is_not_made_again_after_a_long_wait() {
    let mut there = there().await;
    there.stage.patient = true;
    let center = there.stage.aws.identity_center();
    center.refuse_writes_as_conflicts(20);
    center.let_lists_lag(3);
    let id = there.approved("PowerUser", "1h").await;
    assert_eq!(there.status(&id).await, Status::Active);
    assert_eq!(calls(&there, "CreateAccountAssignment", ""), 20 + 1, "20 conflicts, and one that was taken");
}

#[tokio::test]
async fn nothing_is_given_once_the_time_is_over() {
    for (role, looks, gives) in [
        ("Deployers", "GetGroupMembershipId", "CreateGroupMembership"),
        ("PowerUser", "ListAccountAssignments", "CreateAccountAssignment"),
    ] {
        let mut there = there().await;
        there.stage.patient = true;
        there.stage.ask(role, "1h").await;
        let id = there.latest(role).await;
        let clock = there.stage.clock();
        // Slow beyond measure: the worker stands still while it looks.
        there.stage.aws.inject_when_ready(move |call| {
            let (clock, is_slow) = (clock.clone(), call.operation == looks);
            async move {
                if is_slow {
                    clock.sleep(Duration::from_secs(3_700)).await;
                }
                Verdict::of(None)
            }
        });
        there.stage.send(&Job::Approve(there.stage.click(&id, OLIVIA))).await;
        there.stage.settle().await;
        assert_eq!(calls(&there, gives, ""), 0, "{role}");
        assert!(there.status(&id).await.is_final() && there.stage.holdings().await.is_empty(), "{role}");
        assert!(there.stage.messages_to(DANA).len() > 1, "the requester is told");
    }
}

/// The worker that gave it stood still until the request was over, and then its process died.
#[tokio::test]
async fn what_was_given_late_by_a_worker_that_died_goes_when_its_message_comes_back() {
    let mut there = there().await;
    there.stage.patient = true;
    let id = there.approved("Deployers", "1h").await;
    let mut item = there.stage.holdings().await.remove(0);
    there.end(&id).await;
    there.is_over(&id, "Deployers").await;
    let membership = there.stage.aws.identity_center().add_member(&there.group, &there.user);
    item["membership_id"] = membership.into();
    item["change"] = json!({ "to": "there", "since": there.stage.now().0 });
    there.stage.put_request(&item).await;
    there.stage.send(&Job::Provision { request_id: id.clone() }).await;
    there.stage.settle().await;
    there.is_over(&id, "Deployers").await;
    assert!(there.stage.aws.calls().iter().any(|call| call.service == Service::IdentityStore));
}

/// Nothing else knows of it: it bears no tag, and its item in the table is gone.
#[tokio::test]
async fn what_is_given_long_after_the_grant_was_over_is_taken_away_by_whoever_gave_it() {
    const FIRST: Attempt = Attempt { number: 1, max: 8 };
    for (role, gives) in [("Deployers", "CreateGroupMembership"), ("PowerUser", "CreateAccountAssignment")] {
        let mut there = there().await;
        there.stage.patient = true;
        there.stage.ask(role, "1h").await;
        let id = there.latest(role).await;
        let stage = &there.stage;
        stage.handle(QueueName::Provision, &Job::Approve(stage.click(&id, OLIVIA)), FIRST).await.unwrap();
        let (reached, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (reaches, goes) = (Arc::clone(&reached), Arc::clone(&go));
        stage.aws.inject_when_ready(move |call| {
            let (reaches, goes, stands) = (Arc::clone(&reaches), Arc::clone(&goes), call.operation == gives);
            async move {
                if stands {
                    reaches.notify_one();
                    goes.notified().await;
                }
                Verdict::of(None)
            }
        });
        let provision = Job::Provision { request_id: id.clone() };
        let made = stage.handle(QueueName::Provision, &provision, FIRST);
        let ended = async {
            reached.notified().await;
            let end = Job::EndGrant(stage.click(&id, DANA));
            stage.handle(QueueName::Revoke, &end, FIRST).await.unwrap();
            for _ in 0..4 {
                stage.pass(60);
                let job = Job::ExpireGrant { request_id: id.clone() };
                let _later = stage.handle(QueueName::Revoke, &job, FIRST).await;
            }
            assert!(there.request(&id).await.access.gone_at.is_some(), "{role}: nothing was there");
            go.notify_one();
        };
        let (_made, ()) = tokio::join!(made, ended);
        stage.aws.clear_faults();
        stage.settle().await;
        stage.pass(120);
        stage.settle().await;
        there.is_over(&id, role).await;
    }
}

/// What an operator repairs costs nobody their grant, however long that takes.
#[tokio::test]
async fn what_waited_for_an_operator_is_given_all_the_same() {
    let quota = Fault::Answer { status: 402, code: "ServiceQuotaExceededException" };
    for (role, operation, fault) in [
        ("PowerUser", "CreateAccountAssignment", quota.clone()),
        ("Deployers", "CreateGroupMembership", quota),
        // It is given, and cannot be read back.
        ("PowerUser", "ListAccountAssignments", Fault::Deny),
        ("Deployers", "GetGroupMembershipId", Fault::Deny),
    ] {
        let mut there = there().await;
        there.stage.patient = true;
        there.stage.ask(role, "4h").await;
        let id = there.latest(role).await;
        let given = AtomicBool::new(operation.starts_with("Create"));
        there.stage.aws.inject(move |call| {
            let order = Ordering::Relaxed;
            given.fetch_or(call.operation.starts_with("Create") && call.service != Service::Scheduler, order);
            (call.operation == operation && given.load(order)).then(|| fault.clone())
        });
        there.stage.send(&Job::Approve(there.stage.click(&id, OLIVIA))).await;
        for _ in 0..4 {
            let left = there.stage.settle().await;
            assert!(left.waiting.iter().any(|(_, error)| error.contains(operation)), "{operation}: {left:?}");
            there.stage.pass(900);
        }
        there.stage.aws.clear_faults();
        there.stage.settle().await;
        assert_eq!(there.status(&id).await, Status::Active, "{operation}: {:#?}", there.request(&id).await);
        assert!(there.has(role), "{operation}");
        there.end(&id).await;
        there.stage.pass(120);
        there.stage.settle().await;
        there.is_over(&id, role).await;
    }
}
