//! One kept connection to a server under load.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::ANSWER_WAIT;
use super::click::{self, Click};

/// Longest wait for a connection.
const CONNECT_WAIT: Duration = Duration::from_secs(2);

/// A server under load.
#[derive(Debug, Clone)]
pub(crate) enum Target {
    Ingress(SocketAddr),
    /// The bare server, which posts what it is sent: it is sent the call that the ingress would make.
    Ceiling {
        address: SocketAddr,
        /// The queue that the call is for.
        queue_url: String,
    },
}

impl Target {
    fn address(&self) -> SocketAddr {
        match self {
            Self::Ingress(address) | Self::Ceiling { address, .. } => *address,
        }
    }

    fn request(&self, click: &Click) -> http::Result<Request<Full<Bytes>>> {
        let request = Request::post("/slack/interactions")
            .header(header::HOST, "127.0.0.1")
            .header("x-slack-request-timestamp", &click.timestamp)
            .header("x-slack-signature", &click.signature);
        match self {
            Self::Ingress(_) => request
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(Full::new(click.body.clone())),
            Self::Ceiling { queue_url, .. } => {
                let id = click::request_id(click.serial);
                let call = format!(
                    r#"{{"QueueUrl":"{queue_url}","MessageBody":"{{\"version\":1,\"job\":\"approve\",\"request_id\":\"{id}\",\"user_id\":\"U0OWNER\",\"message\":{{\"channel\":\"C0APPROVALS\",\"ts\":\"1763978400.000100\"}}}}"}}"#
                );
                request.header(header::CONTENT_TYPE, "application/json").body(Full::new(call.into()))
            }
        }
    }
}

/// A connection that is opened when it is needed, and again after it broke.
#[derive(Debug)]
pub(crate) struct Connection {
    target: Target,
    open: Option<SendRequest<Full<Bytes>>>,
}

impl Connection {
    pub(crate) fn to(target: Target) -> Self {
        Self { target, open: None }
    }

    /// Sends a click; the status of its answer, or `None` where there was none.
    pub(crate) async fn send(&mut self, click: &Click) -> Option<u16> {
        let mut sender = match self.open.take().filter(|sender| !sender.is_closed()) {
            Some(sender) => sender,
            None => timeout(CONNECT_WAIT, connect(self.target.address())).await.ok()??,
        };
        let request = self.target.request(click).ok()?;
        let exchange = async {
            sender.ready().await.ok()?;
            let answer = sender.send_request(request).await.ok()?;
            let status = answer.status().as_u16();
            answer.into_body().collect().await.ok()?;
            Some(status)
        };
        let status = timeout(ANSWER_WAIT, exchange).await.ok()?;
        if status.is_some() {
            self.open = Some(sender);
        }
        status
    }
}

async fn connect(address: SocketAddr) -> Option<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(address).await.ok()?;
    let _best_effort = stream.set_nodelay(true);
    let (sender, connection) = handshake(TokioIo::new(stream)).await.ok()?;
    tokio::spawn(connection);
    Some(sender)
}
