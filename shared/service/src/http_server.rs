//! HTTP/1.1 on a socket, with a bound on everything: connections, heads, and how long any of it takes.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tracing::{debug, warn};

/// Largest head of a request, in bytes, and most of a body that is held before it is read. Slack's heads have under 2 KB.
const BUFFER_MAX_BYTES: usize = 16 * 1024;
/// Pause after the system could not give a connection, such as when no file is free.
const ACCEPT_PAUSE: Duration = Duration::from_secs(1);

/// What a server lets others take up.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections at once; who comes after them waits for a place.
    pub connections: usize,
    /// Longest wait for the head of a request, which is also how long an idle connection is kept.
    pub header_timeout: Duration,
    /// Longest life of a connection, whatever happens on it; [`Duration::MAX`] for any.
    pub max_connection_age: Duration,
    /// After the signal to stop, requests in flight get so long.
    pub drain_timeout: Duration,
}

/// Serves until `stop` resolves and what is in flight is answered, or its time is up.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, stop: impl Future<Output = ()>) {
    let places = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.header_timeout).max_buf_size(BUFFER_MAX_BYTES);
    // Dropping it, at the end or because nobody wants this server any more, cuts what is still open.
    let mut open = JoinSet::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            (place, stream) = accept(&listener, &places) => {
                let service = TowerToHyperService::new(router.clone());
                let connection = graceful.watch(http.serve_connection(TokioIo::new(stream), service));
                open.spawn(async move {
                    match timeout(limits.max_connection_age, connection).await {
                        Ok(Ok(())) => {}
                        Ok(Err(error)) => debug!(%error, "a connection broke"),
                        Err(_) => debug!("a connection was open for too long, and is cut"),
                    }
                    drop(place);
                });
            }
            Some(_) = open.join_next() => {}
            () = &mut stop => break,
        }
    }
    drop(listener);
    if timeout(limits.drain_timeout, graceful.shutdown()).await.is_err() {
        warn!("some connections were still open, and are cut");
    }
}

/// The next connection, once there is a place for it.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> (Option<OwnedSemaphorePermit>, TcpStream) {
    // The semaphore is never closed.
    let place = Arc::clone(places).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // An answer is one small packet, and somebody waits for it.
                if let Err(error) = stream.set_nodelay(true) {
                    debug!(%error, "a connection would not send at once");
                }
                return (place, stream);
            }
            Err(error) if is_of_one_connection(error.kind()) => {}
            Err(error) => {
                warn!(%error, "no connection can be taken; trying again");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// The one who came is gone again; the next may be well.
fn is_of_one_connection(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::ConnectionAborted | ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset)
}

#[cfg(test)]
mod tests;
