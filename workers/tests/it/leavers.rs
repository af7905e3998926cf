//! Somebody leaves Slack: what they have ends, what they asked for is closed, and they decide nothing more.

use domain::job::PersonLeft;
use domain::{Job, Request, SlackUserId, Status};
use serde_json::json;
use testkit::aws::{Fault as AwsFault, Service};
use testkit::slack::Fault;

use crate::stage::{DANA, OLIVIA, SAM, Stage, payments, person};

fn left(stage: &Stage, who: &str) -> Job {
    let user_ids = vec![SlackUserId::parse(who).unwrap()];
    Job::PersonLeft(PersonLeft { user_ids, left_at: stage.now() })
}

fn deactivate(stage: &Stage, who: &str) {
    let mut gone = person(who);
    gone.deleted = true;
    stage.slack.add_person(gone);
}

/// Dana has both kinds of grant, and waits for a third; Sam has one.
async fn stage() -> Stage {
    let stage = Stage::new().await;
    for (who, role) in [(DANA, "ReadOnly"), (DANA, "PowerUser"), (SAM, "ReadOnly")] {
        stage.send(&Job::Submit(stage.spec(who, "payments", role, "1h"))).await;
        stage.settle().await;
        let requests = stage.requests().await;
        let id = &requests.iter().find(|request| request.status == Status::Pending).unwrap().request_id;
        stage.send(&Job::Approve(stage.click(id, OLIVIA))).await;
        stage.settle().await;
    }
    stage.send(&Job::Submit(stage.spec(DANA, "payments", "Both", "1h"))).await;
    stage.settle().await;
    stage
}

fn of<'a>(requests: &'a [Request], who: &str) -> Vec<(&'a str, Status)> {
    let theirs = requests.iter().filter(|request| request.ask.requester_slack_id.as_str() == who);
    let mut theirs: Vec<_> = theirs.map(|request| (request.ask.role.as_str(), request.status)).collect();
    theirs.sort();
    theirs
}

async fn users(stage: &Stage) -> usize {
    stage.aws.users().await.len()
}

const ALL_OVER: [(&str, Status); 3] =
    [("Both", Status::Lapsed), ("PowerUser", Status::Revoked), ("ReadOnly", Status::Revoked)];

#[tokio::test]
async fn their_grants_end_and_their_requests_are_closed_and_nobody_else_s() {
    for twice in [false, true] {
        let mut stage = stage().await;
        stage.twice = twice;
        deactivate(&stage, DANA);
        stage.send(&left(&stage, DANA)).await;
        let done = stage.settle().await;
        assert!(done.rejected.is_empty() && done.waiting.is_empty(), "{done:?}");
        let requests = stage.requests().await;
        assert_eq!(of(&requests, DANA), ALL_OVER);
        assert_eq!(of(&requests, SAM), [("ReadOnly", Status::Active)]);
        for request in requests.iter().filter(|request| request.status != Status::Active) {
            assert_eq!(domain::audit::verify(request).faults, []);
            let events: Vec<&str> =
                request.audit.history.iter().map(|change| change.event.as_str()).collect();
            assert!(events.contains(&"requester_left"), "{events:?}");
            assert_eq!(request.access.ended_by, None);
            assert_eq!(request.access.gone_at.is_some(), request.status == Status::Revoked);
        }
        let asked = stage.slack.messages();
        let said =
            asked.iter().filter(|message| message.blocks.to_string().contains("account was deactivated"));
        assert!(said.count() >= 3, "approvers read why");
    }
}

#[tokio::test]
async fn one_that_cannot_be_ended_now_holds_up_none_of_the_others() {
    let stage = stage().await;
    deactivate(&stage, DANA);
    let failed = std::sync::atomic::AtomicU32::new(0);
    stage.aws.inject(move |call| {
        let is_write = call.service == Service::DynamoDb && call.operation == "PutItem";
        let fails = is_write && failed.fetch_add(1, std::sync::atomic::Ordering::Relaxed).is_multiple_of(2);
        fails.then_some(AwsFault::LoseAnswer)
    });
    stage.send(&left(&stage, DANA)).await;
    stage.settle().await;
    stage.settle().await;
    assert_eq!(of(&stage.requests().await, DANA), ALL_OVER);
}

