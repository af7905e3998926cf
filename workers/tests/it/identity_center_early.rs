//! Access that is taken away so long before the end of a grant that no session outlives the end.

use domain::{GrantDuration, Job, RequestId, Status, UnixSeconds, audit};
use serde_json::json;

use crate::identity_center::{There, there};
use crate::stage::{APPROVALS, DANA, OLIVIA, SAM};

/// The role `PowerUser` closes early; its sessions last for two hours.
async fn closing_early() -> There {
    let there = there().await;
    let rule = json!({ "for": [SAM], "max_duration": "90m" });
    let project = json!({
        "project": "payments", "owner_slack_id": OLIVIA, "approver_slack_ids": [OLIVIA, SAM], "channel": APPROVALS,
        "roles": {"PowerUser": {
            "kind": "permission_set", "permission_set_arn": there.set(), "account_id": "111122223333",
            "max_duration": "8h", "door_closes_early": true, "max_extensions": 1, "break_glass": rule}}});
    there.stage.put_project(project).await;
    there
}

/// Whether the one schedule fires then.
async fn is_scheduled(there: &There, at: UnixSeconds) -> bool {
    let schedules = there.stage.aws.schedules().await;
    let expressions: Vec<&str> = schedules.iter().map(|schedule| schedule.expression.as_str()).collect();
    expressions == [at.timestamp().strftime("at(%Y-%m-%dT%H:%M:%S)").to_string()]
}

async fn approve(there: &There, id: &RequestId) {
    there.stage.send(&Job::Approve(there.stage.click(id, OLIVIA))).await;
    there.stage.settle().await;
}

#[tokio::test]
async fn it_is_taken_away_so_early_that_every_session_is_over_by_the_end() {
    let there = closing_early().await;
    there.stage.ask("PowerUser", "5h").await;
    let asked = there.stage.approval_message().unwrap().blocks.to_string();
    assert!(asked.contains("It is taken away 2 hours before the end"), "{asked}");
    let id = there.latest("PowerUser").await;
    approve(&there, &id).await;
    let request = there.request(&id).await;
    let end = request.access.expires_at.unwrap();
    assert_eq!(end, request.decision.decided_at.unwrap().plus_seconds(5 * 3_600));
    assert_eq!(request.access.sessions_until, Some(end), "no session outlives the end");
    assert!(is_scheduled(&there, end.plus_seconds(-7_200)).await);
    let told = there.stage.messages_to(DANA);
    assert!(told.iter().any(|text| text.contains("so that no session goes on after")), "{told:?}");

    there.stage.pass(3 * 3_600 - 60);
    there.stage.send(&Job::ExpireGrant { request_id: id.clone() }).await;
    there.stage.settle().await;
    assert!(there.has("PowerUser"), "a job that comes early changes nothing");
    there.stage.pass(60);
    there.stage.fire_schedules().await;
    there.stage.settle().await;
    there.is_over(&id, "PowerUser").await;
    let request = there.request(&id).await;
    assert_eq!((request.status, request.access.sessions_until), (Status::Expired, Some(end)));
    assert_eq!(request.access.ended_at, Some(end.plus_seconds(-7_200)));
    assert_eq!(audit::verify(&request).faults, []);
}

#[tokio::test]
async fn the_sweep_takes_it_away_as_early_where_the_schedule_is_lost() {
    let there = closing_early().await;
    let id = there.approved("PowerUser", "5h").await;
    there.stage.pass(3 * 3_600 - 400);
    there.stage.send(&Job::Sweep).await;
    there.stage.settle().await;
    let told = there.stage.messages_to(DANA);
    let warned =
        told.iter().find(|text| text.contains(":alarm_clock:")).expect("a warning before it is taken away");
    assert!(warned.contains("A session can be opened until"), "{warned}");
    assert!(there.has("PowerUser"));
    there.stage.pass(400);
    there.stage.send(&Job::Sweep).await;
    there.stage.settle().await;
    there.is_over(&id, "PowerUser").await;
}

#[tokio::test]
async fn what_is_not_longer_than_its_sessions_is_refused_and_nobody_is_asked() {
    for (duration, fits) in [("2h", false), ("90m", false), ("121m", true)] {
        let there = closing_early().await;
        there.stage.ask("PowerUser", duration).await;
        assert_eq!(there.stage.requests().await.len(), usize::from(fits), "{duration}");
        let told = there.stage.messages_to(DANA);
        let why = "has to be asked for for longer than 2 hours";
        assert_eq!(told.iter().any(|text| text.contains(why)), !fits, "{told:?}");
    }
}

#[tokio::test]
async fn nobody_approves_it_for_less_than_its_sessions_last() {
    let there = closing_early().await;
    there.stage.ask("PowerUser", "5h").await;
    let id = there.latest("PowerUser").await;
    let click = there.stage.click(&id, OLIVIA);
    let duration = GrantDuration::parse("2h").unwrap();
    there.stage.send(&Job::ApproveShorter(domain::job::ShorterApproval { click, duration })).await;
    there.stage.settle().await;
    assert_eq!(there.status(&id).await, Status::Pending);
    let told = there.stage.messages_to(OLIVIA);
    assert!(told.iter().any(|text| text.contains("cannot be approved for 2 hours or less")), "{told:?}");
}

#[tokio::test]
async fn a_rule_that_grants_less_than_its_sessions_last_grants_nothing() {
    let there = closing_early().await;
    there.stage.aws.identity_center().add_user("second", "u0second@example.com");
    let mut ask = there.stage.spec(SAM, "payments", "PowerUser", "5h");
    (ask.break_glass, ask.justification) = (true, Some("the site is down".to_owned()));
    there.stage.send(&Job::Submit(ask)).await;
    there.stage.settle().await;
    assert!(there.stage.requests().await.is_empty());
    let told = there.stage.messages_to(SAM);
    assert!(told.last().unwrap().contains("longer than 2 hours"), "{told:?}");
}

#[tokio::test]
async fn sessions_that_became_longer_since_it_was_asked_for_move_the_moment_or_fail_it() {
    for (longer, is_given) in [("PT4H", true), ("PT6H", false)] {
        let there = closing_early().await;
        there.stage.ask("PowerUser", "5h").await;
        let id = there.latest("PowerUser").await;
        there.stage.aws.identity_center().set_session_duration(&there.set(), longer);
        approve(&there, &id).await;
        let request = there.request(&id).await;
        if is_given {
            let end = request.access.expires_at.unwrap();
            assert_eq!((request.status, request.access.sessions_until), (Status::Active, Some(end)));
            assert!(is_scheduled(&there, end.plus_seconds(-4 * 3_600)).await);
        } else {
            assert_eq!(request.status, Status::Failed);
            assert!(request.access.failure.as_ref().unwrap().contains("ask for longer"), "{request:#?}");
            there.is_over(&id, "PowerUser").await;
        }
    }
}
