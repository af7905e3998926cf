//! One job on its queue, within what is left of Slack's three seconds.

use std::time::Duration;

use aws::direct::Post;
use aws::sqs::FastSender;
use aws_config::SdkConfig;
use aws_config::timeout::TimeoutConfig;
use domain::Job;
use service::config::QueueUrls;
use tokio::time::Instant;
use tracing::{error, info};

use crate::api_error::ApiError;

/// The answer is on its way so long after the request came: 2.5 s are promised, and Slack gives up after 3 s.
const ANSWER_WITHIN: Duration = Duration::from_millis(2_200);
/// Longest wait for a connection to SQS.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(700);
/// Longest single try, so that a second one fits.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(1);

/// Sends jobs under a deadline.
#[derive(Debug)]
pub struct Enqueue {
    sender: FastSender,
}

impl Enqueue {
    /// To these queues, with limits of its own in place of the configuration's.
    #[must_use]
    pub fn new(aws: &SdkConfig, queues: QueueUrls) -> Self {
        Self { sender: FastSender::new(&limited(aws), queues) }
    }

    /// The same, which hands its signed requests to `post` in place of the network.
    #[must_use]
    pub fn posting_with(aws: &SdkConfig, queues: QueueUrls, post: Post) -> Self {
        Self { sender: FastSender::posting_with(&limited(aws), queues, post) }
    }

    /// Returns once the job is durable, or when the time is up. `arrived` is when the request came.
    pub(crate) async fn send(&self, job: &Job, arrived: Instant) -> Result<(), ApiError> {
        let sent = tokio::time::timeout_at(arrived + ANSWER_WITHIN, self.sender.send(job)).await;
        let request_id = job.request_id().map(domain::RequestId::as_str);
        match sent {
            Ok(Ok(())) => {
                info!(job = job.name(), request_id, ack_ms = arrived.elapsed().as_millis() as u64, "queued");
                Ok(())
            }
            Ok(Err(failed)) => {
                error!(job = job.name(), request_id, error = %failed, "the job could not be queued");
                Err(ApiError::NotQueued)
            }
            Err(_) => {
                error!(job = job.name(), request_id, "the queue did not answer in time");
                Err(ApiError::NotQueued)
            }
        }
    }
}

/// The configuration with limits that leave room for an answer.
fn limited(aws: &SdkConfig) -> SdkConfig {
    let limits = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .operation_timeout(ANSWER_WITHIN)
        .build();
    aws.to_builder().timeout_config(limits).build()
}
