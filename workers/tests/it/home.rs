//! The App Home: what somebody has, what waits for them, what is live in their projects; kept up to date while they may
//! look, and at no cost for people who never opened theirs.

use domain::job::PublishHome;
use domain::{Job, SlackUserId};
use testkit::slack::Fault;

use crate::stage::{DANA, OLIVIA, SAM, STRANGER, Stage};

fn opened(stage: &Stage, person: &str) -> Job {
    let now = stage.now();
    let user_id = SlackUserId::parse(person).unwrap();
    Job::PublishHome(PublishHome { user_id, opened_at: now, asked_at_ms: now.0 * 1_000 })
}

async fn handled(stage: &Stage, job: &Job) {
    stage.send(job).await;
    settled(stage).await;
}

/// Also what is sent with a delay.
async fn settled(stage: &Stage) {
    for _ in 0..2 {
        let left = stage.settle().await;
        assert!(left.rejected.is_empty() && left.waiting.is_empty(), "{left:?}");
        stage.pass(3);
    }
    stage.settle().await;
}

fn shown(stage: &Stage, person: &str) -> String {
    stage.slack.home(person).map(|page| page.view.to_string()).unwrap_or_default()
}

fn drawn(stage: &Stage) -> usize {
    stage.slack.calls().iter().filter(|call| call.method == "views.publish").count()
}

#[tokio::test]
async fn each_sees_what_is_theirs_and_what_changes_is_drawn_again() {
    let stage = Stage::new().await;
    for person in [DANA, OLIVIA, SAM, STRANGER] {
        handled(&stage, &opened(&stage, person)).await;
        assert!(shown(&stage, person).contains("You have no live access"), "{person}");
        assert!(shown(&stage, person).contains("request_access"));
    }
    let strangers = shown(&stage, STRANGER);
    stage.ask("ReadOnly", "1h").await;
    settled(&stage).await;
    let id = stage.request().await.request_id;
    assert!(shown(&stage, DANA).contains("not decided yet"));
    for approver in [OLIVIA, SAM] {
        let page = shown(&stage, approver);
        assert!(page.contains("Waiting for you") && page.contains("<@U0DANA> asks for"), "{page}");
        assert!(page.contains(r#""action_id":"approve""#) && page.contains(id.as_str()), "{page}");
        assert!(!page.contains("<!channel>"), "what was typed is text: {page}");
    }
    handled(&stage, &Job::Approve(stage.click(&id, SAM))).await;
    settled(&stage).await;
    assert!(shown(&stage, DANA).contains("left") && shown(&stage, DANA).contains(r#""action_id":"revoke""#));
    let (owner, approver) = (shown(&stage, OLIVIA), shown(&stage, SAM));
    assert!(owner.contains("Live in your projects") && !owner.contains("Waiting for you"), "{owner}");
    assert!(
        !approver.contains("Live in your projects") && !approver.contains("Waiting for you"),
        "{approver}"
    );
    handled(&stage, &Job::EndGrant(stage.click(&id, DANA))).await;
    settled(&stage).await;
    assert!(shown(&stage, DANA).contains("You have no live access"));
    assert_eq!(shown(&stage, STRANGER), strangers);
}

#[tokio::test]
async fn people_who_did_not_open_it_lately_cost_no_call() {
    let stage = Stage::new().await;
    stage.ask("ReadOnly", "1h").await;
    settled(&stage).await;
    assert_eq!(drawn(&stage), 0);
    handled(&stage, &opened(&stage, DANA)).await;
    assert_eq!(drawn(&stage), 1);
    stage.pass(2 * 3_600);
    let id = stage.request().await.request_id;
    handled(&stage, &Job::Deny(stage.click(&id, OLIVIA))).await;
    settled(&stage).await;
    assert_eq!(drawn(&stage), 1, "that was two hours ago");
}

#[tokio::test]
async fn what_comes_twice_is_drawn_once_and_slack_may_ask_to_wait() {
    let stage = Stage::new().await;
    let job = opened(&stage, DANA);
    for fault in [Fault::RateLimited { retry_after_secs: 1 }, Fault::ServerError, Fault::LoseAnswer] {
        stage.slack.fail("views.publish", fault, 1);
    }
    handled(&stage, &job).await;
    let calls = drawn(&stage);
    assert!(calls >= 4, "{calls}");
    handled(&stage, &job).await;
    assert_eq!(drawn(&stage), calls, "it shows that already");
    stage.pass(1);
    stage.slack.fail("views.publish", Fault::Api("not_enabled".into()), 1);
    handled(&stage, &opened(&stage, DANA)).await;
    assert_eq!(drawn(&stage), calls + 1, "what Slack refuses for good is not tried again");
    let old = opened(&stage, DANA);
    stage.pass(3_600);
    handled(&stage, &old).await;
    assert_eq!(drawn(&stage), calls + 1, "nobody looks any more");
}
