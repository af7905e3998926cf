//! A click of an ingress that did not write its time counts from when it was put on the queue.

use std::sync::{Arc, Mutex};

use aws::sqs::JobConsumer;
use aws_lambda_events::sqs::SqsMessage;
use domain::{Job, QueueName, UnixSeconds};
use service::metrics::Metrics;
use workers::Failure;
use workers::consumer::{Attempt, Handler, batch};

use crate::stage::Stage;

const BODY: &str = r#"{"version":1,"job":"deny","request_id":"r-0","user_id":"U0OWNER"}"#;

/// Keeps what it is given, and waits for an operator.
struct Keeps(Mutex<Vec<Option<UnixSeconds>>>, Metrics);

impl Handler for Keeps {
    fn metrics(&self) -> &Metrics {
        &self.1
    }

    async fn handle(&self, job: &Job, _attempt: Attempt) -> Result<(), Failure> {
        let Job::Deny(click) = job else { panic!("{job:?}") };
        self.0.lock().unwrap().push(click.clicked_at);
        Err(Failure::NeedsOperator { error: "not yet".into() })
    }

    async fn on_exhausted(&self, _job: &Job, _error: &str) -> Result<(), Failure> {
        Ok(())
    }
}

#[tokio::test]
async fn the_time_of_sending_stands_for_it_and_stays_when_the_job_is_sent_again() {
    let stage = Stage::new().await;
    let url = stage.settings().queues.of(QueueName::Notify);
    let consumer = JobConsumer::open(&stage.sdk, url).await.unwrap();
    let sqs = aws_sdk_sqs::Client::new(&stage.sdk);
    sqs.send_message().queue_url(url).message_body(BODY).send().await.unwrap();
    let received = consumer.receive(1, 0).await.unwrap().remove(0);
    let sent_at_ms = received.sent_at_ms.expect("SQS says when a message was sent");

    let handler = Arc::new(Keeps(Mutex::default(), Metrics::of("notify")));
    let mut record = SqsMessage::default();
    record.message_id = Some(received.id);
    record.body = Some(received.body);
    record.receipt_handle = Some(received.receipt_handle);
    record.attributes.insert("ApproximateReceiveCount".into(), "1".into());
    let an_hour_ago_ms = sent_at_ms - 3_600_000;
    record.attributes.insert("SentTimestamp".into(), an_hour_ago_ms.to_string());
    batch(&consumer, &handler, vec![record]).await;
    let clicked_at = UnixSeconds(an_hour_ago_ms.div_euclid(1_000));
    assert_eq!(*handler.0.lock().unwrap(), [Some(clicked_at)]);

    let again = &stage.aws.queue("keylease-notify").unwrap().messages;
    let [again] = again.as_slice() else { panic!("{again:?}") };
    let Job::Deny(click) = Job::decode(&again.body).unwrap() else { panic!("{again:?}") };
    assert_eq!(click.clicked_at, Some(clicked_at));
}
