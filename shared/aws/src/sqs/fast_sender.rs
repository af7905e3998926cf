//! Sends a job with half of the work that the SDK makes of it: signed by the SDK's own signer, posted by hyper.
//!
//! Whatever is unusual or fails is left to the SDK, which sends the job as it always would. So retries, timeouts and errors
//! are the SDK's own, and a mistake here costs time and never a job.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aws_config::SdkConfig;
use aws_config::timeout::TimeoutConfig;
use domain::Job;
use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;
use tracing::debug;

use service::config::QueueUrls;

use super::JobSender;
use crate::direct::{Direct, Failed, Post, Signed};
use crate::error::CallError;
use crate::sdk::{ATTEMPT_TIMEOUT, CONNECT_TIMEOUT};

const SEND_MESSAGE: Signed = Signed {
    service_id: "SQS",
    service: "sqs",
    target: "AmazonSQS.SendMessage",
    media_type: "application/x-amz-json-1.0",
};

/// Sends jobs to their queues, one by one and fast.
#[derive(Debug)]
pub struct FastSender {
    sdk: JobSender,
    urls: QueueUrls,
    aws: SdkConfig,
    /// In place of hyper's client.
    post: Option<Post>,
    first_was_sent: AtomicBool,
    direct: OnceCell<Option<Direct>>,
    attempt_timeout: Duration,
}

impl FastSender {
    /// The three queues.
    #[must_use]
    pub fn new(aws: &SdkConfig, urls: QueueUrls) -> Self {
        let attempt_timeout = aws.timeout_config().and_then(TimeoutConfig::operation_attempt_timeout);
        Self {
            sdk: JobSender::new(aws, urls.clone()),
            urls,
            aws: aws.clone(),
            post: None,
            first_was_sent: AtomicBool::new(false),
            direct: OnceCell::new(),
            attempt_timeout: attempt_timeout.unwrap_or(ATTEMPT_TIMEOUT),
        }
    }

    /// The same, which hands its signed requests to `post`, the first one too.
    #[must_use]
    pub fn posting_with(aws: &SdkConfig, urls: QueueUrls, post: Post) -> Self {
        Self { post: Some(post), first_was_sent: AtomicBool::new(true), ..Self::new(aws, urls) }
    }

    /// Puts a job on its queue. Once this returns, the job is durable.
    ///
    /// As with the SDK, a job whose answer was lost may be there twice.
    pub async fn send(&self, job: &Job) -> Result<(), CallError> {
        if let Some(direct) = self.direct().await {
            let body = job.encode();
            let sending = post(direct, self.urls.of(job.queue()), &body);
            match tokio::time::timeout(self.attempt_timeout, sending).await {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(error)) => debug!(%error, "posting failed; the SDK sends the job"),
                Err(_) => debug!("posting took too long; the SDK sends the job"),
            }
        }
        self.sdk.send(job).await
    }

    /// The first job is the SDK's: to read the system's certificates again would make the first click wait.
    async fn direct(&self) -> Option<&Direct> {
        if !self.first_was_sent.swap(true, Ordering::Relaxed) {
            return None;
        }
        self.direct.get_or_init(|| direct(&self.aws, self.post.clone())).await.as_ref()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Message<'a> {
    queue_url: &'a str,
    message_body: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    #[serde(rename = "MessageId")]
    _message_id: String,
}

/// `None` where only the SDK knows how to call: without a region or credentials, or through an HTTP client of somebody's own.
async fn direct(aws: &SdkConfig, post: Option<Post>) -> Option<Direct> {
    if post.is_none() && aws.http_client().is_some() {
        return None;
    }
    let timeout = aws.timeout_config().and_then(TimeoutConfig::connect_timeout);
    Direct::new(aws, SEND_MESSAGE, post, timeout.unwrap_or(CONNECT_TIMEOUT)).await.ok()
}

async fn post(direct: &Direct, queue_url: &str, message_body: &str) -> Result<(), Failed> {
    let body = serde_json::to_vec(&Message { queue_url, message_body })?;
    let answer = direct.call(body).await?;
    if answer.status() != http::StatusCode::OK {
        return Err(format!("HTTP status {}", answer.status()).into());
    }
    serde_json::from_slice::<Answer>(answer.body())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use aws_config::BehaviorVersion;

    use super::*;

    #[tokio::test]
    async fn without_a_region_the_sdk_sends_and_says_so() {
        let aws = SdkConfig::builder().behavior_version(BehaviorVersion::latest()).build();
        assert!(direct(&aws, None).await.is_none());
    }
}
