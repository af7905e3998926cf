//! Slack, owned by the simulation: the messages, and a loopback server whose every call stops at the gate.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::any;
use domain::UnixSeconds;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::call::Call;
use crate::gate::{Answer, Gate, Way};

/// A button on a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Button {
    pub(crate) action: String,
    /// The request id.
    pub(crate) value: String,
}

/// A message as it stands.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) channel: String,
    pub(crate) ts: String,
    /// Whose direct message it is in.
    pub(crate) recipient: Option<String>,
    pub(crate) buttons: Vec<Button>,
}

/// What Slack holds.
#[derive(Debug, Default)]
pub(crate) struct Workspace {
    pub(crate) messages: Vec<Message>,
    /// Accounts that were deactivated.
    pub(crate) deactivated: Vec<String>,
}

impl Workspace {
    /// Does what a call asks for.
    pub(crate) fn perform(&mut self, call: &Call, now: UnixSeconds) -> Answer {
        let arguments = call.json();
        let text = |name: &str| arguments.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let answer = match call.operation.as_str() {
            "chat.postMessage" => Ok(self.post(&text("channel"), &arguments, now)),
            "chat.update" => self.update(&text("channel"), &text("ts"), &arguments),
            "users.info" => Ok(self.user(&call.subject)),
            _ => Err("unknown_method"),
        };
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => json!({ "ok": false, "error": error }),
        };
        json_answer(200, &answer)
    }

    fn post(&mut self, to: &str, arguments: &Value, now: UnixSeconds) -> Value {
        let (channel, recipient) = match to.strip_prefix('U') {
            Some(rest) => (format!("D{rest}"), Some(to.to_owned())),
            None => (to.to_owned(), None),
        };
        // A time stamp is a message's id within its channel, so no two are alike.
        let ts = format!("{}.{:06}", now.0, self.messages.len() + 1);
        let buttons = buttons(arguments);
        self.messages.push(Message { channel: channel.clone(), ts: ts.clone(), recipient, buttons });
        json!({ "ok": true, "channel": channel, "ts": ts, "message": {} })
    }

    fn update(&mut self, channel: &str, ts: &str, arguments: &Value) -> Result<Value, &'static str> {
        let message = self.messages.iter_mut().find(|m| m.channel == channel && m.ts == ts);
        let message = message.ok_or("message_not_found")?;
        message.buttons = buttons(arguments);
        Ok(json!({ "ok": true, "channel": channel, "ts": ts, "text": "" }))
    }

    fn user(&self, id: &str) -> Value {
        let name = id.to_lowercase();
        json!({ "ok": true, "user": {
            "id": id, "name": name, "tz": "Europe/Berlin", "is_bot": false,
            "deleted": self.deactivated.iter().any(|gone| gone == id),
            "profile": { "email": address(id) },
        }})
    }
}

/// The mail address of a person.
pub(crate) fn address(id: &str) -> String {
    format!("{}@example.com", id.to_lowercase())
}

/// 429, with the seconds to wait.
pub(crate) fn rate_limited(seconds: u32) -> Answer {
    let mut answer = json_answer(429, &json!({ "ok": false, "error": "ratelimited" }));
    answer.headers.push(("retry-after", seconds.to_string()));
    answer
}

/// What Slack answers once the app's token was revoked.
pub(crate) const REVOKED: &str = "token_revoked";

/// Slack refuses until somebody installs the app again.
pub(crate) fn refused() -> Answer {
    json_answer(200, &json!({ "ok": false, "error": REVOKED }))
}

/// 500; nothing has happened.
pub(crate) fn failed() -> Answer {
    Answer { status: 500, headers: Vec::new(), body: Bytes::from_static(b"Server Error") }
}

fn json_answer(status: u16, body: &Value) -> Answer {
    let headers = vec![("content-type", "application/json".to_owned())];
    Answer { status, headers, body: body.to_string().into() }
}

fn buttons(arguments: &Value) -> Vec<Button> {
    let blocks = arguments.get("blocks").and_then(Value::as_array).into_iter().flatten();
    let elements = blocks.filter_map(|block| block.get("elements")?.as_array()).flatten();
    elements
        .filter_map(|element| {
            let text = |name: &str| element.get(name).and_then(Value::as_str).map(str::to_owned);
            Some(Button { action: text("action_id")?, value: text("value")? })
        })
        .collect()
}

/// Serves the Web API; ends with its runtime.
pub(crate) fn serve(listener: TcpListener, gate: Gate) {
    let router = Router::new().route("/api/{method}", any(answer)).with_state(gate);
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "the simulated Slack stopped serving");
        }
    });
}

async fn answer(
    State(gate): State<Gate>,
    Path(operation): Path<String>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Response {
    let json: Value = serde_json::from_slice(&body).unwrap_or_default();
    let user = query.as_deref().and_then(|query| query.strip_prefix("user="));
    let subject = json.get("channel").and_then(Value::as_str).or(user).unwrap_or_default().to_owned();
    let call = Call { service: "slack".to_owned(), operation, subject, invocation: String::new(), body };
    let verdict = gate.pass(call).await;
    if verdict.hold {
        gate.read_answer().await;
    }
    match verdict.way {
        Way::Answer(answer) => response(answer),
        Way::Perform | Way::PerformAndBreak | Way::Break => Response::new(Body::new(Broken)),
    }
}

fn response(answer: Answer) -> Response {
    let mut headers = HeaderMap::new();
    for (name, value) in answer.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_GATEWAY);
    *response.headers_mut() = headers;
    response
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
