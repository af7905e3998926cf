//! AWS's federation endpoint: gives a token for a session, and shows who signs in with it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// What it does with whoever asks for a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answers {
    /// This token.
    Token(String),
    /// This status, with a body that is no JSON.
    Status(u16),
    /// Nothing, ever.
    Never,
}

/// A federation endpoint on a local port of its own.
#[derive(Debug, Clone)]
pub struct FederationEndpoint {
    /// What `AWS_SIGNIN_URL` is set to.
    pub url: String,
    state: Arc<Mutex<Inner>>,
}

#[derive(Debug)]
struct Inner {
    answers: Answers,
    sessions: Vec<Value>,
}

impl FederationEndpoint {
    /// One that gives tokens.
    pub async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let inner = Inner { answers: Answers::Token("a token/+=".to_owned()), sessions: Vec::new() };
        let endpoint = Self { url, state: Arc::new(Mutex::new(inner)) };
        let routes = Router::new().route("/federation", get(answer)).with_state(endpoint.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Ok(endpoint)
    }

    /// What it does from now on.
    pub fn answers(&self, answers: Answers) {
        self.inner(|inner| inner.answers = answers);
    }

    /// The sessions that it was shown.
    pub fn sessions(&self) -> Vec<Value> {
        self.inner(|inner| inner.sessions.clone())
    }

    fn inner<T>(&self, with: impl FnOnce(&mut Inner) -> T) -> T {
        with(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn answer(State(endpoint): State<FederationEndpoint>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    let query: HashMap<String, String> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let field = |name: &str| query.get(name).map(String::as_str);
    match field("Action") {
        // A browser that opened the link.
        Some("login") => Html("<!doctype html><title>AWS console</title><h1>Signed in</h1>").into_response(),
        // AWS refuses a length for a session that a role's session made.
        Some("getSigninToken") if field("SessionDuration").is_none() => {
            let session = field("Session").and_then(|text| serde_json::from_str(text).ok());
            let answers = endpoint.inner(|inner| {
                inner.sessions.extend(session);
                inner.answers.clone()
            });
            match answers {
                Answers::Token(token) => json!({ "SigninToken": token }).to_string().into_response(),
                Answers::Status(status) => {
                    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::IM_A_TEAPOT);
                    (status, "<html>").into_response()
                }
                Answers::Never => std::future::pending().await,
            }
        }
        _ => StatusCode::BAD_REQUEST.into_response(),
    }
}
