//! Access ends: at its time, or early by those who may end it.

use endpoint::catalogue::{DANA, OLIVIA, SAM, STRANGER};
use endpoint::key::Key;
use endpoint::payload::{self, Signed};
use endpoint::{PATIENCE, Stage, eventually};
use serde_json::Value;

/// The emulator looks at its schedules every 10 s, and a job may have to wait for one visibility timeout.
const LATENESS_MAX_SECONDS: i64 = 30;

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_ends_by_itself() {
    let stage = Stage::open().await;
    let asked = stage.dana_asks("ReadOnly", "10s").await;
    stage.click(OLIVIA, &asked, "approve").await;
    let key = Key::in_mail(&stage.first_mail().await.text);
    assert!(key.identity().await.is_ok());

    stage.only_request("EXPIRED").await;
    let request = gone(&stage, &key).await;
    let time = |field: &str| request[field].as_i64().unwrap_or_else(|| panic!("{field} in {request:#}"));
    assert_eq!(time("expires_at"), time("decided_at") + 10);
    assert!(time("gone_at") >= time("expires_at"), "{request:#}");
    assert!(time("gone_at") - time("expires_at") <= LATENESS_MAX_SECONDS, "{request:#}");
    assert!(stage.cloud.schedules().await.is_empty(), "a spent schedule is gone");
    stage.expect_message(DANA, &["ReadOnly", "ended"]).await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_requester_ends_a_grant_early() {
    ended_early_by(DANA).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approver_ends_a_grant_early() {
    ended_early_by(SAM).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_cannot_end_a_grant() {
    let stage = Stage::open().await;
    let (key, live) = live_grant(&stage).await;
    stage.click(STRANGER, &live, "revoke").await;
    eventually("the click was handled", PATIENCE, async || {
        stage.cloud.lying(&stage.cloud.revoke.url).await.is_empty().then_some(())
    })
    .await;
    assert_eq!(stage.only_request("ACTIVE").await["ended_at"], Value::Null);
    assert!(key.identity().await.is_ok());
    stage.close().await;
}

async fn ended_early_by(person: &str) {
    let stage = Stage::open().await;
    let (key, live) = live_grant(&stage).await;
    stage.click(person, &live, "revoke").await;
    let request = stage.only_request("REVOKED").await;
    assert!(request["ended_at"].as_i64() < request["expires_at"].as_i64(), "{request:#}");
    gone(&stage, &key).await;
    eventually("its schedule is gone too", PATIENCE, async || {
        stage.cloud.schedules().await.is_empty().then_some(())
    })
    .await;

    // Ending it again, in whatever way, changes nothing.
    let id = request["request_id"].as_str().unwrap();
    let again = payload::click(person, &live.channel, &live.ts, "revoke", id);
    assert_eq!(stage.post_interaction(&Signed::at(0, again)).await.status, 200);
    let job = format!(r#"{{"version":1,"job":"revoke","request_id":"{id}"}}"#);
    stage.cloud.put(&stage.cloud.revoke, &job).await;
    stage.cloud.sweep().await;
    eventually("the jobs were done", PATIENCE, async || {
        stage.cloud.lying(&stage.cloud.revoke.url).await.is_empty().then_some(())
    })
    .await;
    assert!(stage.cloud.lying(&stage.cloud.revoke.dlq_url).await.is_empty());
    stage.only_request("REVOKED").await;
    stage.close().await;
}

async fn live_grant(stage: &Stage) -> (Key, testkit::slack::Message) {
    let live = stage.live(DANA, "payments", "ReadOnly", "2h").await;
    (live.key, stage.message_with("revoke").await)
}

/// Waits until the record says that all is gone, and looks whether it is.
async fn gone(stage: &Stage, key: &Key) -> Value {
    let request = eventually("the record says that all is gone", PATIENCE, async || {
        stage.cloud.requests().await.into_iter().find(|request| request["gone_at"].is_number())
    })
    .await;
    assert!(stage.cloud.users().await.is_empty(), "the user is still there");
    assert_eq!(key.identity().await, Err(String::from("InvalidClientTokenId")));
    request
}
