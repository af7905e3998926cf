//! What is counted and measured: jobs by how they went, requests by what they became, lateness, the sweep.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws::sqs::JobConsumer;
use aws_lambda_events::sqs::{SqsMessage, SqsMessageAttribute};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{Job, QueueName, RequestId};
use serde_json::Value;
use service::metrics::Metrics;
use testkit::aws::{Fault, Service};
use workers::Failure;
use workers::consumer::{Attempt, Handler, batch};

use crate::stage::{DANA, OLIVIA, Stage};

/// The value of a series, by its name and labels as Prometheus sees them; nothing where it is absent.
fn value(metrics: &Metrics, series: &str) -> Option<f64> {
    let text = metrics.text();
    let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '))?;
    Some(line.parse().unwrap())
}

/// Does what the request's id says.
struct Obeys(Metrics);

impl Handler for Obeys {
    fn metrics(&self) -> &Metrics {
        &self.0
    }

    async fn handle(&self, job: &Job, _attempt: Attempt) -> Result<(), Failure> {
        match job.request_id().map(RequestId::as_str) {
            Some("fails") => Err(Failure::retry("not yet")),
            Some("panics") => panic!("as it was told"),
            Some("waits") => Err(Failure::Later { seconds: 5 }),
            Some("refuses") => Err(Failure::Reject { reason: "call_refused", error: "no".into() }),
            Some("takes-long") => {
                tokio::time::sleep(Duration::from_millis(1_500)).await;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    async fn on_exhausted(&self, _job: &Job, _error: &str) -> Result<(), Failure> {
        Ok(())
    }
}

struct Counted {
    stage: Stage,
    consumer: JobConsumer,
    handler: Arc<Obeys>,
    lines: Arc<Mutex<Vec<Value>>>,
}

impl Counted {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let consumer =
            JobConsumer::open(&stage.sdk, stage.settings().queues.of(QueueName::Notify)).await.unwrap();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&lines);
        let metrics = Metrics::with_lines("notify", move |line| {
            kept.lock().unwrap().push(serde_json::from_str(line).unwrap());
        });
        Self { stage, consumer, handler: Arc::new(Obeys(metrics)), lines }
    }

    /// A message with this body, received just now for the so-manieth time.
    async fn record(&self, body: &str, receives: u32) -> SqsMessage {
        let sqs = aws_sdk_sqs::Client::new(&self.stage.sdk);
        let url = self.stage.settings().queues.of(QueueName::Notify);
        sqs.send_message().queue_url(url).message_body(body).send().await.unwrap();
        let received = self.consumer.receive(1, 0).await.unwrap().remove(0);
        let mut record = SqsMessage::default();
        record.message_id = Some(received.id);
        record.body = Some(received.body);
        record.receipt_handle = Some(received.receipt_handle);
        record.attributes.insert("ApproximateReceiveCount".into(), receives.to_string());
        record
    }

    async fn job(&self, request_id: &str) -> SqsMessage {
        let request_id = RequestId::parse(request_id).unwrap();
        self.record(&Job::SyncSlack { request_id }.encode(), 1).await
    }

    async fn work(&self, records: Vec<SqsMessage>) {
        batch(&self.consumer, &self.handler, records).await;
    }

    fn jobs(&self, job_name: &str, outcome: &str) -> Option<f64> {
        let labels = format!(r#"worker="notify",job_name="{job_name}",outcome="{outcome}""#);
        value(&self.handler.0, &format!("keylease_jobs_total{{{labels}}}"))
    }

    fn parks(&self, reason: &str) -> Option<f64> {
        value(&self.handler.0, &format!(r#"keylease_parks_total{{worker="notify",reason="{reason}"}}"#))
    }
}

#[tokio::test]
async fn each_job_is_counted_by_how_it_went() {
    let counted = Counted::new().await;
    let mut records = vec![counted.record("not json", 1).await];
    for id in ["good", "good", "fails", "panics", "waits", "refuses"] {
        records.push(counted.job(id).await);
    }
    counted.work(records).await;
    assert_eq!(counted.jobs("tell", "done"), Some(2.0));
    assert_eq!(counted.jobs("tell", "retried"), Some(2.0), "a failure, and a panic");
    assert_eq!(counted.jobs("tell", "postponed"), Some(1.0));
    assert_eq!(counted.jobs("tell", "parked"), Some(1.0));
    assert_eq!(counted.jobs("unreadable", "parked"), Some(1.0));
    assert_eq!((counted.parks("call_refused"), counted.parks("not_json")), (Some(1.0), Some(1.0)));
    let took = r#"keylease_job_duration_seconds_count{worker="notify",job_name="tell"}"#;
    assert_eq!(value(&counted.handler.0, took), Some(6.0));
    // A line for each, of its own.
    let lines = counted.lines.lock().unwrap();
    assert_eq!(lines.len(), 7);
    let refused = lines.iter().find(|line| line["reason"] == "call_refused").unwrap();
    assert_eq!((&refused["parks"], &refused["outcome"]), (&Value::from(1), &Value::from("parked")));
    assert!(lines.iter().filter(|line| line["parks"].is_number()).count() == 2, "{lines:?}");
}

#[tokio::test]
async fn a_job_whose_last_try_failed_is_parked_once() {
    let counted = Counted::new().await;
    let mut last = counted.job("fails").await;
    last.attributes.insert("ApproximateReceiveCount".into(), counted.consumer.max_receive_count.to_string());
    counted.work(vec![last]).await;
    assert_eq!((counted.jobs("tell", "parked"), counted.jobs("tell", "retried")), (Some(1.0), None));
    assert_eq!(counted.parks("retries_exhausted"), Some(1.0));
}

#[tokio::test]
async fn what_sqs_did_not_take_is_not_counted_as_done_or_parked() {
    let counted = Counted::new().await;
    let records = vec![counted.job("good").await, counted.job("refuses").await];
    counted.stage.aws.inject(|call| (call.service == Service::Sqs).then_some(Fault::FailBefore));
    counted.work(records).await;
    assert_eq!(counted.jobs("tell", "undisposed"), Some(2.0));
    assert_eq!((counted.jobs("tell", "done"), counted.parks("call_refused")), (None, None));
}

#[tokio::test]
async fn a_lost_lease_is_counted_as_lost() {
    let mut counted = Counted::new().await;
    counted.consumer.visibility_seconds = 1;
    let record = counted.job("takes-long").await;
    counted.stage.aws.inject(|call| (call.service == Service::Sqs).then_some(Fault::FailBefore));
    counted.work(vec![record]).await;
    assert_eq!((counted.jobs("tell", "lost"), counted.jobs("tell", "done")), (Some(1.0), None));
}

#[tokio::test]
async fn lag_is_the_age_at_receipt_without_a_delay_that_was_asked_for() {
    let counted = Counted::new().await;
    let sent_ms = service::clock::now_ms() - 90_000;
    let mut late = counted.job("good").await;
    late.attributes.insert("SentTimestamp".into(), sent_ms.to_string());
    let mut delayed = counted.job("good").await;
    delayed.attributes = late.attributes.clone();
    let mut delay = SqsMessageAttribute::default();
    delay.string_value = Some("900".into());
    delayed.message_attributes.insert("delay_seconds".into(), delay);
    let lag = |what: &str, delivery: &str| {
        let series = format!(r#"keylease_queue_lag_seconds_{what}{{worker="notify",delivery="{delivery}"}}"#);
        value(&counted.handler.0, &series)
    };
    counted.work(vec![delayed]).await;
    assert_eq!((lag("sum", "first"), lag("count", "first")), (Some(0.0), Some(1.0)));
    counted.work(vec![late]).await;
    assert!((90.0..150.0).contains(&lag("sum", "first").unwrap()));
    let mut again = counted.record(&Job::Sweep.encode(), 2).await;
    again.attributes.insert("SentTimestamp".into(), sent_ms.to_string());
    counted.work(vec![again]).await;
    assert_eq!((lag("count", "first"), lag("count", "again")), (Some(2.0), Some(1.0)));
}

#[tokio::test]
async fn sqs_says_when_a_message_was_sent_and_the_message_with_which_delay() {
    let counted = Counted::new().await;
    let before = service::clock::now_ms();
    counted.consumer.requeue(&Job::Sweep.encode(), 1, None).await.unwrap();
    let after = service::clock::now_ms();
    let received = counted.consumer.receive(1, 20).await.unwrap().remove(0);
    let available = received.available_at_ms.unwrap();
    assert!((before + 1_000..=after + 1_000).contains(&available), "{before} {after} {available}");
}

/// A grant of an hour that is live, with every job handled twice.
async fn live() -> (Stage, RequestId) {
    let mut stage = Stage::new().await;
    stage.twice = true;
    stage.ask("ReadOnly", "1h").await;
    let id = stage.request().await.request_id;
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    stage.settle().await;
    (stage, id)
}

fn became(stage: &Stage, queue: QueueName, status: &str) -> Option<f64> {
    value(stage.metrics(queue), &format!(r#"keylease_requests_total{{status="{status}"}}"#))
}

fn lateness(stage: &Stage, what: &str, end: &str) -> Option<f64> {
    let series = format!(r#"keylease_clean_up_lateness_seconds_{what}{{end="{end}"}}"#);
    value(stage.metrics(QueueName::Revoke), &series)
}

#[tokio::test]
async fn a_grant_counts_once_in_each_status_and_its_end_is_as_late_as_it_was() {
    let (stage, _) = live().await;
    stage.pass(3_600 + 42);
    stage.fire_schedules().await;
    stage.settle().await;
    assert_eq!(became(&stage, QueueName::Notify, "PENDING"), Some(1.0));
    assert_eq!(became(&stage, QueueName::Provision, "APPROVED"), Some(1.0));
    assert_eq!(became(&stage, QueueName::Provision, "ACTIVE"), Some(1.0));
    assert_eq!(became(&stage, QueueName::Revoke, "EXPIRED"), Some(1.0), "that all is gone is no second end");
    let request = stage.request().await;
    let late = request.access.gone_at.unwrap().seconds_since(request.access.expires_at.unwrap());
    assert!((42..100).contains(&late), "{late}");
    assert_eq!(lateness(&stage, "sum", "due").map(|sum| sum.round() as i64), Some(late));
    assert_eq!((lateness(&stage, "count", "due"), lateness(&stage, "count", "early")), (Some(1.0), None));
}

#[tokio::test]
async fn a_grant_that_somebody_ended_is_late_from_then_on() {
    let (stage, id) = live().await;
    stage.send(&Job::EndGrant(stage.click(&id, DANA))).await;
    stage.settle().await;
    assert_eq!(became(&stage, QueueName::Revoke, "REVOKED"), Some(1.0));
    assert_eq!((lateness(&stage, "count", "due"), lateness(&stage, "count", "early")), (None, Some(1.0)));
    assert!((0.0..60.0).contains(&lateness(&stage, "sum", "early").unwrap()));
}

#[tokio::test]
async fn a_sweep_counts_what_is_live_what_it_saw_and_what_it_did() {
    let (stage, id) = live().await;
    let swept = |what: &str| value(stage.metrics(QueueName::Revoke), &format!("keylease_{what}"));
    let attempt = Attempt { number: 1, max: 8 };
    let sweep = || stage.handle(QueueName::Revoke, &Job::Sweep, attempt);
    assert_eq!(swept("open_grants"), None, "nobody has looked yet");
    sweep().await.unwrap();
    assert_eq!(swept("open_grants"), Some(1.0));
    assert_eq!((swept("sweep_requests_seen_total"), swept("sweep_users_seen_total")), (Some(1.0), Some(1.0)));
    assert_eq!((swept("sweep_requests_mended_total"), swept("sweep_failures_total")), (Some(0.0), Some(0.0)));
    let first = swept("sweep_last_success_timestamp_seconds").unwrap();
    assert!((first - stage.now().0 as f64).abs() < 60.0);

    // A crash left jobs unsent: two of them are in the outbox of the click's own write.
    stage.handle(QueueName::Revoke, &Job::EndGrant(stage.click(&id, DANA)), attempt).await.unwrap();
    let unsent = vec![Job::ExpireGrant { request_id: id.clone() }, Job::SyncSlack { request_id: id.clone() }];
    let request = stage.request().await;
    stage.settle().await;
    leave_unsent(&stage, &request.request_id, &unsent).await;
    stage.pass(300);
    sweep().await.unwrap();
    assert_eq!(swept("sweep_jobs_sent_total"), Some(2.0));
    assert_eq!(swept("sweep_requests_mended_total"), Some(1.0));
    assert_eq!(swept("open_grants"), Some(0.0));
    let second = swept("sweep_last_success_timestamp_seconds").unwrap();
    assert!(second >= first + 300.0, "{first} {second}");

    // One that fails says so, and does not claim to know what is live.
    stage.aws.inject(|call| (call.service == Service::DynamoDb).then_some(Fault::FailBefore));
    stage.pass(300);
    sweep().await.unwrap_err();
    assert_eq!(swept("sweep_last_success_timestamp_seconds"), Some(second));
    assert!(swept("sweep_failures_total").unwrap() > 0.0);
}

/// Puts jobs back into a request's outbox.
async fn leave_unsent(stage: &Stage, id: &RequestId, jobs: &[Job]) {
    let outbox: AttributeValue = serde_dynamo::to_attribute_value(jobs).unwrap();
    let key = HashMap::from([("request_id".to_owned(), AttributeValue::S(id.to_string()))]);
    let update = aws_sdk_dynamodb::Client::new(&stage.sdk).update_item();
    update
        .table_name(&stage.settings().requests_table)
        .set_key(Some(key))
        // Whoever leaves jobs there marks the record too.
        .update_expression("SET outbox = :jobs, #open = :yes")
        .expression_attribute_names("#open", "open")
        .expression_attribute_values(":jobs", outbox)
        .expression_attribute_values(":yes", AttributeValue::S("yes".to_owned()))
        .send()
        .await
        .unwrap();
}
