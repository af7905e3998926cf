//! The raw request: its headers, and its body up to a limit, as it came over the wire.

use std::borrow::Cow;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_LENGTH;
use http_body_util::BodyExt;
use tokio::time::Instant;

use crate::api_error::ApiError;

/// Largest body that is read, in bytes.
pub(crate) const BODY_MAX_BYTES: usize = 256 * 1024;
/// A body over the limit is let run out so far, in bytes, so that its sender gets to read the answer.
const RUN_OUT_MAX_BYTES: usize = 16 * 1024 * 1024;
/// Longest wait for a body. Slack's are there at once.
const BODY_WAIT: Duration = Duration::from_millis(1_500);

/// A request as it came.
#[derive(Debug)]
pub(crate) struct SignedRequest {
    /// Its headers.
    pub(crate) headers: HeaderMap,
    /// Its body. Slack sends UTF-8, and signs it as it is.
    pub(crate) body: String,
    /// When it came: the time to answer in runs from here.
    pub(crate) arrived: Instant,
}

impl<S: Send + Sync> FromRequest<S> for SignedRequest {
    type Rejection = ApiError;

    async fn from_request(request: Request, _state: &S) -> Result<Self, ApiError> {
        let arrived = Instant::now();
        let (parts, body) = request.into_parts();
        let too_large = content_length(&parts.headers).is_some_and(|bytes| bytes > BODY_MAX_BYTES as u64);
        let limit = if too_large { 0 } else { BODY_MAX_BYTES };
        let bytes = tokio::time::timeout(BODY_WAIT, read(body, limit))
            .await
            .map_err(|_| if too_large { ApiError::TooLarge } else { ApiError::TooSlow })??;
        // What is not UTF-8 was not signed by Slack. A workflow's text that was cut within a character is read like one that
        // has U+FFFD there.
        let body = String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        Ok(Self { headers: parts.headers, body, arrived })
    }
}

impl SignedRequest {
    /// A header's value, where it is there and is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The field of this name in a form. One that is there twice may say the same twice; nobody can tell which of two
    /// values was meant.
    pub(crate) fn form_field(&self, name: &str) -> Result<Option<String>, ApiError> {
        let mut values = form_urlencoded::parse(self.body.as_bytes())
            .filter(|(field, _)| field == name)
            .map(|(_, value)| value);
        let first = values.next();
        match first.as_ref().and_then(|first| values.find(|value| value != first)) {
            Some(_) => Err(ApiError::Malformed(format!("`{name}` is there twice, and says two things"))),
            None => Ok(first.map(Cow::into_owned)),
        }
    }
}

/// The body, if it has no more than `limit` bytes. Of one that has more, nothing is kept.
async fn read(mut body: Body, limit: usize) -> Result<Vec<u8>, ApiError> {
    let mut kept = Vec::new();
    let mut seen = 0;
    while let Some(frame) = body.frame().await {
        // The connection broke: nobody is left to answer.
        let data: Bytes = frame.map_err(|_| ApiError::TooSlow)?.into_data().unwrap_or_default();
        seen += data.len();
        if seen <= limit {
            kept.extend_from_slice(&data);
        } else {
            kept = Vec::new();
        }
        if seen > RUN_OUT_MAX_BYTES {
            break;
        }
    }
    if seen > limit { Err(ApiError::TooLarge) } else { Ok(kept) }
}

fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
