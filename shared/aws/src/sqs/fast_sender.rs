//! Sending a job with half of the work that the SDK makes of it.
//!
//! The first job goes through the SDK, and shows what the SDK resolved: endpoint, HTTP client, credentials and their cache.
//! From then on a job is signed and posted with just these. Whatever does not go well, the SDK does once more as it always
//! would, so retries, timeouts and errors are the SDK's own.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_config::{Region, SdkConfig};
use aws_sdk_sqs::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_sqs::{Client, config};
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningParams, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::auth::{AuthScheme, AuthSchemeId};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::identity::{
    Identity, ResolveCachedIdentity, SharedIdentityCache, SharedIdentityResolver,
};
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::timeout::TimeoutConfig;
use domain::Job;
use http::header::CONTENT_TYPE;
use http_body_util::{BodyExt, Limited};
use serde::{Deserialize, Serialize};
use tracing::debug;

use super::JobSender;
use crate::error::CallError;
use crate::sdk::ATTEMPT_TIMEOUT;
use service::config::QueueUrls;

const MEDIA_TYPE: &str = "application/x-amz-json-1.0";
const TARGET_HEADER: &str = "x-amz-target";
const TARGET: &str = "AmazonSQS.SendMessage";
/// Largest answer that is read; a good one has some 150 bytes.
const ANSWER_MAX_BYTES: usize = 16 * 1024;

/// Sends jobs to their queues, one by one and fast.
#[derive(Debug)]
pub struct FastSender {
    outgoing: JobSender,
    urls: QueueUrls,
    lane: Arc<OnceLock<Lane>>,
    attempt_timeout: Duration,
}

impl FastSender {
    /// The three queues.
    #[must_use]
    pub fn new(aws: &SdkConfig, urls: QueueUrls) -> Self {
        let lane = Arc::default();
        let attempt_timeout = aws.timeout_config().and_then(TimeoutConfig::operation_attempt_timeout);
        let watch = Watch { region: aws.region().cloned(), lane: Arc::clone(&lane) };
        let client = Client::from_conf(config::Builder::from(aws).interceptor(watch).build());
        Self {
            outgoing: JobSender::with(client, urls.clone()),
            urls,
            lane,
            attempt_timeout: attempt_timeout.unwrap_or(ATTEMPT_TIMEOUT),
        }
    }

    /// Puts a job on its queue. Once this returns, the job is durable.
    ///
    /// As with the SDK, a job whose answer was lost may be there twice.
    pub async fn send(&self, job: &Job) -> Result<(), CallError> {
        if let Some(lane) = self.lane.get() {
            let body = job.encode();
            let posting = lane.post(self.urls.of(job.queue()), &body);
            match tokio::time::timeout(self.attempt_timeout, posting).await {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(error)) => debug!(%error, "posting failed; the SDK sends the job"),
                Err(_) => debug!("posting took too long; the SDK sends the job"),
            }
        }
        self.outgoing.send(job).await
    }
}

/// Looks at the SDK's first call.
#[derive(Debug)]
struct Watch {
    region: Option<Region>,
    lane: Arc<OnceLock<Lane>>,
}

impl Intercept for Watch {
    fn name(&self) -> &'static str {
        "Watch"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        components: &RuntimeComponents,
        settings: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if self.lane.get().is_none()
            && let Some(lane) = self.lane_of(context.request().uri(), components, settings)
        {
            self.lane.get_or_init(|| lane);
        }
        Ok(())
    }
}

impl Watch {
    /// `None` where the SDK does something else than to sign and post, so that all is left to it.
    fn lane_of(&self, uri: &str, components: &RuntimeComponents, settings: &ConfigBag) -> Option<Lane> {
        let timeouts = settings.load::<TimeoutConfig>()?;
        // The same settings give the same connector, and with it the connections that are open already.
        let mut connector = HttpConnectorSettings::builder();
        connector.set_connect_timeout(timeouts.connect_timeout());
        connector.set_read_timeout(timeouts.read_timeout());
        let connector = components.http_client()?.http_connector(&connector.build(), components);
        let scheme = components.auth_scheme(AuthSchemeId::new("sigv4"))?;
        Some(Lane {
            uri: uri.to_owned(),
            region: self.region.clone()?,
            connector,
            identities: components.identity_cache(),
            resolver: scheme.identity_resolver(components)?,
            components: components.clone(),
            settings: ConfigBag::base(),
        })
    }
}

/// What a job is signed and posted with.
#[derive(Debug)]
struct Lane {
    uri: String,
    region: Region,
    connector: SharedHttpConnector,
    identities: SharedIdentityCache,
    resolver: SharedIdentityResolver,
    components: RuntimeComponents,
    settings: ConfigBag,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Message<'a> {
    queue_url: &'a str,
    message_body: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Taken {
    #[serde(rename = "MessageId")]
    _message_id: String,
}

impl Lane {
    async fn post(&self, queue_url: &str, message_body: &str) -> Result<(), BoxError> {
        let identity = self
            .identities
            .resolve_cached_identity(self.resolver.clone(), &self.components, &self.settings)
            .await?;
        let body = serde_json::to_vec(&Message { queue_url, message_body })?;
        let request = self.signed(body, &identity)?;
        let answer = self.connector.call(request.try_into()?).await?;
        let status = answer.status().as_u16();
        if status != 200 {
            return Err(format!("HTTP status {status}").into());
        }
        let answer = Limited::new(answer.into_body(), ANSWER_MAX_BYTES).collect().await?.to_bytes();
        serde_json::from_slice::<Taken>(&answer)?;
        Ok(())
    }

    fn signed(&self, body: Vec<u8>, identity: &Identity) -> Result<http::Request<SdkBody>, BoxError> {
        let time = self.components.time_source().ok_or("the SDK has no clock")?.now();
        let headers = [(CONTENT_TYPE.as_str(), MEDIA_TYPE), (TARGET_HEADER, TARGET)].into_iter();
        let unsigned = SignableRequest::new("POST", &*self.uri, headers, SignableBody::Bytes(&body))?;
        let parameters: SigningParams<'_> = v4::SigningParams::builder()
            .identity(identity)
            .region(self.region.as_ref())
            .name("sqs")
            .time(time)
            .settings(SigningSettings::default())
            .build()?
            .into();
        let (signature, _) = sign(unsigned, &parameters)?.into_parts();
        let mut request = http::Request::post(&self.uri)
            .header(CONTENT_TYPE, MEDIA_TYPE)
            .header(TARGET_HEADER, TARGET)
            .body(SdkBody::from(body))?;
        signature.apply_to_request_http1x(&mut request);
        Ok(request)
    }
}
