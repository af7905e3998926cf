//! A job that waits for an operator: sent anew, with its deliveries before it and the memory of how long it has waited.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use aws::sqs::{JobConsumer, WAITING_ATTRIBUTE, WAITING_TOLD_ATTRIBUTE};
use aws_lambda_events::sqs::{SqsMessage, SqsMessageAttribute};
use domain::retry::OPERATOR_WAIT_MAX_SECONDS;
use domain::{Job, QueueName, RequestId};
use service::metrics::Metrics;
use testkit::aws::QueueView;
use workers::Failure;
use workers::consumer::{Attempt, Handler, batch};

use crate::stage::Stage;

/// Needs an operator, whatever the job.
struct Blocked {
    metrics: Metrics,
    given_up: AtomicU32,
    told: AtomicU32,
    cannot_tell: AtomicBool,
    /// A service is busy instead, and says for how many seconds.
    busy_seconds: AtomicU32,
}

impl Handler for Blocked {
    fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    async fn handle(&self, _job: &Job, _attempt: Attempt) -> Result<(), Failure> {
        match self.busy_seconds.load(Ordering::Relaxed) {
            0 => Err(Failure::NeedsOperator { error: "the token is expired".into() }),
            after_seconds => Err(Failure::Retry { after_seconds, error: "ratelimited".into() }),
        }
    }

    async fn on_waiting(&self, _job: &Job, error: &str) -> bool {
        assert_eq!(error, "the token is expired");
        self.told.fetch_add(1, Ordering::Relaxed);
        !self.cannot_tell.load(Ordering::Relaxed)
    }

