//! The web page: it shows everything that the sandbox holds, live, and its buttons work.

mod actions;
mod assets;
mod clock;
mod forms;
mod guard;
mod home;
mod portal;
mod state;
mod use_key;
mod words;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use serde::Deserialize;
use serde_json::Value;
use tokio::net::TcpListener;

use testkit::system::System;

/// How often the state is looked at for someone who waits for a change.
const LOOK_INTERVAL: Duration = Duration::from_millis(200);
/// An unchanged state is sent again after this, so that no connection waits for ever.
const WAIT_LIMIT: Duration = Duration::from_secs(20);

/// Serves the page until `shutdown` resolves.
pub async fn serve(
    system: Arc<System>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router(system)).with_graceful_shutdown(shutdown).await
}

/// All routes of the page.
pub(crate) fn router(system: Arc<System>) -> Router {
    Router::new()
        .route("/", get(assets::page))
        .route("/assets/{name}", get(assets::asset))
        .route("/api/state", get(live_state))
        .route("/api/ask", post(actions::ask))
        .route("/api/click", post(actions::click))
        .route("/api/command", post(words::command))
        .route("/api/step", post(words::step))
        .route("/api/step/run", post(words::run_step))
        .route("/api/clock", post(clock::forward))
        .route("/api/form/open", post(forms::open))
        .route("/api/form/choose", post(forms::choose))
        .route("/api/form/search", post(forms::search))
        .route("/api/form/submit", post(forms::submit))
        .route("/api/form/close", post(forms::close))
        .route("/api/home/open", post(home::open))
        .route("/api/home/click", post(home::click))
        .route("/api/leave", post(home::leave))
        .route("/api/portal/open", post(portal::open))
        .route("/api/portal/enter", post(portal::enter))
        .route("/api/portal/assume", post(portal::assume))
        .route("/api/use-key", post(use_key::use_key))
        .with_state(system)
        .layer(middleware::from_fn(guard::local_only))
}

#[derive(Deserialize)]
struct Seen {
    #[serde(default)]
    seen: String,
}

/// The state as soon as it is another than the one that was seen.
async fn live_state(State(system): State<Arc<System>>, Query(Seen { seen }): Query<Seen>) -> Json<Value> {
    let deadline = tokio::time::Instant::now() + WAIT_LIMIT;
    loop {
        let (version, state) = state::read(&system).await;
        if version != seen || tokio::time::Instant::now() >= deadline || system.is_stopping() {
            return Json(state);
        }
        tokio::time::sleep(LOOK_INTERVAL).await;
    }
}

#[cfg(test)]
mod tests;
