//! A lease that was lost is known by time, also while the call that should extend it hangs.

use std::sync::Arc;
use std::time::Duration;

use aws::sqs::{JobConsumer, JobSender};
use aws_lambda_events::sqs::SqsMessage;
use domain::{Job, QueueName, RequestId};
use service::metrics::Metrics;
use testkit::aws::{Fault, Service};
use workers::Failure;
use workers::consumer::{Attempt, Handler, batch};

use crate::stage::Stage;

/// Rejects, after so long.
struct Slow(Duration, Metrics);

impl Handler for Slow {
    fn metrics(&self) -> &Metrics {
        &self.1
    }

    async fn handle(&self, _job: &Job, _attempt: Attempt) -> Result<(), Failure> {
        tokio::time::sleep(self.0).await;
        Err(Failure::Reject { reason: "call_refused", error: "no".into() })
    }

    async fn on_exhausted(&self, _job: &Job, _error: &str) -> Result<(), Failure> {
        Ok(())
    }
}

async fn record(stage: &Stage, consumer: &JobConsumer) -> SqsMessage {
    let jobs = JobSender::new(&stage.sdk, stage.settings().queues.clone());
    jobs.send(&Job::SyncSlack { request_id: RequestId::parse("r-0").unwrap() }).await.unwrap();
    let received = consumer.receive(1, 0).await.unwrap().remove(0);
    let mut record = SqsMessage::default();
    record.message_id = Some(received.id);
    record.body = Some(received.body);
    record.receipt_handle = Some(received.receipt_handle);
    record.attributes.insert("ApproximateReceiveCount".into(), "1".into());
    record
}

#[tokio::test]
async fn a_lease_that_ran_out_while_its_extension_hangs_leaves_the_outcome_to_others() {
    let stage = Stage::new().await;
    let mut consumer =
        JobConsumer::open(&stage.sdk, stage.settings().queues.of(QueueName::Notify)).await.unwrap();
    consumer.visibility_seconds = 1;
    let record = record(&stage, &consumer).await;
    stage.aws.inject(|call| {
        let extends = call.service == Service::Sqs && call.operation == "ChangeMessageVisibility";
        extends.then_some(Fault::Slow(Duration::from_mins(1)))
    });
    let handler = Arc::new(Slow(Duration::from_millis(1_500), Metrics::of("notify")));
    let response = batch(&consumer, &handler, vec![record]).await;
    assert_eq!(response.batch_item_failures.len(), 1, "it is left to come back");
    assert!(
        stage.aws.queue("keylease-notify-dlq").unwrap().messages.is_empty(),
        "and not dead-lettered besides"
    );
    assert!(handler.1.text().contains(r#"job_name="tell",outcome="lost"} 1"#), "{}", handler.1.text());
}

/// Too early by days.
struct Early(Metrics);

impl Handler for Early {
    fn metrics(&self) -> &Metrics {
        &self.0
    }

    async fn handle(&self, _job: &Job, _attempt: Attempt) -> Result<(), Failure> {
        Err(Failure::Later { seconds: u32::MAX })
    }

    async fn on_exhausted(&self, _job: &Job, _error: &str) -> Result<(), Failure> {
        Ok(())
    }
}

#[tokio::test]
async fn a_message_is_never_hidden_for_longer_than_sqs_takes_counted_from_its_receipt() {
    let stage = Stage::new().await;
    let consumer =
        JobConsumer::open(&stage.sdk, stage.settings().queues.of(QueueName::Notify)).await.unwrap();
    let record = record(&stage, &consumer).await;
    batch(&consumer, &Arc::new(Early(Metrics::of("notify"))), vec![record]).await;
    let calls = stage.aws.calls();
    let hidden = calls.iter().rev().find(|call| call.operation == "ChangeMessageVisibility").unwrap();
    let body: serde_json::Value = serde_json::from_slice(&hidden.body).unwrap();
    let seconds = body["VisibilityTimeout"].as_u64().unwrap();
    assert!((12 * 3_600 - 700..12 * 3_600).contains(&seconds), "{seconds}");
}
