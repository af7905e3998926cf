//! On Lambda: a batch in, the messages that are to come back out.

use std::sync::Arc;

use aws::sqs::{JobConsumer, JobSender};
use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use domain::{Job, QueueName, RequestId};
use service::metrics::Metrics;
use workers::Failure;
use workers::consumer::{Attempt, Handler, batch};

use crate::stage::Stage;

/// Fails for one request and no other.
struct FailsFor(&'static str, Metrics);

impl Handler for FailsFor {
    fn metrics(&self) -> &Metrics {
        &self.1
    }

    async fn handle(&self, job: &Job, _attempt: Attempt) -> Result<(), Failure> {
        if job.request_id().is_some_and(|id| id.as_str() == self.0) {
            return Err(Failure::retry("not yet"));
        }
        Ok(())
    }

    async fn on_exhausted(&self, _job: &Job, _error: &str) -> Result<(), Failure> {
        Ok(())
    }
}

#[tokio::test]
async fn only_the_message_that_failed_comes_back() {
    let stage = Stage::new().await;
    let consumer =
        JobConsumer::open(&stage.sdk, stage.settings().queues.of(QueueName::Notify)).await.unwrap();
    let jobs = JobSender::new(&stage.sdk, stage.settings().queues.clone());
    for id in ["good", "bad"] {
        jobs.send(&Job::SyncSlack { request_id: RequestId::parse(id).unwrap() }).await.unwrap();
    }
    let url = stage.settings().queues.of(QueueName::Notify);
    let sqs = aws_sdk_sqs::Client::new(&stage.sdk);
    sqs.send_message().queue_url(url).message_body("not json").send().await.unwrap();
    let received = consumer.receive(10, 0).await.unwrap();
    assert_eq!(received.len(), 3);
    let bad = received.iter().find(|m| m.body.contains("bad")).unwrap().id.clone();
    let mut event = SqsEvent::default();
    for message in received {
        let mut record = SqsMessage::default();
        record.message_id = Some(message.id);
        record.body = Some(message.body);
        record.receipt_handle = Some(message.receipt_handle);
        record.attributes.insert("ApproximateReceiveCount".into(), "1".into());
        event.records.push(record);
    }
    let response = batch(&consumer, &Arc::new(FailsFor("bad", Metrics::of("notify"))), event.records).await;
    let failed: Vec<String> =
        response.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect();
    assert_eq!(failed, [bad]);
    assert_eq!(stage.aws.queue("keylease-notify-dlq").unwrap().messages.len(), 1);
    let left = stage.aws.queue("keylease-notify").unwrap().messages;
    assert_eq!(left.len(), 1, "the others are off the queue: {left:?}");
}
