//! Two installations in one account, with the same people, projects and roles: neither touches what the other made.

use endpoint::catalogue::DANA;
use endpoint::{PATIENCE, Stage, eventually};
use serde_json::json;

use crate::whole::{all_is_done, nothing_is_dead};

#[tokio::test(flavor = "multi_thread")]
async fn two_installations_in_one_account_leave_each_other_alone() {
    let first = Stage::open().await;
    let second = first.beside(&[("DEPLOYMENT_ID", "second")]).await;
    let (ours, theirs) = tokio::join!(
        first.live(DANA, "payments", "ReadOnly", "1h"),
        second.live(DANA, "payments", "ReadOnly", "1h")
    );
    assert_ne!(ours.id, theirs.id, "one name for two users");
    for (live, deployment) in [(&ours, "keylease"), (&theirs, "second")] {
        let tags = first.cloud.tags(&live.user).await;
        let tag = tags.iter().find(|tag| tag.key == "keylease:deployment").map(|tag| tag.value.as_str());
        assert_eq!(tag, Some(deployment));
    }
    for stage in [&first, &second] {
        swept(stage, &[r#"{"version":1,"job":"sweep"}"#, r#"{"version":1,"job":"sweep_all"}"#]).await;
    }
    // The end of something that the other made, by name.
    swept(&first, &[&json!({"version": 1, "job": "revoke", "request_id": theirs.id}).to_string()]).await;
    swept(&second, &[&json!({"version": 1, "job": "revoke", "request_id": ours.id}).to_string()]).await;
    for live in [&ours, &theirs] {
        assert_eq!(live.key.reads().await, Ok(()), "{} was taken away by the other", live.id);
    }
    assert_eq!(first.cloud.schedules().await.len(), 2);

    let message = first.expect_message(DANA, &[&ours.id, "revoke"]).await;
    first.click(DANA, &message, "revoke").await;
    first.request_is_gone(&ours.id, PATIENCE).await;
    assert!(ours.key.reads().await.is_err());
    assert_eq!(theirs.key.reads().await, Ok(()));
    eventually("its schedule alone is gone", PATIENCE, async || {
        (first.cloud.schedules().await == [theirs.user.clone()]).then_some(())
    })
    .await;
    for stage in [&first, &second] {
        nothing_is_dead(stage).await;
    }
    first.close().await;
    second.close().await;
}

/// Has the revoke worker do this, and waits until it has.
async fn swept(stage: &Stage, bodies: &[&str]) {
    for body in bodies {
        stage.cloud.put(&stage.cloud.revoke, body).await;
    }
    all_is_done(stage).await;
}
