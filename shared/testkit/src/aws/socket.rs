//! The embedded AWS on a socket, for programs that are processes of their own.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use winterbaume_core::MockRequest;

use super::EmbeddedAws;
use super::client::{WORKER_ACCESS_KEY_ID, WORKER_SECRET};

impl EmbeddedAws {
    /// Answers on `listener` until it is aborted.
    pub async fn serve(self: Arc<Self>, listener: TcpListener) -> std::io::Result<()> {
        axum::serve(listener, Router::new().fallback(call).with_state(self)).await
    }

    /// The variables of a program that calls this AWS at `address`.
    pub fn variables_at(&self, address: SocketAddr) -> BTreeMap<String, String> {
        let mut variables = self.variables();
        let own = [
            ("AWS_ENDPOINT_URL", format!("http://{address}")),
            ("AWS_ACCESS_KEY_ID", WORKER_ACCESS_KEY_ID.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", WORKER_SECRET.to_owned()),
        ];
        variables.extend(own.map(|(name, value)| (name.to_owned(), value)));
        variables
    }
}

async fn call(
    State(aws): State<Arc<EmbeddedAws>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let host = headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or("localhost").to_owned();
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let request =
        MockRequest { method: method.to_string(), uri: format!("http://{host}{path}"), headers, body };
    match aws.respond(request).await {
        Ok(answer) => {
            let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, answer.headers, answer.body).into_response()
        }
        // An answer that is lost on the way: a proxy in front would say so.
        Err(_) => StatusCode::BAD_GATEWAY.into_response(),
    }
}
