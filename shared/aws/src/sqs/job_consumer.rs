//! One worker's own queue: receive, delete, hide, dead-letter.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{MessageAttributeValue, MessageSystemAttributeName, QueueAttributeName};
use tracing::warn;

use super::redrive::{Redrive, url_of};
use super::{DELAY_MAX_SECONDS, LONG_POLL_SECONDS, RECEIVE_MAX, attributes};
use crate::error::{CallError, from_sdk};
use crate::sdk::{ATTEMPT_TIMEOUT, CONNECT_TIMEOUT, OPERATION_TIMEOUT};

/// Deliveries before SQS moves a message to the DLQ, where the queue does not say.
const MAX_RECEIVE_COUNT_DEFAULT: u32 = 10;
/// Longest try of a long poll: its answer may come some seconds later than its wait.
const LONG_POLL: Duration = Duration::from_secs(LONG_POLL_SECONDS as u64 + 5);
/// Shortest limit of one try of a visibility change, however short the lease is.
const VISIBILITY_TRY_MIN: Duration = Duration::from_millis(500);
/// Longest text of a message attribute that is kept, in characters.
const ATTRIBUTE_MAX_CHARS: usize = 1_000;
/// The message attribute that says with which delay a message was sent, in seconds. SQS tells a receiver only when it
/// was sent, and a delay that was asked for is no lag.
pub const DELAY_ATTRIBUTE: &str = "delay_seconds";
/// The message attribute that says since when a job waits for an operator, in Unix milliseconds. Each wait sends the job
/// as a new message, of which SQS tells only when it was sent itself.
pub const WAITING_ATTRIBUTE: &str = "waiting_since_ms";
/// The message attribute that says that whoever waits for such a job was told of it.
pub const WAITING_TOLD_ATTRIBUTE: &str = "waiting_told";

/// One worker's own queue.
#[derive(Debug, Clone)]
pub struct JobConsumer {
    client: Client,
    /// Waits for as long as a long poll does.
    poller: Client,
    /// Gives up long before a lease ends, so that a call that hangs can be made again in time.
    visibility: Client,
    url: String,
    dlq_url: Option<String>,
    /// How long a message that was received stays invisible, in seconds: the queue's own setting.
    pub visibility_seconds: u32,
    /// Deliveries before SQS itself moves a message to the DLQ.
    pub max_receive_count: u32,
}

/// A message that was received.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct Message {
    /// SQS's id.
    pub id: String,
    pub body: String,
    /// What deletes it or changes its visibility; the latest one counts.
    pub receipt_handle: String,
    /// How often it was received, this time included.
    pub receive_count: u32,
    /// When it was sent, in Unix milliseconds; absent where SQS did not say.
    pub sent_at_ms: Option<i64>,
    /// When it was first to be handed out, in Unix milliseconds; absent where SQS did not say.
    pub available_at_ms: Option<i64>,
    /// How long its job has waited for an operator; absent where it does not.
    pub waiting: Option<OperatorWait>,
}

/// A job's wait for an operator, which its message carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OperatorWait {
    /// Since when, in Unix milliseconds.
    pub since_ms: i64,
    /// Whether whoever waits for the job was told.
    pub is_told: bool,
}

impl OperatorWait {
    /// From [`WAITING_ATTRIBUTE`] and [`WAITING_TOLD_ATTRIBUTE`]; nothing where the job does not wait.
    #[must_use]
    pub fn read(since: Option<&str>, told: Option<&str>) -> Option<Self> {
        Some(Self { since_ms: since?.parse().ok()?, is_told: told.is_some() })
    }
}

impl JobConsumer {
    /// Reads the queue's visibility timeout and finds its DLQ.
    pub async fn open(aws: &SdkConfig, url: &str) -> Result<Self, CallError> {
        let client = client_with(aws, crate::sdk::timeouts());
        let wanted = [QueueAttributeName::VisibilityTimeout, QueueAttributeName::RedrivePolicy];
        let attributes = attributes(&client, url, &wanted).await?;
        let visibility_seconds =
            attributes(QueueAttributeName::VisibilityTimeout).and_then(|v| v.parse().ok()).unwrap_or(30);
        let redrive = attributes(QueueAttributeName::RedrivePolicy).and_then(|text| Redrive::parse(&text));
        let (dlq_url, max_receive_count) = match redrive {
            Some(redrive) => (Some(url_of(&client, &redrive.dlq_name).await?), redrive.max_receive_count),
            None => {
                warn!(
                    queue = url,
                    "the queue has no redrive policy: a job that cannot succeed will stay on it"
                );
                (None, MAX_RECEIVE_COUNT_DEFAULT)
            }
        };
        let poller = client_with(aws, timeouts(LONG_POLL, LONG_POLL * 2));
        let visibility = Duration::from_secs(u64::from(visibility_seconds));
        let (one_try, all_tries) = visibility_deadlines(visibility);
        let visibility_client = client_with(aws, timeouts(one_try, all_tries));
        Ok(Self {
            poller,
            visibility: visibility_client,
            client,
            url: url.to_owned(),
            dlq_url,
            visibility_seconds,
            max_receive_count,
        })
    }

