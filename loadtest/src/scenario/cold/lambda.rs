//! A stand-in of Lambda's runtime API: it hands one click out as an event, and takes its answer.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::time::timeout;

use crate::fault::Fault;
use crate::process::Variables;
use crate::traffic::ANSWER_WAIT;
use crate::traffic::click::Click;

/// How long the function is told that it has, in milliseconds.
const TIME_LIMIT_MS: i64 = 3_000;

/// The runtime API of one function, which is invoked once.
#[derive(Debug)]
pub(super) struct Runtime {
    address: SocketAddr,
    answers: mpsc::UnboundedReceiver<(Instant, Option<u16>)>,
    server: AbortHandle,
}

#[derive(Debug, Clone)]
struct Shared {
    event: Arc<Mutex<Option<String>>>,
    answers: mpsc::UnboundedSender<(Instant, Option<u16>)>,
}

impl Runtime {
    pub(super) async fn start(click: &Click) -> Result<Self, Fault> {
        let listener =
            TcpListener::bind("127.0.0.1:0").await.map_err(Fault::io("no port for the runtime API"))?;
        let address = listener.local_addr().map_err(Fault::io("the runtime API has no address"))?;
        let (sender, answers) = mpsc::unbounded_channel();
        let shared = Shared { event: Arc::new(Mutex::new(Some(event(click)))), answers: sender };
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(answered))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(failed))
            .with_state(shared);
        let server = tokio::spawn(async move {
            // It serves until it is aborted; what stops it earlier shows as a missing answer.
            let _stopped = axum::serve(listener, router).await;
        });
        Ok(Self { address, answers, server: server.abort_handle() })
    }

    /// What Lambda sets for a function.
    pub(super) fn variables(&self) -> Variables {
        let address = self.address.to_string();
        [
            ("AWS_LAMBDA_RUNTIME_API", address.as_str()),
            ("AWS_LAMBDA_FUNCTION_NAME", "keylease-ingress"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    /// When the function's answer came, and the status in it; `None` when it failed or did not come.
    pub(super) async fn first_answer(mut self) -> (Instant, Option<u16>) {
        let answer = timeout(ANSWER_WAIT, self.answers.recv()).await;
        answer.ok().flatten().unwrap_or_else(|| (Instant::now(), None))
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn next(State(shared): State<Shared>) -> Response {
    let event = shared.event.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some(event) = event else {
        // There is nothing more to do: the function waits here until it is ended.
        return std::future::pending().await;
    };
    let headers = [
        ("lambda-runtime-aws-request-id", "00000000-0000-4000-8000-000000000001".to_owned()),
        ("lambda-runtime-deadline-ms", (service::clock::now_ms() + TIME_LIMIT_MS).to_string()),
        ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:eu-central-1:1:function:ingress".to_owned()),
        ("content-type", "application/json".to_owned()),
    ];
    (headers, event).into_response()
}

async fn answered(State(shared): State<Shared>, body: Bytes) -> StatusCode {
    let now = Instant::now();
    let answer: Option<Value> = serde_json::from_slice(&body).ok();
    let status = answer.and_then(|answer| u16::try_from(answer.get("statusCode")?.as_u64()?).ok());
    let _nobody_waits_any_more = shared.answers.send((now, status));
    StatusCode::ACCEPTED
}

async fn failed(State(shared): State<Shared>) -> StatusCode {
    let _nobody_waits_any_more = shared.answers.send((Instant::now(), None));
    StatusCode::ACCEPTED
}

/// The click as an event of an HTTP API, payload version 2.0.
fn event(click: &Click) -> String {
    const PATH: &str = "/slack/interactions";
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": PATH, "rawQueryString": "", "isBase64Encoded": false,
        "headers": {
            "content-type": "application/x-www-form-urlencoded",
            "host": "example.execute-api.eu-central-1.amazonaws.com",
            "x-slack-request-timestamp": click.timestamp,
            "x-slack-signature": click.signature,
        },
        "requestContext": {
            "accountId": "1", "apiId": "a", "domainName": "example.execute-api.eu-central-1.amazonaws.com",
            "domainPrefix": "example", "requestId": "r", "routeKey": "$default", "stage": "$default",
            "time": "24/Nov/2025:10:00:00 +0000", "timeEpoch": 1_763_978_400_000_u64,
            "http": {"method": "POST", "path": PATH, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1",
                "userAgent": "Slackbot 1.0"},
        },
        "body": String::from_utf8_lossy(&click.body),
    })
    .to_string()
}
