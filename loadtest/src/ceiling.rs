//! The ceiling: the least that a server can do that puts something on a queue. It posts what it was sent, once.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{Request, StatusCode, Uri, header};
use axum::routing::post;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::net::TcpListener;

use crate::fault::Fault;

#[derive(Debug, Clone)]
struct Queue {
    client: Client<HttpConnector, Full<Bytes>>,
    url: Uri,
}

/// Serves until it is killed.
pub(crate) async fn serve(listen: SocketAddr, queue: SocketAddr) -> Result<(), Fault> {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let url = Uri::try_from(format!("http://{queue}/")).map_err(|error| Fault::Stage(error.to_string()))?;
    let queue = Queue { client: Client::builder(TokioExecutor::new()).build(connector), url };
    let router = Router::new().route("/{*path}", post(forward)).with_state(queue);
    let listener = TcpListener::bind(listen).await.map_err(Fault::io("the ceiling has no port"))?;
    axum::serve(listener, router).await.map_err(Fault::io("the ceiling stopped serving"))
}

async fn forward(State(queue): State<Queue>, body: Bytes) -> StatusCode {
    let call = Request::post(queue.url)
        .header(header::CONTENT_TYPE, "application/x-amz-json-1.0")
        .header("x-amz-target", "AmazonSQS.SendMessage")
        .body(Full::new(body));
    let Ok(call) = call else { return StatusCode::INTERNAL_SERVER_ERROR };
    let Ok(answer) = queue.client.request(call).await else { return StatusCode::SERVICE_UNAVAILABLE };
    let taken = answer.status().is_success();
    // Read to its end, so that its connection is kept.
    let whole = answer.into_body().collect().await.is_ok();
    if taken && whole { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}
