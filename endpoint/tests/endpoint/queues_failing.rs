//! The queues themselves fail for a while: workers go on by themselves, and nothing is lost or done twice.

use endpoint::catalogue::DANA;
use endpoint::faulty::{Faulty, Until, Wrong};
use endpoint::{PATIENCE, Stage, eventually};

use crate::whole::{all_is_done, nothing_is_dead};

/// Three workers, each of which meets some.
const EACH: Until = Until::Times(4);

/// Whatever it answers, it is asked again.
#[tokio::test(flavor = "multi_thread")]
async fn workers_go_on_when_their_queue_answers_again() {
    let faulty = Faulty::start().await;
    for (status, code) in [
        (403, "AccessDenied"),
        (403, "ExpiredToken"),
        (403, "InvalidClientTokenId"),
        (400, "com.amazonaws.sqs#QueueDoesNotExist"),
        (400, "KmsThrottled"),
        (503, "ServiceUnavailable"),
    ] {
        faulty.go_wrong("ReceiveMessage", Wrong::Answered(status, code), EACH);
    }
    faulty.go_wrong("ReceiveMessage", Wrong::AnswerLost, Until::Times(3));
    let stage = Stage::open_with(&[("AWS_ENDPOINT_URL_SQS", faulty.url())]).await;
    let live = stage.live(DANA, "payments", "ReadOnly", "1h").await;
    assert!(faulty.met("ReceiveMessage") >= 24, "{} went wrong", faulty.met("ReceiveMessage"));
    assert_eq!(stage.cloud.access_keys(&live.user).await.len(), 1);
    nothing_is_dead(&stage).await;
    stage.close().await;
}

/// What a worker is done with comes back when that could not be said, and changes nothing; what follows from a change is
/// sent when it can be.
#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_said_to_the_queue_changes_nothing() {
    let faulty = Faulty::start().await;
    let stage = Stage::open_with(&[("AWS_ENDPOINT_URL_SQS", faulty.url())]).await;
    let (id, asking) = stage.asked(DANA, "payments", "ReadOnly", "1h").await;
    for wrong in
        [Wrong::Answered(503, "ServiceUnavailable"), Wrong::Answered(403, "AccessDenied"), Wrong::AnswerLost]
    {
        faulty.go_wrong("DeleteMessage", wrong, Until::Times(2));
        faulty.go_wrong_about(
            "SendMessage",
            &format!("tell\\\",\\\"request_id\\\":\\\"{id}"),
            wrong,
            Until::Times(1),
        );
        faulty.go_wrong_about(
            "SendMessage",
            &format!("provision\\\",\\\"request_id\\\":\\\"{id}"),
            wrong,
            Until::Times(1),
        );
    }
    stage.click(endpoint::catalogue::OLIVIA, &asking, "approve").await;
    stage.request_is(&id, "ACTIVE", PATIENCE).await;
    stage.expect_message(DANA, &[&id, "revoke"]).await;
    all_is_done(&stage).await;
    assert!(faulty.met("DeleteMessage") >= 4 && faulty.met("SendMessage") >= 1, "nothing went wrong");
    assert_eq!(stage.cloud.mails().await.len(), 1);
    assert_eq!(stage.cloud.access_keys(&format!("keylease-{id}")).await.len(), 1);
    eventually("nobody is asked any more", PATIENCE, async || {
        stage.with_button("approve", &id).is_none().then_some(())
    })
    .await;
    nothing_is_dead(&stage).await;
    stage.close().await;
}

/// Slack is told at once that a click was not taken, so that the person clicks again.
#[tokio::test(flavor = "multi_thread")]
async fn a_click_that_cannot_be_queued_is_not_acknowledged() {
    let faulty = Faulty::start().await;
    let stage = Stage::open_with(&[("AWS_ENDPOINT_URL_SQS", faulty.url())]).await;
    for (status, code) in
        [(403, "AccessDenied"), (400, "com.amazonaws.sqs#QueueDoesNotExist"), (500, "InternalError")]
    {
        faulty.go_wrong_about("SendMessage", "intake", Wrong::Answered(status, code), Until::Times(40));
        let answer = stage.ask(DANA, "payments", "ReadOnly", "1h").await;
        assert_eq!(answer.status, 503, "{code}: {}", answer.body);
        faulty.go_right();
    }
    stage.live(DANA, "payments", "ReadOnly", "1h").await;
    stage.close().await;
}
