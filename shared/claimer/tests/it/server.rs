//! A server of claims as the ingress is seen from outside: asks, looks, renewals, each sealed by the crate that workers use.
#![allow(dead_code, reason = "each of the crates that have it uses a part of it")]

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use sealing::{Delivery, PrivateKey, PublicKey, Sealed};
use serde_json::{Value, json};

/// The one claim that is open.
pub(crate) const CLAIM: &str = "kJ3v-claim_0000000001";

/// What becomes of the next deliveries.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    Waiting,
    Refused,
    Over,
    Credential(Value),
    /// Sealed to a key that nobody has.
    ForAnother(Value),
    Raw(Value),
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) answer: Answer,
    /// Looks that find a delivery waiting, before there is an answer.
    pub(crate) waits: u32,
    /// Statuses with which the next calls fail.
    pub(crate) failing: VecDeque<u16>,
    /// The code that is answered instead of the right one.
    pub(crate) code: Option<String>,
    /// The server's clock. A signature that is 300 s from it is not taken.
    pub(crate) now: i64,
    pub(crate) deliveries: BTreeMap<String, PublicKey>,
    pub(crate) labels: Vec<String>,
    pub(crate) asks: u32,
    pub(crate) looks: u32,
    pub(crate) renewals: u32,
    /// Until when the grant lasts, where it is said.
    pub(crate) expires_at: Option<i64>,
}

#[derive(Clone)]
pub(crate) struct Claims {
    pub(crate) base: String,
    inner: Arc<Mutex<Inner>>,
}

impl Claims {
    pub(crate) async fn start(now: i64, answer: Answer) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let inner = Inner {
            answer,
            waits: 2,
            failing: VecDeque::new(),
            code: None,
            now,
            deliveries: BTreeMap::new(),
            labels: Vec::new(),
            asks: 0,
            looks: 0,
            renewals: 0,
            expires_at: None,
        };
        let claims = Self { base, inner: Arc::new(Mutex::new(inner)) };
        let routes = Router::new()
            .route("/claims/{claim}", post(ask))
            .route("/claims/{claim}/{delivery}", get(look))
            .route("/claims/{claim}/{delivery}/renewals", post(renew))
            .with_state(claims.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        claims
    }

    pub(crate) fn link(&self) -> String {
        format!("{}/claim/{CLAIM}", self.base)
    }

    pub(crate) fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }
}

impl Inner {
    fn failed(&mut self) -> Option<Response> {
        let status = self.failing.pop_front()?;
        let status = StatusCode::from_u16(status).unwrap();
        Some((status, Json(json!({ "error": "label: it has a fault" }))).into_response())
    }

    fn deliver(&mut self, key: PublicKey) -> String {
        let id = format!("delivery-{}", self.deliveries.len() + 1);
        self.deliveries.insert(id.clone(), key);
        self.looks = 0;
        id
    }
}

async fn ask(State(claims): State<Claims>, Path(claim): Path<String>, Json(asked): Json<Value>) -> Response {
    let mut inner = claims.inner();
    inner.asks += 1;
    if let Some(failed) = inner.failed() {
        return failed;
    }
    if claim != CLAIM {
        return StatusCode::NOT_FOUND.into_response();
    }
    let key = PublicKey::parse(asked["public_key"].as_str().unwrap()).unwrap();
    inner.labels.push(asked["label"].as_str().unwrap().to_owned());
    let delivery_id = inner.deliver(key.clone());
    let code = sealing::code(&key, Delivery { claim_id: CLAIM, delivery_id: &delivery_id });
    let code = inner.code.clone().unwrap_or(code);
    (StatusCode::ACCEPTED, Json(json!({ "delivery_id": delivery_id, "code": code }))).into_response()
}

async fn look(State(claims): State<Claims>, Path((claim, id)): Path<(String, String)>) -> Response {
    let mut inner = claims.inner();
    inner.looks += 1;
    if let Some(failed) = inner.failed() {
        return failed;
    }
    let Some(key) = inner.deliveries.get(&id).filter(|_| claim == CLAIM) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let ready = |key: &PublicKey, credential: &Value| {
        let delivery = Delivery { claim_id: CLAIM, delivery_id: &id };
        let text = credential.to_string();
        let Sealed { enc, ciphertext } = sealing::seal(key, delivery, text.as_bytes()).unwrap();
        let mut state = json!({ "state": "ready", "enc": enc, "ciphertext": ciphertext });
        if let Some(end) = inner.expires_at {
            state["expires_at"] = end.into();
        }
        state
    };
    let state = if inner.looks <= inner.waits {
        json!({ "state": "waiting" })
    } else {
        match &inner.answer {
            Answer::Waiting => json!({ "state": "waiting" }),
            Answer::Refused => json!({ "state": "refused" }),
            Answer::Over => json!({ "state": "over" }),
            Answer::Credential(credential) => ready(key, credential),
            Answer::ForAnother(credential) => ready(&PrivateKey::generate().public(), credential),
            Answer::Raw(state) => state.clone(),
        }
    };
    Json(state).into_response()
}

async fn renew(
    State(claims): State<Claims>,
    Path((claim, id)): Path<(String, String)>,
    Json(asked): Json<Value>,
) -> Response {
    let mut inner = claims.inner();
    inner.renewals += 1;
    if let Some(failed) = inner.failed() {
        return failed;
    }
    let Some(key) = inner.deliveries.get(&id).filter(|_| claim == CLAIM).cloned() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if matches!(inner.answer, Answer::Over) {
        let error = json!({ "error": "nothing can be claimed here" });
        return (StatusCode::NOT_FOUND, Json(error)).into_response();
    }
    let at = asked["requested_at"].as_i64().unwrap();
    let date = jiff::fmt::rfc2822::to_string(
        &jiff::Timestamp::from_second(inner.now).unwrap().to_zoned(jiff::tz::TimeZone::UTC),
    );
    if (at - inner.now).abs() > 300 {
        let error = json!({ "error": "requested_at: it is too far from now" });
        return (StatusCode::BAD_REQUEST, [("date", date.unwrap())], Json(error)).into_response();
    }
    let delivery = Delivery { claim_id: CLAIM, delivery_id: &id };
    sealing::verify_renewal(&key, delivery, at, asked["signature"].as_str().unwrap()).unwrap();
    let delivery_id = inner.deliver(key);
    (StatusCode::ACCEPTED, Json(json!({ "delivery_id": delivery_id }))).into_response()
}
