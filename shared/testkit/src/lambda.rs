//! Lambda's runtime interface, for one invocation: it hands one event out, takes its answer, and says nothing more, as
//! if the function had been frozen with its answer.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use crate::lock::lock;

/// How long the function is told that it has, in milliseconds.
const TIME_LIMIT_MS: i64 = 300_000;

/// When the function answered, and what; nothing where it failed.
type Answer = (Instant, Option<String>);

/// The runtime interface of one function.
#[derive(Debug)]
pub struct RuntimeApi {
    address: SocketAddr,
    answers: mpsc::UnboundedReceiver<Answer>,
    server: AbortHandle,
}

#[derive(Debug, Clone)]
struct Shared {
    event: Arc<Mutex<Option<String>>>,
    answers: mpsc::UnboundedSender<Answer>,
}

impl RuntimeApi {
    /// One that hands this event out to whoever asks first.
    pub async fn start(event: String) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (sender, answers) = mpsc::unbounded_channel();
        let shared = Shared { event: Arc::new(Mutex::new(Some(event))), answers: sender };
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/{outcome}", post(answered))
            .with_state(shared);
        let server = tokio::spawn(async move {
            // It serves until it is aborted; what stops it earlier shows as a missing answer.
            let _stopped = axum::serve(listener, router).await;
        });
        Ok(Self { address, answers, server: server.abort_handle() })
    }

    /// What Lambda sets for a function.
    pub fn variables(&self) -> [(&'static str, String); 4] {
        [
            ("AWS_LAMBDA_RUNTIME_API", self.address.to_string()),
            ("AWS_LAMBDA_FUNCTION_NAME", "keylease".to_owned()),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512".to_owned()),
            ("AWS_LAMBDA_FUNCTION_VERSION", "1".to_owned()),
        ]
    }

    /// When the function's answer came, and what it was; the function never hears that it has arrived. Nothing where it
    /// failed, or did not come within `limit`.
    pub async fn answer(&mut self, limit: Duration) -> Option<(Instant, String)> {
        let (at, answer) = tokio::time::timeout(limit, self.answers.recv()).await.ok()??;
        Some((at, answer?))
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn next(State(shared): State<Shared>) -> Response {
    let Some(event) = lock(&shared.event).take() else {
        // There is nothing more to do: the function waits here until it is ended.
        return std::future::pending().await;
    };
    let headers = [
        ("lambda-runtime-aws-request-id", "00000000-0000-4000-8000-000000000001".to_owned()),
        ("lambda-runtime-deadline-ms", (service::clock::now_ms() + TIME_LIMIT_MS).to_string()),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:eu-central-1:111122223333:function:keylease".to_owned(),
        ),
        ("content-type", "application/json".to_owned()),
    ];
    (headers, event).into_response()
}

async fn answered(
    State(shared): State<Shared>,
    Path((_, outcome)): Path<(String, String)>,
    body: String,
) -> Response {
    let answer = (outcome == "response").then_some(body);
    let _nobody_waits_any_more = shared.answers.send((Instant::now(), answer));
    std::future::pending().await
}
