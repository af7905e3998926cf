//! The SDK's HTTP client, and the way of a call: name, record, fault, gate, service.

use std::sync::Arc;
use std::time::Duration;

use aws::direct::Post;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::time::SystemTimeSource;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::retry::RetryConfig;
use http_body_util::BodyExt as _;
use winterbaume_core::{MockRequest, MockResponse};

use super::call::{self, CallInfo, Service};
use super::credential::Credential;
use super::fault::{self, Fault};
use super::gate::{self, Caller, Refusal};
use super::{EmbeddedAws, REGION, holder, long_poll, wire};
use crate::lock::lock;

/// The newest calls that are remembered.
const CALLS_LIMIT: usize = 20_000;
/// The key of the workers. Their signatures are not checked.
pub(super) const WORKER_ACCESS_KEY_ID: &str = "AKIASANDBOXWORKERS";
pub(super) const WORKER_SECRET: &str = "not-checked";
/// What is in memory recovers at once; waiting as for a network would only slow tests down.
const RETRY_BACKOFF: Duration = Duration::from_millis(20);
const RETRY_BACKOFF_LIMIT: Duration = Duration::from_millis(500);

/// The configuration of the system's own workers.
pub(crate) fn worker_config(aws: &Arc<EmbeddedAws>) -> aws_config::SdkConfig {
    config(aws, WORKER_ACCESS_KEY_ID, WORKER_SECRET, None)
}

/// The configuration of whoever holds this key. Nothing of it comes from the environment.
pub(crate) fn config(
    aws: &Arc<EmbeddedAws>,
    access_key_id: &str,
    secret: &str,
    token: Option<&str>,
) -> aws_config::SdkConfig {
    let credentials = Credentials::new(access_key_id, secret, token.map(str::to_owned), None, "sandbox");
    let retries =
        RetryConfig::standard().with_initial_backoff(RETRY_BACKOFF).with_max_backoff(RETRY_BACKOFF_LIMIT);
    aws_config::SdkConfig::builder()
        .behavior_version(aws_config::BehaviorVersion::latest())
        .region(aws_config::Region::from_static(REGION))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        // The provider that assumes a role in another account asks for it.
        .time_source(SystemTimeSource::new())
        .http_client(Client(Arc::clone(aws)))
        .retry_config(retries)
        // It watches how fast a body is sent; here bodies are taken whole, which looks like a stall on a long poll.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .timeout_config(aws::sdk::timeouts())
        .build()
}

/// Hands each request to the embedded AWS.
#[derive(Debug, Clone)]
struct Client(Arc<EmbeddedAws>);

impl HttpClient for Client {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Client {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let aws = Arc::clone(&self.0);
        HttpConnectorFuture::new(async move { wire::to_sdk(aws.respond(wire::from_sdk(&request)).await?) })
    }
}

impl EmbeddedAws {
    /// Takes the requests of what posts without the SDK's client.
    #[must_use]
    pub fn post(self: &Arc<Self>) -> Post {
        let aws = Arc::clone(self);
        Post::by(move |request| {
            let aws = Arc::clone(&aws);
            Box::pin(async move {
                let (head, body) = request.into_parts();
                let body = body.collect().await?.to_bytes();
                let request = MockRequest {
                    method: head.method.to_string(),
                    uri: head.uri.to_string(),
                    headers: head.headers,
                    body,
                };
                let answer = aws.respond(request).await?;
                Ok(http::Response::builder().status(answer.status).body(answer.body)?)
            })
        })
    }

    /// The answer to a request, or how the connection broke before it arrived.
    pub(super) async fn respond(&self, request: MockRequest) -> Result<MockResponse, ConnectorError> {
        let Some(call) = self.record(&request) else {
            let message =
                format!("{} {} is for no embedded service, or is not signed", request.method, request.uri);
            return Ok(wire::error(Service::Sts, 403, "MissingAuthenticationToken", &message));
        };
        let hook = lock(&self.hook).clone();
        let (fault, hold) = hook.ask(|| call.clone()).await;
        let answer = self.answer(request, &call, fault).await;
        if let Some(hold) = hold {
            hold.await;
        }
        answer
    }

    async fn answer(
        &self,
        request: MockRequest,
        call: &CallInfo,
        fault: Option<Fault>,
    ) -> Result<MockResponse, ConnectorError> {
        let broken = || ConnectorError::io("the connection broke before the answer arrived".into());
        if let Some(answer) = fault.as_ref().and_then(|fault| fault::refusal(fault, call)) {
            return Ok(answer);
        }
        if fault == Some(Fault::Unreached) {
            return Err(broken());
        }
        if let Some(Fault::Slow(delay)) = fault {
            tokio::time::sleep(delay).await;
        }
        let mut answer = match self.admit(&request, call).await {
            Ok(caller) => self.perform(request, call, &caller).await,
            Err(refusal) => refusal.answer(call.service),
        };
        if let Some(credential) = Credential::handed_out(call, &answer) {
            lock(&self.credentials).push(credential);
        }
        if fault == Some(Fault::LoseAnswer) {
            return Err(broken());
        }
        if let Ok(date) = self.now().strftime(wire::HTTP_DATE).to_string().parse() {
            answer.headers.insert(http::header::DATE, date);
        }
        Ok(answer)
    }

    fn record(&self, request: &MockRequest) -> Option<CallInfo> {
        let now = self.now();
        let mut calls = lock(&self.calls);
        let number = calls.back().map_or(0, |call| call.number) + 1;
        let call = call::name(request, number, now)?;
        if calls.len() == CALLS_LIMIT {
            calls.pop_front();
        }
        calls.push_back(call.clone());
        Some(call)
    }

    async fn admit(&self, request: &MockRequest, call: &CallInfo) -> Result<Caller, Refusal> {
        if call.caller == WORKER_ACCESS_KEY_ID {
            return Ok(Caller::Workers);
        }
        let iam = self.services.iam.seen_with(&call.caller, self.now()).await;
        let holder = holder::find(&call.caller, &iam, &self.services.sts);
        let holder = holder.ok_or_else(|| Refusal::unknown_key(call.service))?;
        gate::authenticate(&holder, request, call.service, self.now())?;
        gate::authorise(&holder, call, self.now())?;
        Ok(Caller::Holder(Box::new(holder)))
    }

    async fn perform(&self, request: MockRequest, call: &CallInfo, caller: &Caller) -> MockResponse {
        let services = &self.services;
        match call.service {
            Service::DynamoDb => services.dynamodb.handle(request).await,
            Service::Iam => services.iam.handle(request, self.now()).await,
            Service::AccountAccess => {
                let roles = services.iam.state().await.roles.into_values();
                let roles = roles.map(|role| (role.arn, role.assume_role_policy_document)).collect();
                services.identity_center.handle_access(&request, &call.operation, &call.resource, &roles)
            }
            Service::IdentityStore | Service::Sso => {
                services.identity_center.handle(&request, &call.operation, self.now())
            }
            Service::Scheduler => services.scheduler.handle(request, self.now()).await,
            Service::SecretsManager => services.secrets.secret(&request),
            Service::Ses => services.ses.handle(request, &call.operation, self.now()).await,
            Service::Sqs => long_poll::handle(&services.sqs, &services.queues, request).await,
            Service::Ssm => services.secrets.parameter(&request),
            Service::Sts => services.sts.handle(request, caller, &services.iam, self.now()).await,
        }
    }
}
