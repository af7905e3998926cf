//! What a click means counts from the moment at which it reached the ingress, however late it is worked on.

use domain::job::Click;
use domain::lifecycle::CLICK_STALE_AFTER_SECONDS;
use domain::{Job, RequestId, Status, UnixSeconds};

use crate::stage::{DANA, OLIVIA, SAM, Stage};

const TTL_SECONDS: i64 = 24 * 3_600;

async fn asked(role: &str) -> (Stage, RequestId) {
    let stage = Stage::new().await;
    stage.ask(role, "1h").await;
    let id = stage.request().await.request_id;
    (stage, id)
}

/// A click of now that is worked on so many seconds later.
async fn worked_on_late(stage: &Stage, job: fn(Click) -> Job, click: Click, seconds: i64) -> UnixSeconds {
    let clicked_at = click.clicked_at.unwrap();
    stage.pass(seconds);
    stage.send(&job(click)).await;
    stage.settle().await;
    clicked_at
}

#[tokio::test]
async fn access_lasts_from_the_click_and_the_record_keeps_both_moments() {
    let (stage, id) = asked("ReadOnly").await;
    let click = stage.click(&id, OLIVIA);
    let clicked_at = worked_on_late(&stage, Job::Approve, click, 600).await;
    let request = stage.request().await;
    assert_eq!(request.status, Status::Active);
    assert_eq!(request.decision.decided_at, Some(clicked_at));
    assert_eq!(request.access.expires_at, Some(clicked_at.plus_seconds(3_600)));
    let approve = request.audit.history.iter().find(|change| change.event == "approve").unwrap();
    assert!(approve.at.seconds_since(clicked_at) >= 600, "when it was worked on");
    assert_eq!(approve.inputs["clicked_at"], clicked_at.0, "and when it was clicked");
    assert_eq!(domain::audit::verify(&request).faults, []);
}

