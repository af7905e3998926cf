//! The SDK's HTTP client: each request stops at the gate on its way to the embedded AWS.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use aws_config::SdkConfig;
use aws_smithy_async::rt::sleep::{AsyncSleep, Sleep};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::RetryConfig;

use crate::call::Call;
use crate::gate::{Answer, Gate, Way};

/// A credential as AWS handed it out.
#[derive(Debug, Clone)]
pub(crate) struct Minted {
    /// The user or the role session.
    pub(crate) principal: String,
    pub(crate) access_key_id: String,
    /// What must not be seen anywhere but in the mail.
    pub(crate) secrets: Vec<String>,
}

/// The credentials that AWS has handed out, oldest first.
pub(crate) type Mint = Arc<Mutex<Vec<Minted>>>;

/// The way to the embedded AWS past the gate, and how the workers' signatures begin; known once a client has called.
pub(crate) type PastTheGate = Arc<OnceLock<(SharedHttpConnector, String)>>;

/// The SDK configuration whose calls stop at `gate`.
///
/// The SDK retries as it does in production, only without waiting; the clients that must not retry say so themselves.
pub(crate) fn gated(aws: &SdkConfig, gate: &Gate, mint: &Mint, past: &PastTheGate) -> Option<SdkConfig> {
    let inner = aws.http_client()?;
    let client = Client { inner, gate: gate.clone(), mint: Arc::clone(mint), past: Arc::clone(past) };
    let retries =
        RetryConfig::standard().with_initial_backoff(Duration::ZERO).with_max_backoff(Duration::ZERO);
    Some(aws.to_builder().http_client(client).retry_config(retries).sleep_impl(NoWaiting).build())
}

/// Backoff takes no time, and limits never come: how long a call takes is for the simulation to say.
#[derive(Debug)]
struct NoWaiting;

impl AsyncSleep for NoWaiting {
    fn sleep(&self, duration: Duration) -> Sleep {
        if duration.is_zero() {
            Sleep::new(std::future::ready(()))
        } else {
            Sleep::new(std::future::pending())
        }
    }
}

#[derive(Debug, Clone)]
struct Client {
    inner: SharedHttpClient,
    gate: Gate,
    mint: Mint,
    past: PastTheGate,
}

impl HttpClient for Client {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Connector {
            inner,
            gate: self.gate.clone(),
            mint: Arc::clone(&self.mint),
            past: Arc::clone(&self.past),
        })
    }
}

#[derive(Debug, Clone)]
struct Connector {
    inner: SharedHttpConnector,
    gate: Gate,
    mint: Mint,
    past: PastTheGate,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let this = self.clone();
        HttpConnectorFuture::new(async move {
            let call = Call::of_aws(&request);
            this.past.get_or_init(|| {
                let key = request.headers().get("authorization").and_then(|text| text.split('/').next());
                (this.inner.clone(), key.unwrap_or_default().to_owned())
            });
            let verdict = this.gate.pass(call.clone()).await;
            let answer = match verdict.way {
                Way::Perform => this.perform(request, &call).await,
                Way::PerformAndBreak => this.perform(request, &call).await.and_then(|_| Err(broken())),
                Way::Answer(answer) => response(answer),
                Way::Break => Err(broken()),
            };
            if verdict.hold {
                this.gate.read_answer().await;
            }
            answer
        })
    }
}

impl Connector {
    async fn perform(&self, request: HttpRequest, call: &Call) -> Result<HttpResponse, ConnectorError> {
        let answer = self.inner.call(request).await?;
        if matches!(call.operation.as_str(), "CreateAccessKey" | "AssumeRole") {
            let body = answer.body().bytes().map(String::from_utf8_lossy).unwrap_or_default();
            if let Some(minted) = minted(&call.subject, &body) {
                self.mint.lock().unwrap_or_else(PoisonError::into_inner).push(minted);
            }
        }
        Ok(answer)
    }
}

fn minted(subject: &str, xml: &str) -> Option<Minted> {
    let element = |name: &str| {
        let (_, rest) = xml.split_once(&format!("<{name}>"))?;
        rest.split_once(&format!("</{name}>")).map(|(text, _)| text.to_owned())
    };
    let access_key_id = element("AccessKeyId")?;
    let secrets = ["SecretAccessKey", "SessionToken"].iter().filter_map(|name| element(name)).collect();
    let principal = element("Arn").unwrap_or_else(|| subject.to_owned());
    Some(Minted { principal, access_key_id, secrets })
}

fn broken() -> ConnectorError {
    ConnectorError::io("the connection broke".into())
}

fn response(answer: Answer) -> Result<HttpResponse, ConnectorError> {
    let status =
        StatusCode::try_from(answer.status).map_err(|error| ConnectorError::other(error.into(), None))?;
    let mut response = HttpResponse::new(status, SdkBody::from(answer.body));
    for (name, value) in answer.headers {
        response.headers_mut().append(name, value);
    }
    Ok(response)
}
