//! Somebody who cannot be written to fills no dead-letter queue, whatever Slack calls that; a broken token is another
//! matter.

use domain::{Job, Status};
use testkit::slack::Fault;

use crate::stage::{DANA, STRANGER, Stage};

#[tokio::test]
async fn a_refusal_that_cannot_be_delivered_is_no_failure_of_its_job() {
    for code in [
        "user_not_found",
        "cannot_dm_bot",
        "is_inactive",
        "messages_tab_disabled",
        "channel_not_found",
        "restricted_action",
        "user_is_restricted",
        "access_denied",
        "a_code_of_tomorrow",
    ] {
        let stage = Stage::new().await;
        stage.ask("ReadOnly", "1h").await;
        let id = stage.request().await.request_id;
        let refused = || stage.slack.fail("chat.postMessage", Fault::Api(code.into()), 1);
        refused();
        stage.send(&Job::Approve(stage.click(&id, STRANGER))).await;
        let left = stage.settle().await;
        assert!(left.rejected.is_empty() && left.waiting.is_empty(), "{code}: {left:?}");
        assert_eq!(stage.request().await.status, Status::Pending);
        refused();
        stage.send(&Job::Submit(stage.spec(DANA, "nowhere", "ReadOnly", "1h"))).await;
        let left = stage.settle().await;
        assert!(left.rejected.is_empty() && left.waiting.is_empty(), "{code}: {left:?}");
        let text = stage.metrics(domain::QueueName::Notify).text();
        assert!(text.contains("keylease_undeliverable_messages_total{worker=\"notify\"} 1"), "{text}");
    }
}

#[tokio::test]
async fn a_token_that_is_broken_keeps_a_refusal_waiting() {
    let stage = Stage::new().await;
    stage.slack.fail("chat.postMessage", Fault::Api("token_revoked".into()), 1);
    stage.send(&Job::Submit(stage.spec(DANA, "nowhere", "ReadOnly", "1h"))).await;
    assert_eq!(stage.settle().await.waiting.len(), 1);
    stage.settle().await;
    assert!(stage.messages_to(DANA)[0].contains("nowhere"), "{:?}", stage.messages_to(DANA));
}