    /// Waits up to `wait_seconds` for up to `max` messages.
    pub async fn receive(&self, max: usize, wait_seconds: u32) -> Result<Vec<Message>, CallError> {
        let answer = self
            .poller
            .receive_message()
            .queue_url(&self.url)
            .max_number_of_messages(i32::try_from(max.clamp(1, RECEIVE_MAX)).unwrap_or(1))
            .wait_time_seconds(i32::try_from(wait_seconds.min(LONG_POLL_SECONDS)).unwrap_or(0))
            .message_system_attribute_names(MessageSystemAttributeName::ApproximateReceiveCount)
            .message_system_attribute_names(MessageSystemAttributeName::SentTimestamp)
            .message_attribute_names(DELAY_ATTRIBUTE)
            .message_attribute_names(WAITING_ATTRIBUTE)
            .message_attribute_names(WAITING_TOLD_ATTRIBUTE)
            .send()
            .await
            .map_err(|e| from_sdk("sqs:ReceiveMessage", e))?;
        Ok(answer.messages.unwrap_or_default().into_iter().filter_map(message).collect())
    }

    /// Deletes a message whose job is done.
    pub async fn delete(&self, receipt_handle: &str) -> Result<(), CallError> {
        let call = self.client.delete_message().queue_url(&self.url).receipt_handle(receipt_handle);
        call.send().await.map(|_| ()).map_err(|e| from_sdk("sqs:DeleteMessage", e))
    }

    /// Hides a message for so many seconds from now.
    pub async fn change_visibility(&self, receipt_handle: &str, seconds: u32) -> Result<(), CallError> {
        let seconds = seconds.min(domain::retry::VISIBILITY_MAX_SECONDS);
        self.visibility
            .change_message_visibility()
            .queue_url(&self.url)
            .receipt_handle(receipt_handle)
            .visibility_timeout(i32::try_from(seconds).unwrap_or(0))
            .send()
            .await
            .map(|_| ())
            .map_err(|e| from_sdk("sqs:ChangeMessageVisibility", e))
    }

    /// Sends a body to this queue anew, to be handed out after so many seconds, at most [`DELAY_MAX_SECONDS`].
    /// `waiting` is its job's wait for an operator, where it waits for one.
    pub async fn requeue(
        &self,
        body: &str,
        delay_seconds: u32,
        waiting: Option<OperatorWait>,
    ) -> Result<(), CallError> {
        const CALL: &str = "sqs:SendMessage";
        let delay = delay_seconds.min(DELAY_MAX_SECONDS);
        let mut call = self
            .client
            .send_message()
            .queue_url(&self.url)
            .message_body(body)
            .delay_seconds(i32::try_from(delay).unwrap_or(0))
            .message_attributes(DELAY_ATTRIBUTE, attribute(CALL, &delay.to_string())?);
        if let Some(waiting) = waiting {
            call =
                call.message_attributes(WAITING_ATTRIBUTE, attribute(CALL, &waiting.since_ms.to_string())?);
            if waiting.is_told {
                call = call.message_attributes(WAITING_TOLD_ATTRIBUTE, attribute(CALL, "true")?);
            }
        }
        call.send().await.map(|_| ()).map_err(|e| from_sdk(CALL, e))
    }

    /// Sends a body to the DLQ, with why it is there. The message itself is deleted afterwards by the caller.
    pub async fn dead_letter(&self, body: &str, reason: &str, error: &str) -> Result<(), CallError> {
        const CALL: &str = "sqs:SendMessage";
        let Some(dlq_url) = &self.dlq_url else {
            return Err(CallError::permanent(CALL, format!("the queue {} has no DLQ", self.url)));
        };
        self.client
            .send_message()
            .queue_url(dlq_url)
            .message_body(body)
            .message_attributes("reason", attribute(CALL, reason)?)
            .message_attributes("error", attribute(CALL, error)?)
            .send()
            .await
            .map(|_| ())
            .map_err(|e| from_sdk(CALL, e))
    }
}

