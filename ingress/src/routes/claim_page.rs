//! `GET /claim/{claim_id}`: the page on which a machine claims a credential. It is the same for every id, and reads none.

use std::sync::{Arc, LazyLock};

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::Ingress;
use crate::api_error::ApiError;
use crate::routes::claim::claims;

const PAGE: &str = include_str!("../claim_page.html");

/// Worked out when the first page is asked for: it takes no time of a start.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    // Without a policy the page would not be as it should, so one that allows nothing takes its place.
    HeaderValue::from_str(&policy(PAGE)).unwrap_or(HeaderValue::from_static("default-src 'none'"))
});

/// Handles the route.
pub(crate) async fn page(State(ingress): State<Arc<Ingress>>) -> Result<Response, ApiError> {
    claims(&ingress)?;
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (CONTENT_SECURITY_POLICY, POLICY.clone()),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (HeaderName::from_static("x-content-type-options"), HeaderValue::from_static("nosniff")),
        (HeaderName::from_static("x-frame-options"), HeaderValue::from_static("DENY")),
        (HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex")),
    ];
    Ok((headers, PAGE).into_response())
}

/// The page's own script and style, by their hashes, and nothing else.
fn policy(page: &str) -> String {
    format!(
        "default-src 'none'; script-src {}; style-src {}; connect-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'",
        hashes(page, "script"),
        hashes(page, "style")
    )
}

fn hashes(page: &str, element: &str) -> String {
    let (start, end) = (format!("<{element}>"), format!("</{element}>"));
    let inside = page.split(&start).skip(1).filter_map(|rest| rest.split(&end).next());
    let hashes = inside.map(|text| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text))));
    let all = hashes.collect::<Vec<_>>().join(" ");
    if all.is_empty() { "'none'".to_owned() } else { all }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_names_the_pages_own_script_and_style() {
        let policy = policy("<style>a{}</style><script>1</script><script>2</script>");
        // As `openssl dgst -sha256 -binary | base64` has them.
        assert!(policy.contains("script-src 'sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s=' 'sha256-1HNeOiZeFu7gP1lxi5tdAwGcB9i2xR+Q2jpmbuwTqzU=';"), "{policy}");
        assert_eq!(hashes("<p>", "script"), "'none'");
    }

    #[test]
    fn the_page_has_no_script_or_style_that_its_policy_does_not_name() {
        for element in ["script", "style"] {
            assert_eq!(
                PAGE.matches(&format!("<{element}")).count(),
                PAGE.matches(&format!("<{element}>")).count()
            );
            assert!(PAGE.contains(&format!("<{element}>")));
        }
        assert!(!PAGE.contains(" style=\"") && !PAGE.contains(" onclick="));
    }
}
