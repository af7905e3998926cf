//! SQS: sending jobs, one worker's own queue, and what lies in the dead-letter queues.

mod batch;
mod dead_letters;
mod dlq_scan;
mod fast_sender;
mod job_consumer;
mod job_sender;
mod reason;
mod redrive;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::QueueAttributeName;

use crate::error::{CallError, from_sdk};

pub use dead_letters::{Counts, DeadLetter, DeadLetters};
pub use dlq_scan::{DlqScan, Received, Released};
pub use fast_sender::FastSender;
pub use job_consumer::{
    DELAY_ATTRIBUTE, JobConsumer, Message, OperatorWait, WAITING_ATTRIBUTE, WAITING_TOLD_ATTRIBUTE,
    available_at_ms,
};
pub use job_sender::JobSender;
pub use redrive::Redrive;
#[cfg(feature = "grants")]
pub(crate) use redrive::{name_in_arn, url_of as queue_url};

/// Messages that SQS hands out, takes or changes at once, at most.
pub const RECEIVE_MAX: usize = 10;
/// Longest wait of one long poll, in seconds (SQS's own limit).
pub const LONG_POLL_SECONDS: u32 = 20;
/// Longest delay that SQS takes for a message, in seconds.
pub const DELAY_MAX_SECONDS: u32 = 900;

async fn attributes(
    client: &Client,
    url: &str,
    wanted: &[QueueAttributeName],
) -> Result<impl Fn(QueueAttributeName) -> Option<String> + use<>, CallError> {
    let answer = client
        .get_queue_attributes()
        .queue_url(url)
        .set_attribute_names(Some(wanted.to_vec()))
        .send()
        .await
        .map_err(|e| from_sdk("sqs:GetQueueAttributes", e))?;
    let found = answer.attributes.unwrap_or_default();
    Ok(move |name: QueueAttributeName| found.get(&name).cloned())
}
