//! A dead-letter queue: what lies in it, seen without taking it out.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{
    ChangeMessageVisibilityBatchRequestEntry, DeleteMessageBatchRequestEntry, MessageSystemAttributeName,
    QueueAttributeName,
};
use domain::UnixSeconds;
use tokio::time::Instant;

use super::batch::{Outcome, in_batches};
use super::redrive::{Redrive, name_in_arn, url_of};
use super::{RECEIVE_MAX, attributes};
use crate::error::{CallError, from_sdk};

/// Longest wait for messages, in seconds: long enough that SQS asks all of its servers.
const WAIT_SECONDS: i32 = 1;

/// A dead-letter queue.
#[derive(Debug, Clone)]
pub struct DeadLetters {
    client: Client,
    /// Its URL.
    pub url: String,
    /// Deliveries before SQS itself moves a message here; unknown where no queue's redrive policy names this one.
    pub max_receive_count: Option<u32>,
}

/// A message that lies in a dead-letter queue. It is invisible to others until [`DeadLetter::held_until`].
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct DeadLetter {
    /// SQS's id.
    pub id: String,
    pub body: String,
    /// Its attributes that are text, such as `reason` and `error`.
    pub attributes: BTreeMap<String, String>,
    /// When it was sent. SQS keeps the first time when it moves a message itself.
    pub sent_at: Option<UnixSeconds>,
    /// Until when nobody else gets it.
    pub held_until: Instant,
    pub(super) receipt_handle: String,
}

/// How many messages there are, as SQS says: the numbers may be a minute old.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Those that can be received.
    pub visible: u64,
    /// Those that somebody holds, or that are delayed.
    pub hidden: u64,
}

impl DeadLetters {
    /// The one of a queue, by the queue's redrive policy; `None` where it has none.
    pub async fn of_queue(aws: &SdkConfig, queue_url: &str) -> Result<Option<Self>, CallError> {
        let client = Client::new(aws);
        let Some(redrive) = Redrive::read(&client, queue_url).await? else { return Ok(None) };
        let url = url_of(&client, &redrive.dlq_name).await?;
        Ok(Some(Self { client, url, max_receive_count: Some(redrive.max_receive_count) }))
    }

    /// The one with this ARN, such as that of the schedules.
    pub async fn of_arn(aws: &SdkConfig, arn: &str) -> Result<Self, CallError> {
        let client = Client::new(aws);
        let url = url_of(&client, name_in_arn(arn)).await?;
        Ok(Self { client, url, max_receive_count: None })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.url.rsplit('/').next().unwrap_or(&self.url)
    }

    /// How many messages lie in it.
    pub async fn counts(&self) -> Result<Counts, CallError> {
        use QueueAttributeName::{
            ApproximateNumberOfMessages as Visible, ApproximateNumberOfMessagesDelayed as Delayed,
            ApproximateNumberOfMessagesNotVisible as InFlight,
        };
        let found = attributes(&self.client, &self.url, &[Visible, InFlight, Delayed]).await?;
        let number = |name| found(name).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
        Ok(Counts { visible: number(Visible), hidden: number(InFlight).saturating_add(number(Delayed)) })
    }

    /// Receives up to `max` messages and hides them for so long, in whole seconds.
    pub(super) async fn receive(
        &self,
        max: usize,
        visibility: Duration,
    ) -> Result<Vec<DeadLetter>, CallError> {
        let asked = Instant::now();
        let seconds = visibility.as_secs();
        let answer = self
            .client
            .receive_message()
            .queue_url(&self.url)
            .max_number_of_messages(i32::try_from(max.clamp(1, RECEIVE_MAX)).unwrap_or(1))
            .wait_time_seconds(WAIT_SECONDS)
            .visibility_timeout(i32::try_from(seconds).unwrap_or(i32::MAX))
            .message_attribute_names("All")
            .message_system_attribute_names(MessageSystemAttributeName::SentTimestamp)
            .send()
            .await
            .map_err(|e| from_sdk("sqs:ReceiveMessage", e))?;
        // Counted from before the call, so that a slow answer makes it end too soon, never too late.
        let held_until = asked + Duration::from_secs(seconds);
        let received = answer.messages.unwrap_or_default();
        Ok(received.into_iter().filter_map(|message| dead_lettered(message, held_until)).collect())
    }

    /// Deletes messages for good; one outcome for each.
    pub async fn delete(&self, messages: &[&DeadLetter]) -> Vec<Outcome> {
        const CALL: &str = "sqs:DeleteMessageBatch";
        let entry = |id, message: &&DeadLetter| {
            DeleteMessageBatchRequestEntry::builder().id(id).receipt_handle(&message.receipt_handle).build()
        };
        let send = async |entries| {
            let call = self.client.delete_message_batch().queue_url(&self.url).set_entries(Some(entries));
            let answer = call.send().await.map_err(|e| from_sdk(CALL, e))?;
            Ok((answer.successful.into_iter().map(|entry| entry.id).collect(), answer.failed))
        };
        in_batches(CALL, messages, |_| 0, entry, send).await
    }

    /// Lets others receive messages again at once, by their receipt handles; one outcome for each.
    pub(super) async fn show(&self, receipt_handles: &[&str]) -> Vec<Outcome> {
        const CALL: &str = "sqs:ChangeMessageVisibilityBatch";
        let entry = |id, handle: &&str| {
            let entry = ChangeMessageVisibilityBatchRequestEntry::builder().id(id);
            entry.receipt_handle(*handle).visibility_timeout(0).build()
        };
        let send = async |entries| {
            let call = self.client.change_message_visibility_batch().queue_url(&self.url);
            let answer = call.set_entries(Some(entries)).send().await.map_err(|e| from_sdk(CALL, e))?;
            Ok((answer.successful.into_iter().map(|entry| entry.id).collect(), answer.failed))
        };
        in_batches(CALL, receipt_handles, |_| 0, entry, send).await
    }
}

fn dead_lettered(message: aws_sdk_sqs::types::Message, held_until: Instant) -> Option<DeadLetter> {
    let sent = message.attributes.as_ref().and_then(|a| a.get(&MessageSystemAttributeName::SentTimestamp));
    let sent_at =
        sent.and_then(|millis| millis.parse::<i64>().ok()).map(|millis| UnixSeconds(millis / 1_000));
    let attributes = message.message_attributes.unwrap_or_default();
    Some(DeadLetter {
        id: message.message_id?,
        body: message.body.unwrap_or_default(),
        attributes: attributes
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.string_value?)))
            .collect(),
        sent_at,
        held_until,
        receipt_handle: message.receipt_handle?,
    })
}
