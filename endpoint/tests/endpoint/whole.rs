//! What must hold at the end of a test, whatever it was about.

use endpoint::{CLAIMS_END, PATIENCE, Stage, eventually};

/// No job is in a dead-letter queue.
pub(crate) async fn nothing_is_dead(stage: &Stage) {
    for queue in stage.cloud.queues() {
        let dead = stage.cloud.lying(&queue.dlq_url).await;
        assert!(dead.is_empty(), "in a dead-letter queue: {dead:?}");
    }
}

/// Waits until there is nothing more to do.
pub(crate) async fn all_is_done(stage: &Stage) {
    eventually("every queue is empty", CLAIMS_END, async || (stage.cloud.queued().await == 0).then_some(()))
        .await;
}

/// Waits until a call of this method of Slack's was made whose arguments contain this, so often.
pub(crate) async fn slack_was_called(stage: &Stage, method: &str, about: &str, times: usize) {
    eventually(&format!("{times} calls of {method} about {about}"), PATIENCE, async || {
        let calls = stage.slack.calls();
        let about = |body: &serde_json::Value| body.to_string().contains(about);
        let made = calls.iter().filter(|call| call.method == method && about(&call.body)).count();
        (made >= times).then_some(())
    })
    .await;
}
