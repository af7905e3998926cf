//! Clicks that are worked on late, because a worker or a queue was down: what counts is when somebody clicked.

use std::time::Duration;

use endpoint::catalogue::{DANA, OLIVIA};
use endpoint::payload;
use endpoint::{PATIENCE, Stage, eventually};
use serde_json::json;
use testkit::slack::Message;

use crate::whole::{all_is_done, nothing_is_dead};

/// For so long a worker is down, in seconds: more than a decision may be off by.
const DOWN_SECONDS: i64 = 3;
/// The time of a click, and of what is said of it, in whole seconds.
const OFF_SECONDS: i64 = 1;
/// An approval that is worked on later than this grants nothing.
const STALE_AFTER_SECONDS: i64 = 15 * 60;

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_lasts_from_the_click_whenever_that_is_worked_on() {
    let mut stage = without("provision", &[("PENDING_TTL", "3s")]).await;
    let asked = stage.dana_asks("ReadOnly", "1h").await;
    let clicked = click(&stage, OLIVIA, &asked, "approve").await;
    // By now it would have lapsed, but for the click.
    is_past(clicked + DOWN_SECONDS + OFF_SECONDS).await;
    stage.start("provision");
    let request = stage.only_request("ACTIVE").await;
    near(&request["decided_at"], clicked);
    near(&request["expires_at"], clicked + 3_600);
    nothing_is_dead(&stage).await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_counts_from_its_click() {
    let mut stage = Stage::open().await;
    let live = stage.live(DANA, "payments", "ReadOnly", "1h").await;
    let message = stage.expect_message(DANA, &[&live.id, "revoke"]).await;
    stage.take("revoke").stop().await;
    let clicked = click(&stage, DANA, &message, "revoke").await;
    is_past(clicked + DOWN_SECONDS).await;
    stage.start("revoke");
    let request = stage.request_is_gone(&live.id, PATIENCE).await;
    assert_eq!(request["status"], "REVOKED");
    near(&request["ended_at"], clicked);
    assert_eq!(live.key.identity().await, Err(String::from("InvalidClientTokenId")));
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denial_counts_from_its_click() {
    let mut stage = Stage::open().await;
    let asked = stage.dana_asks("ReadOnly", "1h").await;
    stage.take("notify").stop().await;
    let clicked = click(&stage, OLIVIA, &asked, "deny").await;
    is_past(clicked + DOWN_SECONDS).await;
    stage.start("notify");
    near(&stage.only_request("DENIED").await["decided_at"], clicked);
    stage.expect_message(DANA, &["denied"]).await;
    stage.close().await;
}

/// The whole grant would have been over before anybody could use it, or the approval is older than the limit.
#[tokio::test(flavor = "multi_thread")]
async fn an_approval_that_is_worked_on_too_late_is_asked_for_again() {
    let mut stage = without("provision", &[]).await;
    let asked = stage.dana_asks("ReadOnly", "5s").await;
    let clicked = click(&stage, OLIVIA, &asked, "approve").await;
    is_past(clicked + 5).await;
    let id = stage.only_request("PENDING").await["request_id"].clone();
    let old = json!({
        "version": 1, "job": "approve", "request_id": id, "user_id": OLIVIA,
        "clicked_at": payload::now() - STALE_AFTER_SECONDS - 1,
    });
    stage.cloud.put(&stage.cloud.provision, &old.to_string()).await;
    stage.start("provision");
    eventually("she is told, once for each click", PATIENCE, async || {
        let told = stage.slack.messages_seen_by(OLIVIA);
        let again = told.iter().filter(|message| message.text.contains("click *Approve* again"));
        (again.count() == 2).then_some(())
    })
    .await;
    all_is_done(&stage).await;
    stage.only_request("PENDING").await;
    assert!(stage.cloud.users().await.is_empty() && stage.cloud.mails().await.is_empty());

    let clicked = click(&stage, OLIVIA, &asked, "approve").await;
    let request = stage.only_request("EXPIRED").await;
    near(&request["expires_at"], clicked + 5);
    nothing_is_dead(&stage).await;
    stage.close().await;
}

/// A stage in which one worker does not run yet.
async fn without(worker: &'static str, other: &[(&str, &str)]) -> Stage {
    let mut stage = Stage::set(other).await;
    for name in endpoint::stage::PROGRAMS.into_iter().filter(|name| *name != worker) {
        stage.start(name);
    }
    stage.ingress_serves().await;
    stage
}

/// Clicks, and says when.
async fn click(stage: &Stage, person: &str, message: &Message, action: &str) -> i64 {
    let now = payload::now();
    stage.click(person, message, action).await;
    now
}

async fn is_past(moment: i64) {
    let within = Duration::from_secs(u64::try_from(moment - payload::now()).unwrap_or(0)) + PATIENCE;
    eventually("time has passed", within, async || (payload::now() > moment).then_some(())).await;
}

fn near(moment: &serde_json::Value, wanted: i64) {
    let moment = moment.as_i64().expect("a moment");
    assert!((moment - wanted).abs() <= OFF_SECONDS, "{moment} is {} s off", moment - wanted);
}
