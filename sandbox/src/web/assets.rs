//! The page's own files, built into the program.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";

/// Scripts come from here alone. Inline styles are for mails, whose frames inherit this policy.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

const FILES: [(&str, &str, &str); 24] = [
    ("app.js", JS, include_str!("page/app.js")),
    ("ask.js", JS, include_str!("page/ask.js")),
    ("base.css", CSS, include_str!("page/base.css")),
    ("behind.js", JS, include_str!("page/behind.js")),
    ("blocks.js", JS, include_str!("page/blocks.js")),
    ("clock.css", CSS, include_str!("page/clock.css")),
    ("clock.js", JS, include_str!("page/clock.js")),
    ("dom.js", JS, include_str!("page/dom.js")),
    ("emoji.js", JS, include_str!("page/emoji.js")),
    ("forms.js", JS, include_str!("page/forms.js")),
    ("home.js", JS, include_str!("page/home.js")),
    ("icon.svg", "image/svg+xml", include_str!("page/icon.svg")),
    ("live.js", JS, include_str!("page/live.js")),
    ("mail.js", JS, include_str!("page/mail.js")),
    ("mrkdwn.js", JS, include_str!("page/mrkdwn.js")),
    ("panels.css", CSS, include_str!("page/panels.css")),
    ("portal.css", CSS, include_str!("page/portal.css")),
    ("portal.js", JS, include_str!("page/portal.js")),
    ("slack.css", CSS, include_str!("page/slack.css")),
    ("slack.js", JS, include_str!("page/slack.js")),
    ("steps.js", JS, include_str!("page/steps.js")),
    ("time.js", JS, include_str!("page/time.js")),
    ("words.css", CSS, include_str!("page/words.css")),
    ("words.js", JS, include_str!("page/words.js")),
];

/// The page itself.
pub(super) async fn page() -> Response {
    file(HTML, include_str!("page/index.html"))
}

/// What the page consists of.
pub(super) async fn asset(Path(name): Path<String>) -> Response {
    match FILES.iter().find(|(known, ..)| *known == name) {
        Some((_, content_type, content)) => file(content_type, content),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn file(content_type: &'static str, content: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CONTENT_SECURITY_POLICY, CONTENT_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        // The page of a newer program must not be mixed with files of an older one.
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, content).into_response()
}
