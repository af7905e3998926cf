//! Serves the metrics to Prometheus: `GET /metrics` and nothing else.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::http::header::{CONNECTION, CONTENT_TYPE};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tracing::info;

use super::Metrics;
use crate::http_server::{Limits, serve};

/// Two scrapers and somebody with `curl` need three connections. One is closed after five seconds, answered or not.
const LIMITS: Limits = Limits {
    connections: 8,
    header_timeout: Duration::from_secs(5),
    max_connection_age: Duration::from_secs(5),
    drain_timeout: Duration::ZERO,
};

/// The port is open, and nothing is served yet.
#[derive(Debug)]
pub struct Exporter {
    listener: TcpListener,
    address: SocketAddr,
}

/// Why the metrics cannot be served.
#[derive(Debug, thiserror::Error)]
#[error("METRICS_ADDR: cannot listen on {address}: {source}; give each program a port of its own")]
pub struct MetricsUnavailable {
    /// Where it should listen.
    pub address: SocketAddr,
    /// Why not.
    pub source: std::io::Error,
}

/// Serves for as long as it is held.
#[derive(Debug)]
pub struct Serving(JoinHandle<()>);

impl Exporter {
    /// Opens the port.
    pub async fn bind(address: SocketAddr) -> Result<Self, MetricsUnavailable> {
        let unavailable = |source| MetricsUnavailable { address, source };
        let listener = TcpListener::bind(address).await.map_err(unavailable)?;
        let address = listener.local_addr().map_err(unavailable)?;
        Ok(Self { listener, address })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves these metrics in the background.
    #[must_use]
    pub fn serve(self, metrics: Metrics) -> Serving {
        info!(address = %self.address, "metrics are served");
        Serving(tokio::spawn(serve(self.listener, router(metrics), LIMITS, std::future::pending())))
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn router(metrics: Metrics) -> Router {
    // A connection for each scrape: none is left open to be waited for.
    let scrape =
        move || async move { ([(CONTENT_TYPE, super::CONTENT_TYPE), (CONNECTION, "close")], metrics.text()) };
    Router::new().route("/metrics", get(scrape))
}

#[cfg(test)]
mod tests;
