//! Sends a job with half of the work that the SDK makes of it: signed by the SDK's own signer, posted by hyper.
//!
//! Whatever is unusual or fails is left to the SDK, which sends the job as it always would. So retries, timeouts and errors
//! are the SDK's own, and a mistake here costs time and never a job.

mod credentials;
mod failed;
mod post;
mod signed;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use aws_config::SdkConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_sqs::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
use aws_types::service_config::ServiceConfigKey;
use domain::Job;
use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;
use tracing::debug;

use super::JobSender;
use crate::error::CallError;
use crate::sdk::{ATTEMPT_TIMEOUT, CONNECT_TIMEOUT};
use failed::Failed;

pub(crate) use credentials::Cached;
pub(crate) use signed::{Signed, Signer};

pub use post::{Post, Posted};
use service::config::QueueUrls;

/// What the SDK calls the service.
const SQS: &str = "SQS";
const SEND_MESSAGE: Signed = Signed { service: "sqs", target: "AmazonSQS.SendMessage" };

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
            let sending = direct.send(self.urls.of(job.queue()), &body);
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
        self.direct.get_or_init(|| Direct::new(&self.aws, self.post.clone())).await.as_ref()
    }
}

/// What a job is signed and posted with.
#[derive(Debug)]
struct Direct {
    signer: Signer,
    credentials: Cached,
    post: Post,
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

impl Direct {
    /// `None` where only the SDK knows how to call: without a region or credentials, or through an HTTP client of somebody's own.
    async fn new(aws: &SdkConfig, post: Option<Post>) -> Option<Self> {
        let endpoint = endpoint_of(aws, SQS, SEND_MESSAGE.service).await?;
        let post = match post {
            Some(post) => post,
            None if aws.http_client().is_some() => return None,
            None => {
                let timeout = aws.timeout_config().and_then(TimeoutConfig::connect_timeout);
                Post::over_network(endpoint.scheme()?, timeout.unwrap_or(CONNECT_TIMEOUT)).ok()?
            }
        };
        Some(Self {
            signer: Signer::new(&endpoint, aws.region()?, SEND_MESSAGE),
            credentials: Cached::new(aws.credentials_provider()?),
            post,
        })
    }

    async fn send(&self, queue_url: &str, message_body: &str) -> Result<(), Failed> {
        let now = UNIX_EPOCH + Duration::from_millis(service::clock::now_ms().cast_unsigned());
        let credentials = self.credentials.at(now).await?;
        let body = serde_json::to_vec(&Message { queue_url, message_body })?;
        let answer = self.post.send(self.signer.sign(body, credentials, now)?).await?;
        if answer.status() != http::StatusCode::OK {
            return Err(format!("HTTP status {}", answer.status()).into());
        }
        serde_json::from_slice::<Answer>(answer.body())?;
        Ok(())
    }
}

/// Where the SDK would post to, by the SDK's own rules: partitions, FIPS, and what the environment or a profile names.
///
/// The rules are those of SQS, whose client is here in any case; for another service its name takes the place of SQS's, as
/// AWS names them alike.
pub(crate) async fn endpoint_of(aws: &SdkConfig, service_id: &str, host: &str) -> Option<http::Uri> {
    let key =
        ServiceConfigKey::builder().service_id(service_id).env("AWS_ENDPOINT_URL").profile("endpoint_url");
    let key = key.build().ok()?;
    let named = aws.service_config().and_then(|service| service.load_config(key));
    let named = named.or_else(|| aws.endpoint_url().map(str::to_owned));
    let asked = Params::builder()
        .set_region(aws.region().map(ToString::to_string))
        .set_use_fips(aws.use_fips())
        .set_use_dual_stack(aws.use_dual_stack())
        .set_endpoint(named.clone());
    let found = DefaultResolver::new().resolve_endpoint(&asked.build().ok()?).await.ok()?;
    let of_sqs = format!("//{}", SEND_MESSAGE.service);
    let url = if named.is_some() {
        found.url().to_owned()
    } else {
        found.url().replacen(&of_sqs, &format!("//{host}"), 1)
    };
    url.parse().ok()
}

#[cfg(test)]
mod tests;