fn client_with(aws: &SdkConfig, timeouts: TimeoutConfig) -> Client {
    Client::from_conf(aws_sdk_sqs::config::Builder::from(aws).timeout_config(timeouts).build())
}

fn timeouts(one_try: Duration, all_tries: Duration) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT.min(one_try))
        .operation_attempt_timeout(one_try)
        .operation_timeout(all_tries)
        .build()
}

/// Limits of one try, and of all tries together, of a visibility change: a sixth and a third of the lease.
fn visibility_deadlines(lease: Duration) -> (Duration, Duration) {
    let one_try = (lease / 6).clamp(VISIBILITY_TRY_MIN, ATTEMPT_TIMEOUT);
    (one_try, (lease / 3).clamp(one_try, OPERATION_TIMEOUT))
}

/// When a message was first to be handed out, in Unix milliseconds, by SQS's `SentTimestamp` and our
/// [`DELAY_ATTRIBUTE`].
#[must_use]
pub fn available_at_ms(sent: Option<&str>, delay: Option<&str>) -> Option<i64> {
    let delay_seconds: u32 = delay.and_then(|text| text.parse().ok()).unwrap_or(0);
    let sent_ms: i64 = sent?.parse().ok()?;
    sent_ms.checked_add(i64::from(delay_seconds.min(DELAY_MAX_SECONDS)) * 1_000)
}

fn message(received: aws_sdk_sqs::types::Message) -> Option<Message> {
    let system = |name| received.attributes.as_ref()?.get(&name).map(String::as_str);
    let receive_count = system(MessageSystemAttributeName::ApproximateReceiveCount);
    let receive_count = receive_count.and_then(|count| count.parse().ok()).unwrap_or(1);
    let own = |name| received.message_attributes.as_ref()?.get(name)?.string_value();
    let available_at_ms =
        available_at_ms(system(MessageSystemAttributeName::SentTimestamp), own(DELAY_ATTRIBUTE));
    let waiting = OperatorWait::read(own(WAITING_ATTRIBUTE), own(WAITING_TOLD_ATTRIBUTE));
    Some(Message {
        id: received.message_id.unwrap_or_default(),
        body: received.body.unwrap_or_default(),
        receipt_handle: received.receipt_handle?,
        receive_count,
        sent_at_ms: system(MessageSystemAttributeName::SentTimestamp).and_then(|sent| sent.parse().ok()),
        available_at_ms,
        waiting,
    })
}

/// SQS takes the characters that XML takes, and no empty attribute.
pub(super) fn attribute(call: &'static str, text: &str) -> Result<MessageAttributeValue, CallError> {
    let legal = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    let mut text: String = text.chars().filter(legal).take(ATTRIBUTE_MAX_CHARS).collect();
    if text.is_empty() {
        text.push('-');
    }
    let value = MessageAttributeValue::builder().data_type("String").string_value(text).build();
    value.map_err(|error| CallError::permanent(call, error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_that_was_asked_for_is_no_lag() {
        assert_eq!(available_at_ms(Some("1700000000123"), None), Some(1_700_000_000_123));
        assert_eq!(available_at_ms(Some("1700000000123"), Some("90")), Some(1_700_000_090_123));
        assert_eq!(available_at_ms(Some("1000"), Some("soon")), Some(1_000));
        assert_eq!(
            available_at_ms(Some("1000"), Some("4000000000")),
            Some(901_000),
            "SQS takes no longer one"
        );
        assert_eq!(available_at_ms(Some("then"), None), None);
        assert_eq!(available_at_ms(Some("9223372036854775807"), Some("1")), None);
        assert_eq!(available_at_ms(None, Some("90")), None);
    }

    #[test]
    fn a_visibility_change_ends_well_before_its_lease() {
        for seconds in [2, 30, 300, 43_200] {
            let lease = Duration::from_secs(seconds);
            let (one_try, all_tries) = visibility_deadlines(lease);
            assert!(one_try <= all_tries && all_tries * 2 < lease, "{lease:?}: {all_tries:?}");
        }
    }

    #[test]
    fn an_attribute_is_never_empty_too_long_or_illegal() {
        let value = |text: &str| attribute("c", text).unwrap().string_value.unwrap_or_default();
        assert_eq!(value(""), "-");
        assert_eq!(value("a\u{0}b"), "ab");
        assert_eq!(value(&"x".repeat(5_000)).len(), ATTRIBUTE_MAX_CHARS);
    }
}
