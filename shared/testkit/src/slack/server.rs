//! The Web API's server: authenticity, faults, arguments in, answers out.

use std::pin::Pin;
use std::sync::Weak;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

use super::EmbeddedSlack;
use super::answer::MethodError;
use super::contents::Call;
use super::fault::{self, Fault};
use crate::lock::lock;

/// The newest calls that are kept.
const CALLS_LIMIT: usize = 10_000;
/// How long a call that hangs is held; far longer than any client waits.
const HANG_LIMIT: Duration = Duration::from_mins(2);

/// Serves until aborted, or until there is no workspace any more.
pub(crate) fn spawn(listener: TcpListener, slack: Weak<EmbeddedSlack>) -> AbortHandle {
    let router = Router::new().route("/api/{method}", any(answer)).with_state(slack);
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "the embedded Slack stopped serving");
        }
    })
    .abort_handle()
}

async fn answer(
    State(workspace): State<Weak<EmbeddedSlack>>,
    Path(method): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(slack) = workspace.upgrade() else { return StatusCode::GONE.into_response() };
    let arguments = arguments(&headers, query.as_deref().unwrap_or_default(), &body);
    let hook = lock(&slack.hook).clone();
    let planned = slack.record(&method, &arguments);
    let at = slack.now();
    // Whoever waits for a hook does not keep the workspace.
    drop(slack);
    let call = || Call { method: method.clone(), at, body: arguments.clone() };
    let (fault, hold) = hook.ask(call).await;
    let Some(slack) = workspace.upgrade() else { return StatusCode::GONE.into_response() };
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let authentic = bearer == Some(format!("Bearer {}", slack.bot_token).as_str());
    let answer = match fault.or(planned) {
        Some(Fault::RateLimited { retry_after_secs }) => {
            let headers = [(header::RETRY_AFTER, retry_after_secs.to_string())];
            (StatusCode::TOO_MANY_REQUESTS, headers, error(&"ratelimited".into())).into_response()
        }
        Some(Fault::ServerError) => (StatusCode::INTERNAL_SERVER_ERROR, "Server Error").into_response(),
        Some(Fault::Status(code)) => {
            let status = StatusCode::from_u16(code).unwrap_or(StatusCode::BAD_GATEWAY);
            (status, "<html><body>a proxy's own page</body></html>").into_response()
        }
        Some(Fault::Api(code)) => error(&code.as_str().into()).into_response(),
        Some(Fault::Hang) => {
            // Dropped meanwhile, or a client that waits this long, both end here.
            drop(slack);
            tokio::time::sleep(HANG_LIMIT).await;
            StatusCode::GATEWAY_TIMEOUT.into_response()
        }
        _ if !authentic => error(&"invalid_auth".into()).into_response(),
        Some(Fault::LoseAnswer) => {
            let _ = slack.perform(&method, &arguments);
            Response::new(Body::new(Broken))
        }
        None => match slack.perform(&method, &arguments) {
            Ok(mut answer) => {
                if let Some(answer) = answer.as_object_mut() {
                    answer.insert("ok".to_owned(), true.into());
                }
                let scopes = lock(&slack.state).scopes.join(",");
                ([("x-oauth-scopes", scopes)], axum::Json(answer)).into_response()
            }
            Err(failure) => error(&failure).into_response(),
        },
    };
    if let Some(hold) = hold {
        hold.await;
    }
    answer
}

impl EmbeddedSlack {
    /// Notes the call, and says what goes wrong with it.
    fn record(&self, method: &str, arguments: &Value) -> Option<Fault> {
        let mut state = lock(&self.state);
        let at = state.now();
        state.calls.push(Call { method: method.to_owned(), at, body: arguments.clone() });
        let surplus = state.calls.len().saturating_sub(CALLS_LIMIT);
        state.calls.drain(..surplus);
        fault::take(&mut state.faults, method, arguments)
    }
}

/// Arguments come as JSON, as a form or in the query; blocks in a form are JSON once more.
fn arguments(headers: &HeaderMap, query: &str, body: &[u8]) -> Value {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if kind.starts_with("application/json") {
        return serde_json::from_slice(body).unwrap_or_default();
    }
    let pairs = form_urlencoded::parse(query.as_bytes()).chain(form_urlencoded::parse(body));
    let pairs = pairs.map(|(name, value)| {
        let json = (name == "blocks").then(|| serde_json::from_str(&value).ok()).flatten();
        (name.into_owned(), json.unwrap_or_else(|| Value::String(value.into_owned())))
    });
    Value::Object(pairs.collect::<Map<String, Value>>())
}

fn error(failure: &MethodError) -> axum::Json<Value> {
    let mut body = json!({ "ok": false, "error": failure.error });
    if let (Some(body), false) = (body.as_object_mut(), failure.details.is_empty()) {
        body.insert("response_metadata".to_owned(), json!({ "messages": failure.details }));
    }
    axum::Json(body)
}

/// A body that breaks off before its first byte.
struct Broken;

impl http_body::Body for Broken {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
        Poll::Ready(Some(Err(std::io::ErrorKind::ConnectionReset.into())))
    }
}