#[tokio::test]
async fn an_approval_that_is_worked_on_too_late_grants_nothing_and_is_asked_for_again() {
    let (stage, id) = asked("ReadOnly").await;
    let click = stage.click(&id, OLIVIA);
    worked_on_late(&stage, Job::Approve, click, CLICK_STALE_AFTER_SECONDS + 1).await;
    assert_eq!(stage.request().await.status, Status::Pending);
    assert!(stage.aws.users().await.is_empty() && stage.aws.mails().is_empty());
    let told = stage.messages_to(OLIVIA);
    assert!(told.last().unwrap().contains("Nothing was granted"), "{told:?}");
    assert!(told.last().unwrap().contains("click *Approve* again"), "{told:?}");
    let message = stage.approval_message().unwrap();
    assert!(message.blocks.to_string().contains(r#""action_id":"approve""#), "its buttons stay");

    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    stage.settle().await;
    assert_eq!(stage.request().await.status, Status::Active, "a new click counts");
}

#[tokio::test]
async fn the_first_of_two_approvals_is_not_acted_on_too_late_either() {
    let (stage, id) = asked("Both").await;
    let click = stage.click(&id, OLIVIA);
    worked_on_late(&stage, Job::Approve, click, CLICK_STALE_AFTER_SECONDS + 1).await;
    assert!(stage.request().await.decision.approvals.is_empty());
    assert!(stage.messages_to(OLIVIA).last().unwrap().contains("Nothing was granted"));
}

#[tokio::test]
async fn a_grant_whose_whole_time_has_passed_since_the_click_is_asked_for_again() {
    let stage = Stage::new().await;
    stage.ask("ReadOnly", "15m").await;
    let id = stage.request().await.request_id;
    let click = stage.click(&id, OLIVIA);
    worked_on_late(&stage, Job::Approve, click, 15 * 60).await;
    assert_eq!(stage.request().await.status, Status::Pending);
    assert!(stage.messages_to(OLIVIA).last().unwrap().contains("click *Approve* again"));
}

#[tokio::test]
async fn a_click_in_time_counts_though_the_request_would_have_lapsed_by_now() {
    for (job, status) in [(Job::Approve as fn(Click) -> Job, Status::Active), (Job::Deny, Status::Denied)] {
        let (stage, id) = asked("ReadOnly").await;
        stage.pass(TTL_SECONDS - 60);
        let click = stage.click(&id, SAM);
        let clicked_at = worked_on_late(&stage, job, click, 120).await;
        let request = stage.request().await;
        assert_eq!((request.status, request.decision.decided_at), (status, Some(clicked_at)));
    }
}

#[tokio::test]
async fn a_click_after_the_end_of_its_time_lets_the_request_lapse_and_is_told_so() {
    for job in [Job::Approve as fn(Click) -> Job, Job::Deny] {
        let (stage, id) = asked("ReadOnly").await;
        stage.pass(TTL_SECONDS + 1);
        stage.send(&job(stage.click(&id, SAM))).await;
        stage.settle().await;
        assert_eq!(stage.request().await.status, Status::Lapsed);
        assert!(stage.messages_to(SAM).last().unwrap().contains("lapsed"));
        assert!(stage.messages_to(DANA).last().unwrap().contains("it lapsed"));
    }
}

#[tokio::test]
async fn a_click_that_is_too_old_says_when_the_request_has_lapsed_meanwhile() {
    let (stage, id) = asked("ReadOnly").await;
    stage.pass(TTL_SECONDS - 60);
    let click = stage.click(&id, SAM);
    worked_on_late(&stage, Job::Approve, click, CLICK_STALE_AFTER_SECONDS + 1).await;
    assert_eq!(stage.request().await.status, Status::Lapsed);
    let told = stage.messages_to(SAM);
    assert!(told.last().unwrap().contains("Nothing was granted") && told.last().unwrap().contains("lapsed"));
}

#[tokio::test]
async fn a_denial_and_an_end_are_carried_out_however_late() {
    let (stage, id) = asked("ReadOnly").await;
    let click = stage.click(&id, SAM);
    let clicked_at = worked_on_late(&stage, Job::Deny, click, 2 * TTL_SECONDS).await;
    let request = stage.request().await;
    assert_eq!((request.status, request.decision.decided_at), (Status::Denied, Some(clicked_at)));
    names_both_moments(&stage, clicked_at, "That was");

    let stage = Stage::new().await;
    stage.ask("ReadOnly", "8h").await;
    let id = stage.request().await.request_id;
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    stage.settle().await;
    let click = stage.click(&id, DANA);
    let clicked_at = worked_on_late(&stage, Job::EndGrant, click, 4 * CLICK_STALE_AFTER_SECONDS).await;
    let request = stage.request().await;
    assert_eq!((request.status, request.access.ended_at), (Status::Revoked, Some(clicked_at)));
    assert!(request.access.gone_at.is_some());
    names_both_moments(&stage, clicked_at, "asked to end");
    let message = stage.slack.messages().into_iter().find(|m| m.text.contains("Your access to")).unwrap();
    assert!(
        !message.text.contains(&format!("<!date^{}^", clicked_at.0)),
        "access had not ended then: {message:?}"
    );
}

/// What the approvers and the requester read names the click and the moment at which it was carried out.
fn names_both_moments(stage: &Stage, clicked_at: UnixSeconds, part: &str) {
    let told = stage.messages_to(DANA);
    for text in [told.last().unwrap(), &stage.approval_message().unwrap().text] {
        assert!(text.contains("carried out only"), "{text}");
        assert!(text.contains(&format!("<!date^{}^", clicked_at.0)), "{text}");
    }
    assert!(told.last().unwrap().contains(part), "{told:?}");
}

#[tokio::test]
async fn a_denial_that_is_carried_out_in_time_names_one_moment() {
    let (stage, id) = asked("ReadOnly").await;
    let click = stage.click(&id, SAM);
    worked_on_late(&stage, Job::Deny, click, CLICK_STALE_AFTER_SECONDS - 60).await;
    for text in [stage.messages_to(DANA).last().unwrap(), &stage.approval_message().unwrap().text] {
        assert!(!text.contains("carried out only"), "{text}");
    }
}

#[tokio::test]
async fn a_click_from_before_clicks_carried_their_time_counts_from_when_it_is_worked_on() {
    let (stage, id) = asked("ReadOnly").await;
    let click = Click { clicked_at: None, ..stage.click(&id, OLIVIA) };
    stage.pass(CLICK_STALE_AFTER_SECONDS + 1);
    stage.send(&Job::Approve(click)).await;
    stage.settle().await;
    let request = stage.request().await;
    assert_eq!(request.status, Status::Active);
    assert!(
        request.decision.decided_at.unwrap().seconds_since(request.ask.created_at)
            > CLICK_STALE_AFTER_SECONDS
    );
}
