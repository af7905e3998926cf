//! Posting a request and reading its answer, with connections that are kept open.

use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http::uri::Scheme;
use http::{Request, Response};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{ConfigBuilderExt, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::{Connect, HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::ClientConfig;

use super::failed::Failed;

/// Largest answer that is read, in bytes: a claim with five machines and the last credentials of one has some 20,000.
const ANSWER_MAX_BYTES: usize = 64 * 1024;
/// How long a connection is kept that nobody uses.
const IDLE_TIMEOUT: Duration = Duration::from_mins(1);

/// An answer, read to its end.
pub type Posted = Pin<Box<dyn Future<Output = Result<Response<Bytes>, Failed>> + Send>>;

/// Posts requests.
#[derive(Clone)]
pub struct Post(Arc<dyn Fn(Request<Full<Bytes>>) -> Posted + Send + Sync>);

impl std::fmt::Debug for Post {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Post")
    }
}

impl Post {
    /// What measures without a socket answers by itself.
    pub fn by(post: impl Fn(Request<Full<Bytes>>) -> Posted + Send + Sync + 'static) -> Self {
        Self(Arc::new(post))
    }

    /// Over the network.
    pub(crate) fn over_network(scheme: &Scheme, connect_timeout: Duration) -> Result<Self, Failed> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(connect_timeout));
        if *scheme == Scheme::HTTP {
            return Ok(Self::through(tcp));
        }
        let tls = HttpsConnectorBuilder::new().with_tls_config(tls()?);
        Ok(Self::through(tls.https_only().enable_http1().wrap_connector(tcp)))
    }

    fn through(connector: impl Connect + Clone + Send + Sync + 'static) -> Self {
        let client: Client<_, Full<Bytes>> = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_TIMEOUT)
            .build(connector);
        Self::by(move |request| {
            let asked = client.request(request);
            Box::pin(async move {
                let (head, body) = asked.await?.into_parts();
                let body = Limited::new(body, ANSWER_MAX_BYTES).collect().await?.to_bytes();
                Ok(Response::from_parts(head, body))
            })
        })
    }

    pub(crate) fn send(&self, request: Request<Full<Bytes>>) -> Posted {
        (self.0)(request)
    }
}

/// Whom a connection trusts: the system's certificates, which are read once, since that takes milliseconds.
fn tls() -> Result<ClientConfig, Failed> {
    static TLS: OnceLock<ClientConfig> = OnceLock::new();
    if let Some(tls) = TLS.get() {
        return Ok(tls.clone());
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let tls = tls.with_native_roots()?.with_no_client_auth();
    Ok(TLS.get_or_init(|| tls).clone())
}
