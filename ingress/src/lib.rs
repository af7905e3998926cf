//! The ingress: verify, parse, enqueue, acknowledge. Nothing else: no table but that of claims, of which it reads one item,
//! no state, and no call to Slack but the one that opens a form, which Slack allows for three seconds only.
//!
//! Slack waits three seconds and may not ask again, so the answer comes within 2.5 s, and a 200 means that the job
//! is durably on its queue.

mod api_error;
mod claims;
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

use aws::claims::ClaimReader;
use service::metrics::Metrics;
use service::secret::SigningSecret;
use slack::Views;

use claims::Claims;
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
    claims: Option<Claims>,
}

impl Ingress {
    /// With what it verifies by, where it sends to, and where its answers are counted.
    #[must_use]
    pub fn new(verifier: Verifier, enqueue: Enqueue, metrics: Metrics) -> Self {
        measure::init_series(&metrics);
        Self { verifier, enqueue, metrics, views: None, claims: None }
    }

    /// The same, which opens forms. Without it, people ask by words alone.
    #[must_use]
    pub fn with_views(self, views: Views) -> Self {
        Self { views: Some(views), ..self }
    }

    /// The same, where credentials are claimed; its secret signs what it gives out. Without it, those routes are not there.
    #[must_use]
    pub fn with_claims(self, reader: ClaimReader, signing_secret: &SigningSecret) -> Self {
        Self { claims: Some(Claims::new(reader, signing_secret)), ..self }
    }
}

/// The routes: the same on a socket and on Lambda.
pub fn router(ingress: Ingress) -> Router {
    let ingress = Arc::new(ingress);
    let claims = Router::new()
        .route("/claims/{claim_id}", post(routes::claim::ask))
        .route("/claims/{claim_id}/{delivery_id}", get(routes::claim::fetch))
        .route("/claims/{claim_id}/{delivery_id}/renewals", post(routes::claim::renew))
        .route_layer(from_fn_with_state(Arc::clone(&ingress), routes::claim::in_turn));
    Router::new()
        .route("/workflows/aws-access", post(routes::workflow::from_workflow))
        .route("/slack/interactions", post(routes::action::action))
        .route("/slack/commands", post(routes::command::command))
        .route("/slack/events", post(routes::event::event))
        .route("/claim/{claim_id}", get(routes::claim_page::page))
        // As a link is sometimes pasted; the page reads the id there too.
        .route("/claim/{claim_id}/", get(routes::claim_page::page))
        .merge(claims)
        .layer(from_fn_with_state(Arc::clone(&ingress), measure::measure))
        // Whoever asks whether it is alive is answered and not counted.
        .route("/healthz", get(|| async { "ok" }))
        .with_state(ingress)
}
