//! Somebody's account in Slack is deactivated: what they have ends at once, by Slack's own event.

use endpoint::catalogue::{DANA, SAM};
use endpoint::{PATIENCE, Stage, eventually};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn whoever_leaves_loses_what_they_have_and_what_they_asked_for() {
    let stage = Stage::open().await;
    let live = stage.asked_and_approved(DANA, "payments", "ReadOnly", "1h").await;
    stage.request_is(&live, "ACTIVE", PATIENCE).await;
    let (pending, _) = stage.asked(DANA, "payments", "PowerUser", "30m").await;
    let other = stage.asked_and_approved(SAM, "payments", "ReadOnly", "1h").await;
    stage.request_is(&other, "ACTIVE", PATIENCE).await;

    let mut gone = stage.slack.people().into_iter().find(|person| person.id == DANA).expect("Dana");
    gone.deleted = true;
    stage.slack.add_person(gone);
    let event = json!({"type": "user_change", "user": {"id": DANA, "deleted": true}});
    for _ in 0..2 {
        // Slack sends it again where it did not read the answer.
        let status = stage.slack.event(&stage.ingress_url, &event).await.expect("an answer");
        assert_eq!(status.as_u16(), 200);
    }
    let request = stage.request_is(&live, "REVOKED", PATIENCE).await;
    assert_eq!(request.get("ended_by"), None, "nobody ended it");
    stage.request_is_gone(&live, PATIENCE).await;
    stage.request_is(&pending, "LAPSED", PATIENCE).await;
    // Nobody is asked for it any more.
    eventually("the approval message has no buttons", PATIENCE, async || {
        stage.with_button("approve", &pending).is_none().then_some(())
    })
    .await;
    let sams = stage.requests().await.into_iter().find(|request| request["request_id"] == other.as_str());
    assert_eq!(sams.expect("Sam's request")["status"], "ACTIVE");
    stage.close().await;
}
