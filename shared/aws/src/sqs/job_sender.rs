//! Sending jobs to their queues.

use aws_config::SdkConfig;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{QueueAttributeName, SendMessageBatchRequestEntry};
use domain::{Job, QueueName};

use super::batch::{Outcome, in_batches};
use super::job_consumer::{DELAY_ATTRIBUTE, attribute};
use super::{DELAY_MAX_SECONDS, attributes};
use crate::error::{CallError, from_sdk};
use service::config::QueueUrls;

/// Sends jobs to their queues.
#[derive(Debug, Clone)]
pub struct JobSender {
    client: Client,
    urls: QueueUrls,
}

impl JobSender {
    /// The three queues.
    #[must_use]
    pub fn new(aws: &SdkConfig, urls: QueueUrls) -> Self {
        Self { client: Client::new(aws), urls }
    }

    /// Puts a job on its queue. Once this returns, the job is durable.
    pub async fn send(&self, job: &Job) -> Result<(), CallError> {
        self.send_later(job, 0).await
    }

    /// Puts a job on its queue, to be handed out after so many seconds, at most [`DELAY_MAX_SECONDS`].
    pub async fn send_later(&self, job: &Job, delay_seconds: u32) -> Result<(), CallError> {
        self.send_body(job.queue(), job.encode(), delay_seconds).await
    }

    /// Puts a message's body on a queue as it is, to be handed out after so many seconds, at most [`DELAY_MAX_SECONDS`].
    pub async fn send_body(
        &self,
        queue: QueueName,
        body: String,
        delay_seconds: u32,
    ) -> Result<(), CallError> {
        let delay = delay_seconds.min(DELAY_MAX_SECONDS);
        let mut message = self.client.send_message().queue_url(self.urls.of(queue)).message_body(body);
        if delay > 0 {
            message = message
                .delay_seconds(i32::try_from(delay).unwrap_or(0))
                .message_attributes(DELAY_ATTRIBUTE, attribute("sqs:SendMessage", &delay.to_string())?);
        }
        message.send().await.map(|_| ()).map_err(|e| from_sdk("sqs:SendMessage", e))
    }

    /// Puts message bodies on a queue as they are, without attributes; one outcome for each. Where it is `Ok`, the message
    /// is durable.
    pub async fn send_bodies(&self, queue: QueueName, bodies: &[&str]) -> Vec<Outcome> {
        const CALL: &str = "sqs:SendMessageBatch";
        let entry =
            |id, body: &&str| SendMessageBatchRequestEntry::builder().id(id).message_body(*body).build();
        let send = async |entries| {
            let call = self.client.send_message_batch().queue_url(self.urls.of(queue));
            let answer = call.set_entries(Some(entries)).send().await.map_err(|e| from_sdk(CALL, e))?;
            Ok((answer.successful.into_iter().map(|entry| entry.id).collect(), answer.failed))
        };
        in_batches(CALL, bodies, |body| body.len(), entry, send).await
    }

    /// The ARN of one of the queues, for a schedule's target.
    pub async fn arn(&self, queue: QueueName) -> Result<String, CallError> {
        let attributes =
            attributes(&self.client, self.urls.of(queue), &[QueueAttributeName::QueueArn]).await?;
        attributes(QueueAttributeName::QueueArn)
            .ok_or_else(|| CallError::incomplete("sqs:GetQueueAttributes", "QueueArn"))
    }
}
