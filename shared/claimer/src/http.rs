//! Calls over HTTP to servers that are not AWS's API: the ingress, and AWS's sign-in page.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use domain::UnixSeconds;
use http::header::{ACCEPT, CONTENT_TYPE, DATE, USER_AGENT};
use http::{Method, Request, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::{ConfigBuilderExt as _, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::failure::Failure;

/// Longest call, from the connection to the answer's last byte.
const CALL_TIMEOUT: Duration = Duration::from_secs(15);
/// Longest answer that is read, in bytes. A sealed session has about 3 KiB.
const ANSWER_MAX_BYTES: usize = 256 * 1024;
const AGENT: &str = concat!("keylease/", env!("CARGO_PKG_VERSION"));

/// A client of one server.
pub(crate) struct Http(Client<HttpsConnector<HttpConnector>, Full<Bytes>>);

/// What a server answered.
pub(crate) struct Answer {
    /// HTTP's status.
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    /// The server's time.
    pub(crate) date: Option<UnixSeconds>,
}

/// There was no answer: why not.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct NoAnswer(String);

impl Http {
    /// For a server at this URL. Plain http needs no certificates to be installed.
    pub(crate) fn to(url: &str) -> Result<Self, Failure> {
        let failed = |error: &dyn std::fmt::Display| Failure::new("TLS cannot be set up").because(error);
        // Two TLS providers are compiled into the tree's crates; naming one keeps rustls from panicking over it.
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| failed(&error))?;
        let tls = if url.starts_with("http://") {
            tls.with_root_certificates(rustls::RootCertStore::empty())
        } else {
            tls.with_native_roots().map_err(|error| {
                failed(&error).hint(
                    "install the system's root certificates (on Debian: apt-get install ca-certificates)",
                )
            })?
        };
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls.with_no_client_auth())
            .https_or_http()
            .enable_http1()
            .build();
        Ok(Self(Client::builder(TokioExecutor::new()).build(connector)))
    }

    pub(crate) async fn get(&self, url: &str) -> Result<Answer, NoAnswer> {
        self.call(Method::GET, url, Bytes::new()).await
    }

    /// Posts JSON.
    pub(crate) async fn post(&self, url: &str, body: &serde_json::Value) -> Result<Answer, NoAnswer> {
        self.call(Method::POST, url, body.to_string().into()).await
    }

    async fn call(&self, method: Method, url: &str, body: Bytes) -> Result<Answer, NoAnswer> {
        let uri: Uri = url.parse().map_err(|_| NoAnswer("the address is not a URL".to_owned()))?;
        let host = uri.authority().map(ToString::to_string).unwrap_or_default();
        let request = Request::builder()
            .method(method)
            .uri(uri)
            .header(USER_AGENT, AGENT)
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/json")
            .body(Full::new(body))
            .map_err(|error| NoAnswer(error.to_string()))?;
        let call = async {
            let answer = self.0.request(request).await.map_err(|error| unreached(&host, &error))?;
            let (status, date) = (answer.status().as_u16(), answer.headers().get(DATE).cloned());
            let body = Limited::new(answer.into_body(), ANSWER_MAX_BYTES).collect().await;
            let body = body.map_err(|error| NoAnswer(format!("the answer of {host} broke off: {error}")))?;
            let date = date.as_ref().and_then(|date| moment(date.to_str().ok()?));
            Ok(Answer { status, body: body.to_bytes().to_vec(), date })
        };
        match tokio::time::timeout(CALL_TIMEOUT, call).await {
            Ok(answer) => answer,
            Err(_) => Err(NoAnswer(format!("{host} did not answer within {} s", CALL_TIMEOUT.as_secs()))),
        }
    }
}

/// With the innermost cause: the outer ones say "client error (Connect)".
fn unreached(host: &str, error: &dyn std::error::Error) -> NoAnswer {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    NoAnswer(format!("{host} cannot be reached: {cause}"))
}

/// HTTP's own form of a date.
fn moment(text: &str) -> Option<UnixSeconds> {
    jiff::fmt::rfc2822::parse(text).ok().map(|at| UnixSeconds(at.timestamp().as_second()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_servers_date_is_read() {
        assert_eq!(moment("Sun, 06 Nov 1994 08:49:37 GMT"), Some(UnixSeconds(784_111_777)));
        assert_eq!(moment("yesterday"), None);
    }
}
