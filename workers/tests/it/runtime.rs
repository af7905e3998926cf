//! The runtime: what a handler's outcome does to a message, panics, leases, and stopping.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aws::sqs::{JobConsumer, JobSender};
use domain::{Job, QueueName};
use service::metrics::Metrics;
use testkit::aws::QueueView;
use tokio::sync::{Notify, oneshot};
use workers::Failure;
use workers::consumer::{Attempt, Handler, poll};

use crate::stage::Stage;

const LIMIT: Duration = Duration::from_secs(20);

/// A handler that does what the test says, and counts.
struct Scripted<F> {
    script: F,
    calls: AtomicU32,
    given_up: AtomicU32,
    called: Notify,
    metrics: Metrics,
}

impl<F, Fut> Handler for Scripted<F>
where
    F: Fn(Attempt) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<(), Failure>> + Send,
{
    fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    async fn handle(&self, _job: &Job, attempt: Attempt) -> Result<(), Failure> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        self.called.notify_one();
        (self.script)(attempt).await
    }

    async fn on_exhausted(&self, _job: &Job, _error: &str) -> Result<(), Failure> {
        self.given_up.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

/// A worker of the notify queue that polls in the background.
struct Running<F> {
    stage: Stage,
    handler: Arc<Scripted<F>>,
    stop: oneshot::Sender<()>,
    done: tokio::task::JoinHandle<()>,
}

async fn running<F, Fut>(visibility_seconds: u32, script: F) -> Running<F>
where
    F: Fn(Attempt) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<(), Failure>> + Send,
{
    let stage = Stage::new().await;
    let url = stage.settings().queues.of(QueueName::Notify).to_owned();
    let sqs = aws_sdk_sqs::Client::new(&stage.sdk);
    sqs.set_queue_attributes()
        .queue_url(&url)
        .attributes(aws_sdk_sqs::types::QueueAttributeName::VisibilityTimeout, visibility_seconds.to_string())
        .send()
        .await
        .unwrap();
    let mut consumer = JobConsumer::open(&stage.sdk, &url).await.unwrap();
    assert_eq!(consumer.max_receive_count, testkit::aws::MAX_RECEIVE_COUNT);
    // Three tries, so that the last one comes within seconds.
    consumer.max_receive_count = 3;
    let handler = Arc::new(Scripted {
        script,
        calls: AtomicU32::new(0),
        given_up: AtomicU32::new(0),
        called: Notify::new(),
        metrics: Metrics::of("notify"),
    });
    let (stop, stopped) = oneshot::channel();
    let shutdown = async move {
        let _ = stopped.await;
    };
    let done = tokio::spawn(poll(consumer, Arc::clone(&handler), shutdown));
    Running { stage, handler, stop, done }
}

impl<F> Running<F> {
    async fn send(&self, body: &str) {
        let sqs = aws_sdk_sqs::Client::new(&self.stage.sdk);
        let url = self.stage.settings().queues.of(QueueName::Notify);
        sqs.send_message().queue_url(url).message_body(body).send().await.unwrap();
    }

    async fn send_job(&self) {
        let jobs = JobSender::new(&self.stage.sdk, self.stage.settings().queues.clone());
        let request_id = domain::RequestId::parse("r-0").unwrap();
        jobs.send(&Job::SyncSlack { request_id }).await.unwrap();
    }

    fn queue(&self, name: &str) -> QueueView {
        self.stage.aws.queue(name).unwrap()
    }

    /// Waits until the queue and its DLQ are as wanted.
    async fn until(&self, what: &str, wanted: impl Fn(&QueueView, &QueueView) -> bool) {
        let deadline = tokio::time::Instant::now() + LIMIT;
        loop {
            let (queue, dlq) = (self.queue("keylease-notify"), self.queue("keylease-notify-dlq"));
            if wanted(&queue, &dlq) {
                return;
            }
            assert!(tokio::time::Instant::now() < deadline, "{what}: {queue:?} {dlq:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn stop(self) {
        self.stop.send(()).unwrap();
        tokio::time::timeout(LIMIT, self.done).await.expect("it stops").unwrap();
    }
}

fn empty(queue: &QueueView) -> bool {
    queue.messages.is_empty()
}

#[tokio::test]
async fn a_job_that_is_done_is_deleted() {
    let worker = running(30, |_| async { Ok(()) }).await;
    worker.send_job().await;
    worker.until("done", |queue, dlq| empty(queue) && empty(dlq)).await;
    assert_eq!(worker.handler.calls.load(Ordering::SeqCst), 1);
    worker.stop().await;
}

#[tokio::test]
async fn what_cannot_be_read_is_parked_with_why_and_the_queue_goes_on() {
    let worker = running(30, |_| async { Ok(()) }).await;
    for body in ["not json", r#"{"version":9,"job":"tell"}"#, r#"{"version":1,"job":"dance"}"#] {
        worker.send(body).await;
    }
    worker.send_job().await;
    worker.until("dead_lettered", |queue, dlq| empty(queue) && dlq.messages.len() == 3).await;
    let mut dead_lettered: Vec<(String, String)> = worker
        .queue("keylease-notify-dlq")
        .messages
        .into_iter()
        .map(|m| (m.attributes["reason"].clone(), m.attributes["error"].clone()))
        .collect();
    dead_lettered.sort();
    let reasons: Vec<&str> = dead_lettered.iter().map(|(reason, _)| reason.as_str()).collect();
    assert_eq!(reasons, ["not_json", "unknown_job", "unknown_version"]);
    assert!(dead_lettered.iter().all(|(_, error)| error.len() > 10), "{dead_lettered:?}");
    assert_eq!(worker.handler.calls.load(Ordering::SeqCst), 1);
    worker.stop().await;
}

#[tokio::test]
async fn a_job_that_fails_comes_back_and_its_attempts_are_counted() {
    let worker = running(30, |attempt| async move {
        if attempt.number < 2 { Err(Failure::retry("not yet")) } else { Ok(()) }
    })
    .await;
    worker.send_job().await;
    worker.until("done", |queue, dlq| empty(queue) && empty(dlq)).await;
    assert_eq!(worker.handler.calls.load(Ordering::SeqCst), 2);
    worker.stop().await;
}

#[tokio::test]
async fn a_panic_costs_one_try_of_one_job() {
    let worker = running(30, |attempt| async move {
        assert!(attempt.number > 1, "the first try panics");
        Ok(())
    })
    .await;
    worker.send_job().await;
    worker.until("done", |queue, dlq| empty(queue) && empty(dlq)).await;
    assert_eq!(worker.handler.calls.load(Ordering::SeqCst), 2);
    worker.stop().await;
}

#[tokio::test]
async fn a_job_longer_than_the_visibility_timeout_is_not_handed_out_again() {
    let worker = running(3, |_| async {
        tokio::time::sleep(Duration::from_millis(4_500)).await;
        Ok(())
    })
    .await;
    worker.send_job().await;
    worker.handler.called.notified().await;
    worker.until("done", |queue, dlq| empty(queue) && empty(dlq)).await;
    assert_eq!(worker.handler.calls.load(Ordering::SeqCst), 1);
    worker.stop().await;
}

#[tokio::test]
async fn the_last_try_gives_up_and_parks() {
    let worker = running(30, |_| async { Err(Failure::retry("never")) }).await;
    worker.send_job().await;
    worker.until("dead_lettered", |queue, dlq| empty(queue) && !empty(dlq)).await;
    let dead_lettered = worker.queue("keylease-notify-dlq").messages.remove(0);
    assert_eq!(dead_lettered.attributes["reason"], "retries_exhausted");
    assert_eq!(dead_lettered.attributes["error"], "never");
    assert_eq!(worker.handler.given_up.load(Ordering::SeqCst), 1);
    worker.stop().await;
}

#[tokio::test]
async fn stopping_finishes_what_is_in_flight_and_takes_no_more() {
    let gate = Arc::new(Notify::new());
    let opened = Arc::clone(&gate);
    let worker = running(30, move |_| {
        let gate = Arc::clone(&opened);
        async move {
            gate.notified().await;
            Ok(())
        }
    })
    .await;
    worker.send_job().await;
    worker.handler.called.notified().await;
    let (handler, stage) = (Arc::clone(&worker.handler), worker.stage.aws.clone());
    let stopping = tokio::spawn(worker.stop());
    gate.notify_one();
    stopping.await.unwrap();
    assert_eq!(handler.calls.load(Ordering::SeqCst), 1);
    assert!(empty(&stage.queue("keylease-notify").unwrap()), "the job in flight was finished and deleted");
}
