//! How Slack is reached: TLS with the system's roots, or plain http on this machine.

use std::sync::Arc;

use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;

/// The connection could not be set up at start.
#[derive(Debug, thiserror::Error)]
#[error("TLS for Slack could not be set up: {0}")]
pub struct SlackUnavailable(#[from] std::io::Error);

/// For the API at `api_url`.
pub(super) fn connector(api_url: &str) -> Result<HttpsConnector<HttpConnector>, SlackUnavailable> {
    // Two TLS providers are compiled into the tree's crates; naming one keeps rustls from panicking over it.
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(std::io::Error::other)?;
    // Plain http is for this machine only (see the settings), and needs no certificates to be installed.
    let tls = if api_url.starts_with("http://") {
        tls.with_root_certificates(rustls::RootCertStore::empty())
    } else {
        tls.with_native_roots()?
    };
    let tls = tls.with_no_client_auth();
    Ok(HttpsConnectorBuilder::new()
        .with_tls_config(tls)
        .https_or_http()
        .enable_http1()
        .enable_http2()
        .build())
}
