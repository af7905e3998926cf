//! The routes by which a machine claims a credential. Nothing authenticates the machine: the requester's click in Slack
//! does, and what is handed out is readable to that machine alone.

use std::sync::Arc;
use std::time::Instant;

use aws::claims::DeliveryState;
use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::claim::{RENEWAL_WITHIN_SECONDS, label};
use domain::job::{ClaimAsk, Renewal};
use domain::{Job, UnixSeconds};
use sealing::{Delivery, PublicKey, code, verify_renewal};
use serde_json::{Map, Value, json};

use crate::Ingress;
use crate::api_error::ApiError;
use crate::claims::Claims;
use crate::claims::limits::RENEWAL_EVERY;
use crate::json;
use crate::signed_request::SignedRequest;

/// Longest signature that is read, in characters. One of P-256 has 86.
const SIGNATURE_MAX_CHARS: usize = 200;
/// Longest public key that is read, in characters. An uncompressed point has 87.
const PUBLIC_KEY_MAX_CHARS: usize = 200;

/// Lets so many requests at these routes be in work at once, and turns away the rest before a body is read: anybody can ask
/// here, and Slack's requests are not to wait behind them.
pub(crate) async fn in_turn(
    State(ingress): State<Arc<Ingress>>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let _place = claims(&ingress)?.limits.place().ok_or(ApiError::Busy)?;
    Ok(next.run(request).await)
}

/// `POST /claims/{claim_id}`: a machine asks, with its public key and what it calls itself.
pub(crate) async fn ask(
    State(ingress): State<Arc<Ingress>>,
    claim_id: Result<Path<String>, PathRejection>,
    request: SignedRequest,
) -> Result<Response, ApiError> {
    let claims = claims(&ingress)?;
    let fields = fields(&request)?;
    let key = text(&fields, "public_key", PUBLIC_KEY_MAX_CHARS)?;
    let key = PublicKey::parse(&key).map_err(|why| malformed("public_key", &why.to_string()))?;
    let label = match fields.get("label") {
        Some(Value::String(typed)) => label(typed).map_err(|why| malformed("label", &why.to_string()))?,
        Some(_) => return Err(malformed("label", "it must be text")),
        None => return Err(malformed("label", "it is missing")),
    };
    let claim = claims.get(&id(claim_id)).await?;
    let now = service::clock::now();
    if !claim.is_open(now) {
        return Err(ApiError::NotOpen);
    }
    let claim_id = claim.claim_id.clone();
    let is_stored = |id: &domain::DeliveryId| claim.deliveries.contains_key(id);
    let given = claims.limits.give_out(&claim_id, is_stored, claim.deliveries.len(), || {
        claims.delivery_ids.make(&claim_id, now.0)
    });
    let delivery_id = given.ok_or(ApiError::TooMany)?;
    let delivery = Delivery { claim_id: claim_id.as_str(), delivery_id: delivery_id.as_str() };
    let answer = json!({ "delivery_id": delivery_id, "code": code(&key, delivery) });
    let public_key = key.to_base64url();
    let job =
        ClaimAsk { request_id: claim.request_id, claim_id, delivery_id, public_key, label, asked_at: now };
    ingress.enqueue.send(&Job::Claim(job), request.arrived).await?;
    Ok(answered(StatusCode::ACCEPTED, &answer))
}

/// `GET /claims/{claim_id}/{delivery_id}`: how far it has come, and what is sealed once it is there.
pub(crate) async fn fetch(
    State(ingress): State<Arc<Ingress>>,
    ids: Result<Path<(String, String)>, PathRejection>,
) -> Result<Response, ApiError> {
    let claims = claims(&ingress)?;
    let Path((claim_id, delivery_id)) = ids.unwrap_or_else(|_| Path(Default::default()));
    let claim = claims.get(&claim_id).await?;
    let now = service::clock::now();
    let (delivery_id, is_stored) = claims.delivery_id(&claim, &delivery_id, now.0)?;
    let (state, sealed) = match claim.answer(&delivery_id, now) {
        Some(answer) => answer,
        // A worker has not come to it yet, or came too late.
        None if !is_stored && (claim.is_open(now) || is_renewal(&claim, now)) => {
            (DeliveryState::Waiting, None)
        }
        None => (DeliveryState::Over, None),
    };
    let mut answer = json!({ "state": state });
    if let (Some((enc, ciphertext)), Some(fields)) = (sealed, answer.as_object_mut()) {
        fields.insert("enc".to_owned(), enc.into());
        fields.insert("ciphertext".to_owned(), ciphertext.into());
        // Later than what is sealed says, where the grant was extended.
        fields.insert("expires_at".to_owned(), claim.expires.0.into());
    }
    Ok(answered(StatusCode::OK, &answer))
}

