//! Slack shows what a request has become, also where the job that should have seen to it was lost.

use domain::{Job, QueueName, RequestId, Status};

use crate::stage::{DANA, OLIVIA, Stage};

const A_WHILE_SECONDS: i64 = 180;

async fn sweep(stage: &Stage) {
    stage.send(&Job::Sweep).await;
    stage.settle().await;
}

/// A request that was denied, of which nobody was told.
async fn denied_in_silence(stage: &Stage) -> RequestId {
    stage.ask("ReadOnly", "1h").await;
    let id = stage.request().await.request_id;
    stage.send(&Job::Deny(stage.click(&id, OLIVIA))).await;
    let [deny] = stage.take(QueueName::Notify).await.try_into().unwrap();
    let attempt = workers::consumer::Attempt { number: 1, max: 8 };
    stage.handle(QueueName::Notify, &deny, attempt).await.unwrap();
    let lost = stage.take(QueueName::Notify).await;
    assert!(matches!(lost.as_slice(), [Job::SyncSlack { .. }]), "{lost:?}");
    assert_eq!(stage.request().await.status, Status::Denied);
    assert!(!stage.messages_to(DANA).last().unwrap().contains("denied"));
    id
}

fn is_told(stage: &Stage) -> bool {
    let message = stage.approval_message().unwrap();
    stage.messages_to(DANA).last().unwrap().contains("denied your request")
        && message.text.contains("Denied by")
        && !message.blocks.to_string().contains(r#""action_id":"approve""#)
}

#[tokio::test]
async fn the_sweep_brings_slack_up_to_date_with_and_without_an_index() {
    for stage in [Stage::new().await, Stage::without_index().await] {
        denied_in_silence(&stage).await;
        sweep(&stage).await;
        assert!(!is_told(&stage), "its job may still be on its way");
        stage.pass(A_WHILE_SECONDS);
        sweep(&stage).await;
        assert!(is_told(&stage), "{:?}", stage.messages_to(DANA));
        let told = stage.messages_to(DANA).len();
        stage.pass(3_600);
        sweep(&stage).await;
        assert_eq!(stage.messages_to(DANA).len(), told, "and once");
        assert!(!stage.request().await.needs_sweep(), "it has left the sweep");
    }
}

#[tokio::test]
async fn one_that_stays_stale_is_not_sent_at_each_sweep_and_given_up_after_a_day() {
    let stage = Stage::new().await;
    denied_in_silence(&stage).await;
    let mut sent = 0;
    for _ in 0..12 {
        stage.pass(300);
        let attempt = workers::consumer::Attempt { number: 1, max: 8 };
        stage.handle(QueueName::Revoke, &Job::Sweep, attempt).await.unwrap();
        sent += stage.take(QueueName::Notify).await.len();
    }
    assert!((2..=4).contains(&sent), "{sent} in an hour");
    let counted = format!("keylease_sweep_slack_updates_resent_total {sent}");
    let metrics = stage.metrics(QueueName::Revoke).text();
    assert!(metrics.lines().any(|line| line == counted), "{counted}: {metrics}");
    assert!(metrics.lines().any(|line| line == "keylease_sweep_jobs_sent_total 0"), "{metrics}");
    stage.pass(25 * 3_600);
    sweep(&stage).await;
    assert!(!is_told(&stage), "nobody is told of what is long over");
    assert!(!stage.request().await.needs_sweep());
}
