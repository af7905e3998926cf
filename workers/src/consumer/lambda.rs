//! The same handlers behind a Lambda event source: a batch comes in, and the messages that failed are named.

use std::sync::Arc;

use aws::sqs::{
    DELAY_ATTRIBUTE, JobConsumer, Message, OperatorWait, WAITING_ATTRIBUTE, WAITING_TOLD_ATTRIBUTE,
    available_at_ms,
};
use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use tokio::task::JoinSet;
use tracing::{Instrument, Span};

use crate::consumer::Handler;
use crate::consumer::process::process;

/// Serves Lambda's runtime until it stops this process.
pub async fn serve_lambda<H: Handler>(consumer: JobConsumer, handler: Arc<H>) -> Result<(), Error> {
    lambda_runtime::run(service_fn(|event: LambdaEvent<SqsEvent>| {
        let (consumer, handler) = (consumer.clone(), Arc::clone(&handler));
        async move { Ok::<_, Error>(batch(&consumer, &handler, event.payload.records).await) }
    }))
    .await
}

/// Works on a batch at once, and names every message that is to come back.
///
/// A message without an id cannot be named, so it fails the batch as a whole: SQS then hands all of it out again.
pub async fn batch<H: Handler>(
    consumer: &JobConsumer,
    handler: &Arc<H>,
    records: Vec<SqsMessage>,
) -> SqsBatchResponse {
    let mut jobs = JoinSet::new();
    for record in records {
        let (consumer, handler, id) = (consumer.clone(), Arc::clone(handler), record.message_id.clone());
        let work = async move {
            let off_the_queue = match message(record) {
                Some(message) => process(&consumer, &handler, message).await,
                None => false,
            };
            (id.unwrap_or_default(), off_the_queue)
        };
        jobs.spawn(work.instrument(Span::current()));
    }
    let mut response = SqsBatchResponse::default();
    while let Some(joined) = jobs.join_next().await {
        let (id, off_the_queue) = joined.unwrap_or_default();
        if !off_the_queue {
            let mut failure = BatchItemFailure::default();
            failure.item_identifier = id;
            response.batch_item_failures.push(failure);
        }
    }
    response
}

fn message(record: SqsMessage) -> Option<Message> {
    let receive_count = record.attributes.get("ApproximateReceiveCount").and_then(|n| n.parse().ok());
    let sent = record.attributes.get("SentTimestamp").map(String::as_str);
    let own = |name| record.message_attributes.get(name).and_then(|a| a.string_value.as_deref());
    let available_at_ms = available_at_ms(sent, own(DELAY_ATTRIBUTE));
    let waiting = OperatorWait::read(own(WAITING_ATTRIBUTE), own(WAITING_TOLD_ATTRIBUTE));
    Some(Message {
        id: record.message_id.unwrap_or_default(),
        body: record.body.unwrap_or_default(),
        receipt_handle: record.receipt_handle?,
        receive_count: receive_count.unwrap_or(1),
        sent_at_ms: sent.and_then(|sent| sent.parse().ok()),
        available_at_ms,
        waiting,
    })
}
