//! What the ingress answers when it does not take a request.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Why a request was not taken. Its text goes to whoever sent it, so it says nothing about keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ApiError {
    /// 401.
    #[error("the request's signature or token is missing, wrong, or older than 300 seconds")]
    NotAuthentic,
    /// 408.
    #[error("the request's body did not arrive in time")]
    TooSlow,
    /// 413.
    #[error("the request's body is larger than 256 KiB")]
    TooLarge,
    /// 400. The text names the field.
    #[error("{0}")]
    Malformed(String),
    /// 404: there is none, or none any more; which of the two is for nobody to know.
    #[error("there is nothing here")]
    NotOpen,
    /// 429: as many machines asked by one link as may.
    #[error("as many machines asked by this link as may; answer what Slack asked, or ask for access anew")]
    TooMany,
    /// 429: one machine asks for its next credential too often.
    #[error("this was renewed a moment ago; try again in {0} seconds")]
    TooSoon(u64),
    /// 503: it could not be looked up.
    #[error("this cannot be looked up now; try again")]
    NotRead,
    /// 503: as many are in work, or were read within this second, as may be. Whoever asks did nothing wrong.
    #[error("too many claim at this moment; try again in a few seconds")]
    Busy,
    /// 503.
    #[error("the request could not be put on its queue; nothing was stored, so try again")]
    NotQueued,
}

impl ApiError {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotAuthentic => StatusCode::UNAUTHORIZED,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::NotOpen => StatusCode::NOT_FOUND,
            Self::TooMany | Self::TooSoon(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::NotQueued | Self::NotRead | Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (self.status(), Json(json!({ "error": self.to_string() }))).into_response()
    }
}
