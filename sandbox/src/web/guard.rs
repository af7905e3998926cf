//! Keeps other web sites out: a page in the same browser could otherwise reach this one.

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Lets through what this page itself, or a person, asks for.
pub(super) async fn local_only(request: Request, next: Next) -> Response {
    match refusal(request.headers()) {
        Some(reason) => (StatusCode::FORBIDDEN, reason).into_response(),
        None => next.run(request).await,
    }
}

/// A name that only resolves to this computer stops DNS rebinding; the same origin stops forged requests.
fn refusal(headers: &HeaderMap) -> Option<&'static str> {
    let text = |name: header::HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let host = text(header::HOST).unwrap_or_default();
    if !is_loopback(host) {
        return Some("The sandbox answers on 127.0.0.1 and localhost only.");
    }
    let foreign = text(header::ORIGIN).is_some_and(|origin| origin.strip_prefix("http://") != Some(host));
    let site = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
    if foreign || site.is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return Some("The sandbox takes requests from its own page only.");
    }
    None
}

fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    matches!(name, "127.0.0.1" | "localhost" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(headers: &[(&'static str, &str)]) -> bool {
        let headers = headers.iter().map(|(name, value)| {
            (header::HeaderName::from_static(name), header::HeaderValue::from_str(value).unwrap())
        });
        refusal(&headers.collect()).is_some()
    }

    #[test]
    fn only_loopback_names_and_the_own_origin_pass() {
        assert!(!refused(&[("host", "127.0.0.1:3000")]));
        assert!(!refused(&[("host", "localhost:3000"), ("origin", "http://localhost:3000")]));
        assert!(!refused(&[("host", "[::1]:3000"), ("sec-fetch-site", "none")]));
        assert!(refused(&[("host", "127.0.0.1.example.com:3000")]));
        assert!(refused(&[("host", "rebound.example.com")]));
        assert!(refused(&[]));
        assert!(refused(&[("host", "127.0.0.1:3000"), ("origin", "http://127.0.0.1:8000")]));
        assert!(refused(&[("host", "127.0.0.1:3000"), ("origin", "null")]));
        assert!(refused(&[("host", "127.0.0.1:3000"), ("sec-fetch-site", "cross-site")]));
    }
}
