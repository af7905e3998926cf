//! The ingress: verify, parse, enqueue, acknowledge. Nothing else: no table, no call to Slack, no state.
//!
//! Slack waits three seconds and may not ask again, so the answer comes within 2.5 s, and a 200 means that the job
//! is durably on its queue.

mod answer;
mod ask;
mod authentic;
mod command;
mod enqueue;
mod event;
mod interaction;
mod json;
mod measure;
mod raw;
mod slack_text;
mod start;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use service::metrics::Metrics;

pub use authentic::Keys;
pub use enqueue::Enqueue;
pub use start::{main, serve};

/// What the routes share.
#[derive(Debug)]
pub struct Ingress {
    keys: Keys,
    enqueue: Enqueue,
    metrics: Metrics,
}

impl Ingress {
    /// With what it verifies by, where it sends to, and where its answers are counted.
    #[must_use]
    pub fn new(keys: Keys, enqueue: Enqueue, metrics: Metrics) -> Self {
        measure::begin(&metrics);
        Self { keys, enqueue, metrics }
    }
}

/// The routes: the same on a socket and on Lambda.
pub fn router(ingress: Ingress) -> Router {
    let ingress = Arc::new(ingress);
    Router::new()
        .route("/workflows/aws-access", post(ask::from_workflow))
        .route("/slack/interactions", post(interaction::interaction))
        .route("/slack/commands", post(command::command))
        .route("/slack/events", post(event::event))
        .layer(from_fn_with_state(Arc::clone(&ingress), measure::measure))
        // Whoever asks whether it is alive is answered and not counted.
        .route("/healthz", get(|| async { "ok" }))
        .with_state(ingress)
}
