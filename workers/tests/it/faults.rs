//! Every call failing once, in every way, and every job delivered twice: the outcome is the same.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::{Job, Status};
use testkit::aws::{Fault, Service};

use crate::stage::{DANA, OLIVIA, Stage};
use crate::ways::hold_at_every_call;

/// The whole way of one request, asked, approved and over.
async fn whole_way(stage: &Stage, role: &str) {
    stage.ask(role, "1h").await;
    let id = stage.request().await.request_id;
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    stage.settle().await;
    live_as_it_should_be(stage, role).await;
    stage.pass(3_601);
    stage.fire_schedules().await;
    stage.settle().await;
    over_as_it_should_be(stage).await;
}

async fn live_as_it_should_be(stage: &Stage, role: &str) {
    let request = stage.request().await;
    assert_eq!(request.status, Status::Active, "{request:#?}");
    assert!(request.work.outbox.is_empty() && request.work.making.is_none());
    assert_eq!(stage.aws.schedules().await.len(), 1);
    let key = request.access.access_key_id.clone().unwrap();
    let last = stage.aws.mails().pop().expect("a mail");
    assert!(last.text.contains(&key), "the last mail has the key that lives");
    let users = stage.aws.users().await;
    if role == "ReadOnly" {
        assert_eq!(users.len(), 1);
        let keys: Vec<&str> = users[0].keys.iter().map(|k| k.id.as_str()).collect();
        assert_eq!(keys, [key.as_str()], "one key, and the record knows it");
    } else {
        assert!(users.is_empty());
    }
    assert_eq!(request.audit.history.iter().filter(|change| change.event == "approve").count(), 1);
}

async fn over_as_it_should_be(stage: &Stage) {
    let request = stage.request().await;
    assert_eq!(request.status, Status::Expired, "{request:#?}");
    assert!(request.access.gone_at.is_some() && request.work.outbox.is_empty());
    assert!(stage.aws.users().await.is_empty());
    assert!(stage.aws.schedules().await.is_empty() || stage.fire_schedules().await == 0);
    let told = stage.messages_to(DANA);
    assert!(told.iter().any(|text| text.contains("as planned")), "{told:?}");
    for queue in stage.aws.queues() {
        assert!(queue.messages.is_empty() || queue.delayed + queue.in_flight > 0, "{queue:?}");
    }
}

/// How many calls of a worker the whole way takes.
async fn count_calls(role: &str) -> u64 {
    let stage = Stage::new().await;
    let count = watch(&stage, u64::MAX, &Fault::FailBefore);
    whole_way(&stage, role).await;
    count.load(Ordering::Relaxed)
}

/// Puts the fault on the call of this number, counted over the calls that handlers make.
pub(crate) fn watch(stage: &Stage, number: u64, fault: &Fault) -> Arc<AtomicU64> {
    let count = Arc::new(AtomicU64::new(0));
    let (seen, fault) = (Arc::clone(&count), fault.clone());
    stage.aws.inject(move |call| {
        // Receiving and deleting are the stage's own, and so are its looks at the table.
        let own = match call.service {
            Service::Sqs => call.operation != "SendMessage",
            Service::DynamoDb => call.operation == "Scan",
            _ => false,
        };
        if own {
            return None;
        }
        (seen.fetch_add(1, Ordering::Relaxed) == number).then(|| fault.clone())
    });
    count
}

async fn every_call_fails_once(role: &'static str, fault: Fault) {
    let calls = count_calls(role).await;
    assert!(calls > 30, "only {calls} calls were seen");
    hold_at_every_call(calls, &fault, |number, fault| async move {
        let mut stage = Stage::new().await;
        stage.patient = true;
        watch(&stage, number, &fault);
        whole_way(&stage, role).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_for_a_user_fails_before_it_takes_effect() {
    every_call_fails_once("ReadOnly", Fault::FailBefore).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_for_a_user_takes_effect_and_its_answer_is_lost() {
    every_call_fails_once("ReadOnly", Fault::LoseAnswer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_for_a_session_is_throttled_once() {
    every_call_fails_once("PowerUser", Fault::Throttle).await;
}

#[tokio::test]
async fn every_job_is_delivered_twice() {
    for role in ["ReadOnly", "PowerUser"] {
        let mut stage = Stage::new().await;
        stage.twice = true;
        whole_way(&stage, role).await;
        assert_eq!(stage.aws.mails().len(), 1, "and the mail is sent once");
        assert_eq!(stage.messages_to(DANA).len(), 3, "asked, live, ended: {:?}", stage.messages_to(DANA));
    }
}

#[tokio::test]
async fn slack_fails_once_in_every_way_at_every_method() {
    use testkit::slack::Fault as Slack;
    for method in ["chat.postMessage", "chat.update", "users.info"] {
        for fault in [Slack::ServerError, Slack::LoseAnswer, Slack::RateLimited { retry_after_secs: 7 }] {
            let stage = Stage::new().await;
            stage.slack.fail(method, fault, 1);
            whole_way(&stage, "ReadOnly").await;
        }
    }
}