#[tokio::test]
async fn a_restored_account_gets_nothing_back_and_keeps_what_it_asks_for_then() {
    let stage = stage().await;
    let old = left(&stage, DANA);
    stage.send(&old).await;
    stage.settle().await;
    stage.pass(10);
    stage.send(&Job::Submit(stage.spec(DANA, "payments", "ReadOnly", "1h"))).await;
    stage.settle().await;
    // The event that Slack sent before comes once more.
    stage.send(&old).await;
    stage.settle().await;
    let pending = |requests: &[Request]| {
        of(requests, DANA).iter().filter(|(_, status)| *status == Status::Pending).count()
    };
    assert_eq!(pending(&stage.requests().await), 1);
}

#[tokio::test]
async fn the_sweep_asks_about_people_with_live_grants_once_a_day() {
    let stage = stage().await;
    let asked = |stage: &Stage| stage.slack.calls().iter().filter(|call| call.method == "users.info").count();
    let before = asked(&stage);
    stage.send(&Job::Sweep).await;
    stage.settle().await;
    assert_eq!(asked(&stage), before + 2, "Dana and Sam");
    stage.pass(300);
    deactivate(&stage, DANA);
    stage.send(&Job::Sweep).await;
    stage.settle().await;
    assert_eq!(asked(&stage), before + 2);
    assert_eq!(of(&stage.requests().await, DANA).len(), 3);
}

#[tokio::test]
async fn the_sweep_ends_what_they_have_whom_no_event_named() {
    let stage = stage().await;
    deactivate(&stage, DANA);
    // A Slack that fails holds up no sweep, and the next one asks.
    stage.slack.fail("users.info", Fault::ServerError, 1);
    stage.send(&Job::Sweep).await;
    let done = stage.settle().await;
    assert!(done.rejected.is_empty() && done.waiting.is_empty(), "{done:?}");
    assert_eq!(users(&stage).await, 2);
    stage.send(&Job::Sweep).await;
    stage.settle().await;
    assert_eq!(of(&stage.requests().await, DANA), ALL_OVER);
    assert_eq!(users(&stage).await, 1, "Sam's");
}

/// Somebody was looked up while they were still there, and what they ask for is stored after what they had was ended.
#[tokio::test]
async fn what_was_being_taken_in_while_somebody_left_is_ended_by_the_next_sweep() {
    for says_so in [true, false] {
        let stage = stage().await;
        let mut project = payments();
        project["roles"]["Oncall"] = project["roles"]["ReadOnly"].clone();
        project["roles"]["Oncall"]["auto_approve"] = json!({ "for": [DANA], "max_duration": "1h" });
        stage.put_project(project).await;
        if says_so {
            // They were asked about that day already.
            stage.send(&Job::Sweep).await;
            stage.settle().await;
            stage.send(&left(&stage, DANA)).await;
        } else {
            deactivate(&stage, DANA);
            stage.send(&Job::Sweep).await;
        }
        stage.settle().await;
        stage.slack.add_person(person(DANA));
        stage.ask("Oncall", "1h").await;
        stage.ask("Both", "1h").await;
        deactivate(&stage, DANA);
        let live = |requests: &[Request]| of(requests, DANA).iter().any(|(_, status)| status.is_live());
        assert!(live(&stage.requests().await), "{says_so}");
        stage.pass(300);
        stage.send(&Job::Sweep).await;
        stage.settle().await;
        let requests = stage.requests().await;
        let mut theirs = of(&requests, DANA);
        theirs.retain(|(_, status)| !status.is_final());
        assert_eq!(theirs, [], "{says_so}: neither what is live nor what waits");
    }
}

#[tokio::test]
async fn whoever_left_decides_nothing_more() {
    let stage = stage().await;
    deactivate(&stage, OLIVIA);
    let requests = stage.requests().await;
    let id = &requests.iter().find(|request| request.status == Status::Pending).unwrap().request_id;
    stage.send(&Job::Approve(stage.click(id, OLIVIA))).await;
    stage.settle().await;
    let request = stage.requests().await.into_iter().find(|request| request.request_id == *id).unwrap();
    assert!(request.decision.approvals.is_empty());
}
