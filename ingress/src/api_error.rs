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
    /// 429.
    #[error("too many machines asked, or too often; ask for access anew, or wait a minute")]
    TooMany,
    /// 503: it could not be looked up.
    #[error("this cannot be looked up now; try again")]
    NotRead,
    /// 503: as many are in work as may be.
    #[error("too many claims are in work now; try again")]
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
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::NotQueued | Self::NotRead | Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (self.status(), Json(json!({ "error": self.to_string() }))).into_response()
    }
}
