//! The ingress: verify, parse, enqueue, acknowledge. Nothing else: no table, no state, and no call to Slack but the one
//! that opens a form, which Slack allows for three seconds only.
//!
//! Slack waits three seconds and may not ask again, so the answer comes within 2.5 s, and a 200 means that the job
//! is durably on its queue.

mod api_error;
mod enqueue;
mod json;
mod measure;
mod open_form;
mod routes;
mod signed_request;
mod slack_text;
mod start;
mod verify;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use service::metrics::Metrics;
use slack::Views;

pub use enqueue::Enqueue;
pub use start::{main, serve};
pub use verify::Verifier;

/// What the routes share.
#[derive(Debug)]
pub struct Ingress {
    verifier: Verifier,
    enqueue: Enqueue,
    metrics: Metrics,
    views: Option<Views>,
}

impl Ingress {
    /// With what it verifies by, where it sends to, and where its answers are counted.
    #[must_use]
    pub fn new(verifier: Verifier, enqueue: Enqueue, metrics: Metrics) -> Self {
        measure::init_series(&metrics);
        Self { verifier, enqueue, metrics, views: None }
    }

    /// The same, which opens forms. Without it, people ask by words alone.
    #[must_use]
    pub fn with_views(self, views: Views) -> Self {
        Self { views: Some(views), ..self }
    }
}

/// The routes: the same on a socket and on Lambda.
pub fn router(ingress: Ingress) -> Router {
    let ingress = Arc::new(ingress);
    Router::new()
        .route("/workflows/aws-access", post(routes::workflow::from_workflow))
        .route("/slack/interactions", post(routes::action::action))
        .route("/slack/commands", post(routes::command::command))
        .route("/slack/events", post(routes::event::event))
        .layer(from_fn_with_state(Arc::clone(&ingress), measure::measure))
        // Whoever asks whether it is alive is answered and not counted.
        .route("/healthz", get(|| async { "ok" }))
        .with_state(ingress)
}
