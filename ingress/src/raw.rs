//! The raw request: its headers, and its body up to a limit, as it came over the wire.

use std::time::Duration;

use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_LENGTH;
use tokio::time::Instant;

use crate::answer::Refused;

/// Largest body that is read, in bytes.
pub(crate) const BODY_MAX_BYTES: usize = 256 * 1024;
/// Longest wait for a body. Slack's are there at once.
const BODY_WAIT: Duration = Duration::from_millis(1_500);

/// A request as it came.
#[derive(Debug)]
pub(crate) struct Raw {
    /// Its headers.
    pub(crate) headers: HeaderMap,
    /// Its body. Slack sends UTF-8, and signs it as it is.
    pub(crate) body: String,
    /// When it came: the time to answer in runs from here.
    pub(crate) arrived: Instant,
}

impl<S: Send + Sync> FromRequest<S> for Raw {
    type Rejection = Refused;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Refused> {
        let arrived = Instant::now();
        let (parts, body) = request.into_parts();
        if announced(&parts.headers).is_some_and(|bytes| bytes > BODY_MAX_BYTES as u64) {
            return Err(Refused::TooLarge);
        }
        let reading = axum::body::to_bytes(body, BODY_MAX_BYTES);
        let bytes = tokio::time::timeout(BODY_WAIT, reading).await.map_err(|_| Refused::TooSlow)?;
        let bytes = bytes.map_err(|_| Refused::TooLarge)?;
        // What is not UTF-8 was not signed by Slack.
        let body = String::from_utf8(bytes.into()).map_err(|_| Refused::NotAuthentic)?;
        Ok(Self { headers: parts.headers, body, arrived })
    }
}

impl Raw {
    /// A header's value, where it is there and is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The first field of this name in a form.
    pub(crate) fn form_field(&self, name: &str) -> Option<String> {
        form_urlencoded::parse(self.body.as_bytes())
            .find(|(field, _)| field == name)
            .map(|(_, value)| value.into_owned())
    }
}

fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