/// `POST /claims/{claim_id}/{delivery_id}/renewals`: the machine asks for the next credential, and signs for it.
pub(crate) async fn renew(
    State(ingress): State<Arc<Ingress>>,
    ids: Result<Path<(String, String)>, PathRejection>,
    request: SignedRequest,
) -> Result<Response, ApiError> {
    let claims = claims(&ingress)?;
    let fields = fields(&request)?;
    let signature = text(&fields, "signature", SIGNATURE_MAX_CHARS)?;
    let requested_at = fields
        .get("requested_at")
        .and_then(Value::as_i64)
        .ok_or_else(|| malformed("requested_at", "it must be whole Unix seconds"))?;
    let Path((claim_id, delivery_id)) = ids.unwrap_or_else(|_| Path(Default::default()));
    let claim = claims.get(&claim_id).await?;
    let now = service::clock::now();
    let (delivery_id, _) = claims.delivery_id(&claim, &delivery_id, now.0)?;
    let Some(delivery) = claim.delivery(&delivery_id).filter(|_| is_renewal(&claim, now)) else {
        return Err(ApiError::NotOpen);
    };
    if delivery.state != DeliveryState::Ready {
        return Err(ApiError::NotOpen);
    }
    if now.0.abs_diff(requested_at) > RENEWAL_WITHIN_SECONDS.unsigned_abs() {
        let why =
            format!("it is more than {RENEWAL_WITHIN_SECONDS} seconds from now; set this machine's clock");
        return Err(malformed("requested_at", &why));
    }
    let key = PublicKey::parse(&delivery.public_key).map_err(|_| ApiError::NotOpen)?;
    let of = Delivery { claim_id: claim.claim_id.as_str(), delivery_id: delivery_id.as_str() };
    verify_renewal(&key, of, requested_at, &signature)
        .map_err(|why| malformed("signature", &why.to_string()))?;
    if !claims.limits.may_renew(&claim.claim_id, Instant::now()) {
        return Err(ApiError::TooSoon(RENEWAL_EVERY.as_secs()));
    }
    let next = claims.delivery_ids.make(&claim.claim_id, now.0).ok_or(ApiError::NotQueued)?;
    let answer = json!({ "delivery_id": next });
    let job = Renewal {
        request_id: claim.request_id,
        claim_id: claim.claim_id,
        delivery_id,
        next_delivery_id: next,
        requested_at: UnixSeconds(requested_at),
        signature,
        asked_at: now,
    };
    ingress.enqueue.send(&Job::RenewClaim(job), request.arrived).await?;
    Ok(answered(StatusCode::ACCEPTED, &answer))
}

/// Whether the machine that was confirmed may ask for the next credential.
fn is_renewal(claim: &aws::claims::ClaimItem, now: UnixSeconds) -> bool {
    !claim.closed && claim.confirmed.is_some() && now < claim.expires
}

/// Where nothing can be claimed, these routes are not there.
pub(crate) fn claims(ingress: &Ingress) -> Result<&Claims, ApiError> {
    ingress.claims.as_ref().ok_or(ApiError::NotOpen)
}

/// Text that is not UTF-8 is no id, and is answered as any other.
fn id(path: Result<Path<String>, PathRejection>) -> String {
    path.map(|Path(id)| id).unwrap_or_default()
}

fn fields(request: &SignedRequest) -> Result<Map<String, Value>, ApiError> {
    json::fields_once(&request.body).map_err(|why| ApiError::Malformed(format!("the body is {why}")))
}

fn text(fields: &Map<String, Value>, name: &str, max_chars: usize) -> Result<String, ApiError> {
    match fields.get(name) {
        Some(Value::String(text)) if text.chars().count() <= max_chars => Ok(text.clone()),
        Some(Value::String(_)) => Err(malformed(name, &format!("it has more than {max_chars} characters"))),
        Some(_) => Err(malformed(name, "it must be text")),
        None => Err(malformed(name, "it is missing")),
    }
}

fn malformed(field: &str, why: &str) -> ApiError {
    ApiError::Malformed(format!("`{field}`: {why}"))
}

/// What is answered here is one machine's own, and changes.
fn answered(status: StatusCode, body: &Value) -> Response {
    (status, [(CACHE_CONTROL, "no-store")], Json(body)).into_response()
}