    async fn on_exhausted(&self, _job: &Job, _error: &str) -> Result<(), Failure> {
        self.given_up.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

struct Worker {
    stage: Stage,
    consumer: JobConsumer,
    handler: Arc<Blocked>,
}

impl Worker {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let consumer =
            JobConsumer::open(&stage.sdk, stage.settings().queues.of(QueueName::Revoke)).await.unwrap();
        let handler = Arc::new(Blocked {
            metrics: Metrics::of("revoke"),
            given_up: AtomicU32::new(0),
            told: AtomicU32::new(0),
            cannot_tell: AtomicBool::new(false),
            busy_seconds: AtomicU32::new(0),
        });
        Self { stage, consumer, handler }
    }

    /// Works on a message that has waited since then.
    async fn work(&self, job: &Job, receives: u32, waiting_since_ms: Option<i64>) {
        let sqs = aws_sdk_sqs::Client::new(&self.stage.sdk);
        let url = self.stage.settings().queues.of(QueueName::Revoke);
        sqs.send_message().queue_url(url).message_body(job.encode()).send().await.unwrap();
        let received = self.consumer.receive(1, 0).await.unwrap().remove(0);
        let mut record = SqsMessage::default();
        record.message_id = Some(received.id);
        record.body = Some(received.body);
        record.receipt_handle = Some(received.receipt_handle);
        record.attributes.insert("ApproximateReceiveCount".into(), receives.to_string());
        if let Some(since) = waiting_since_ms {
            let mut attribute = SqsMessageAttribute::default();
            attribute.string_value = Some(since.to_string());
            record.message_attributes.insert(WAITING_ATTRIBUTE.into(), attribute);
        }
        let response = batch(&self.consumer, &self.handler, vec![record]).await;
        assert!(response.batch_item_failures.is_empty(), "{response:?}");
    }

    fn queue(&self, name: &str) -> QueueView {
        self.stage.aws.queue(name).unwrap()
    }

    fn counts(&self, series: &str) -> bool {
        self.handler.metrics.text().lines().any(|line| line == series)
    }
}

fn revoke() -> Job {
    Job::ExpireGrant { request_id: RequestId::parse("r-0").unwrap() }
}

fn ago(seconds: u32) -> i64 {
    service::clock::now_ms() - i64::from(seconds) * 1_000
}

#[tokio::test]
async fn it_is_sent_anew_whatever_its_deliveries_and_keeps_since_when_it_waits() {
    for (receives, since) in [(1, None), (testkit::aws::MAX_RECEIVE_COUNT, Some(ago(3_600)))] {
        let worker = Worker::new().await;
        let before = service::clock::now_ms();
        worker.work(&revoke(), receives, since).await;
        let mut waiting = worker.queue("keylease-revoke").messages;
        assert_eq!(waiting.len(), 1, "{waiting:?}");
        let attributes = waiting.remove(0).attributes;
        let kept: i64 = attributes[WAITING_ATTRIBUTE].parse().unwrap();
        assert!(since.map_or(kept >= before, |since| kept == since), "{attributes:?}");
        let delay: u32 = attributes["delay_seconds"].parse().unwrap();
        let expected = if since.is_some() { 450..=900 } else { 3..=5 };
        assert!(expected.contains(&delay), "{attributes:?}");
        assert!(worker.queue("keylease-revoke-dlq").messages.is_empty());
        assert!(
            worker.counts(r#"keylease_jobs_waiting_for_operator_total{worker="revoke",job_name="revoke"} 1"#)
        );
        assert_eq!(worker.handler.given_up.load(Ordering::Relaxed), 0);
    }
}

#[tokio::test]
async fn whoever_waits_for_it_is_told_once_and_only_when_it_lasts() {
    for (since, told) in [(None, 0), (Some(ago(10)), 0), (Some(ago(30)), 1)] {
        let worker = Worker::new().await;
        worker.work(&revoke(), 1, since).await;
        assert_eq!(worker.handler.told.load(Ordering::Relaxed), told, "{since:?}");
        let waiting = worker.queue("keylease-revoke").messages.remove(0);
        assert_eq!(waiting.attributes.contains_key(WAITING_TOLD_ATTRIBUTE), told == 1, "{waiting:?}");
    }
    // What was told is not told again, as Lambda hands the message over and as a long poll does.
    let worker = Worker::new().await;
    worker.handler.cannot_tell.store(true, Ordering::Relaxed);
    for (cannot_tell, told) in [(true, 1), (false, 2), (true, 2), (true, 2)] {
        worker.handler.cannot_tell.store(cannot_tell, Ordering::Relaxed);
        let attributes = match worker.queue("keylease-revoke").messages.pop() {
            Some(waiting) => waiting.attributes,
            None => [(WAITING_ATTRIBUTE.to_owned(), ago(30).to_string())].into(),
        };
        worker.stage.pass(1_000);
        let received = worker.consumer.receive(1, 0).await.unwrap().pop();
        let receipt_handle = match received {
            Some(message) => {
                let is_told = attributes.contains_key(WAITING_TOLD_ATTRIBUTE);
                assert_eq!(message.waiting.map(|waiting| waiting.is_told), Some(is_told));
                message.receipt_handle
            }
            None => "first".to_owned(),
        };
        let mut record = SqsMessage::default();
        record.message_id = Some("m".into());
        record.body = Some(revoke().encode());
        record.receipt_handle = Some(receipt_handle);
        for (name, value) in attributes {
            let mut attribute = SqsMessageAttribute::default();
            attribute.string_value = Some(value);
            record.message_attributes.insert(name, attribute);
        }
        batch(&worker.consumer, &worker.handler, vec![record]).await;
        assert_eq!(worker.handler.told.load(Ordering::Relaxed), told);
    }
}

#[tokio::test]
async fn it_waits_for_days_and_is_given_up_then_with_its_reason() {
    let worker = Worker::new().await;
    worker.work(&revoke(), 1, Some(ago(OPERATOR_WAIT_MAX_SECONDS + 60))).await;
    assert!(worker.queue("keylease-revoke").messages.is_empty());
    let dead_lettered = worker.queue("keylease-revoke-dlq").messages.remove(0);
    assert_eq!(dead_lettered.attributes["reason"], "needs_operator");
    assert_eq!(dead_lettered.attributes["error"], "the token is expired");
    assert_eq!(worker.handler.given_up.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn who_is_busy_uses_up_no_deliveries_for_days_and_not_for_ever() {
    for (waited, kept) in [(60, true), (OPERATOR_WAIT_MAX_SECONDS + 60, false)] {
        let worker = Worker::new().await;
        worker.handler.busy_seconds.store(7, Ordering::Relaxed);
        let since = ago(waited);
        worker.work(&revoke(), testkit::aws::MAX_RECEIVE_COUNT, Some(since)).await;
        let waiting = worker.queue("keylease-revoke").messages;
        let dead_lettered = worker.queue("keylease-revoke-dlq").messages;
        assert_eq!((waiting.len(), dead_lettered.len()), if kept { (1, 0) } else { (0, 1) });
        if kept {
            let attributes = &waiting[0].attributes;
            assert_eq!(attributes[WAITING_ATTRIBUTE], since.to_string());
            assert_eq!(attributes["delay_seconds"], "7");
        } else {
            assert_eq!(dead_lettered[0].attributes["reason"], "retries_exhausted");
        }
        assert_eq!(worker.handler.given_up.load(Ordering::Relaxed), u32::from(!kept));
    }
}

#[tokio::test]
async fn a_sweep_neither_waits_nor_lies_in_the_dead_letter_queue() {
    let worker = Worker::new().await;
    worker.work(&Job::Sweep, 1, None).await;
    assert!(worker.queue("keylease-revoke").messages.is_empty());
    assert!(worker.queue("keylease-revoke-dlq").messages.is_empty());
    let dropped = r#"keylease_jobs_total{worker="revoke",job_name="sweep",outcome="dropped"} 1"#;
    assert!(worker.counts(dropped), "{}", worker.handler.metrics.text());
}
