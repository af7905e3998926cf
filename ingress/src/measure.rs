//! Counts answers by route and status, and measures how long each took.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use service::metrics::Amount::{Count, Seconds};
use service::metrics::{Label, Metric, Metrics};

use crate::Ingress;

/// The routes by their paths. What else is asked for, anybody can think up, so it counts as [`OTHER`].
const ROUTES: [&str; 6] =
    ["/workflows/aws-access", "/slack/interactions", "/slack/commands", "/slack/events", CLAIM_PAGE, CLAIMS];
/// Of a claim's page, whatever its id.
const CLAIM_PAGE: &str = "/claim";
/// Of a claim and its deliveries, whatever their ids.
const CLAIMS: &str = "/claims";
const OTHER: &str = "other";

/// Makes the series that alarms look at be there before anything happened.
pub(crate) fn init_series(metrics: &Metrics) {
    for route in ROUTES {
        for status in [StatusCode::OK, StatusCode::SERVICE_UNAVAILABLE] {
            metrics.init_series(Metric::Answers, &labels(route, status));
        }
    }
}

/// Handles a request, and records how that went before its answer leaves.
pub(crate) async fn measure(State(ingress): State<Arc<Ingress>>, request: Request, next: Next) -> Response {
    let arrived = Instant::now();
    let route = route(request.uri().path());
    let response = next.run(request).await;
    let took = Seconds(arrived.elapsed().as_secs_f64());
    let samples = [(Metric::Answers, Count(1)), (Metric::AckDuration, took)];
    ingress.metrics.record(&labels(route, response.status()), &samples);
    response
}

fn labels(route: &'static str, status: StatusCode) -> [(Label, &'static str); 2] {
    [(Label::Route, route), (Label::Status, name(status))]
}

fn route(path: &str) -> &'static str {
    // An id in a series' name would make as many series as anybody likes, and would be a link in the metrics.
    let path = match path.split('/').nth(1) {
        Some("claim") => CLAIM_PAGE,
        Some("claims") => CLAIMS,
        Some(_) | None => path,
    };
    ROUTES.into_iter().find(|route| *route == path).unwrap_or(OTHER)
}

/// The statuses that the ingress answers with, as text that need not be made.
fn name(status: StatusCode) -> &'static str {
    match status.as_u16() {
        200 => "200",
        202 => "202",
        400 => "400",
        401 => "401",
        404 => "404",
        405 => "405",
        408 => "408",
        413 => "413",
        429 => "429",
        503 => "503",
        _ => OTHER,
    }
}
