//! HTTP/1.1 on a socket, with a bound on everything: connections, heads, and how long any of it takes.

mod open_files;
mod seats;

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tracing::{debug, warn};

use seats::{Seat, Seats};

/// Largest head of a request, in bytes, and most of a body that is held before it is read. Slack's heads have under 2 KB.
const BUFFER_MAX_BYTES: usize = 16 * 1024;
/// Pause after the system could not give a connection, such as when no file is free.
const ACCEPT_PAUSE: Duration = Duration::from_secs(1);
/// The same where a connection was closed for it, so that a file is free as soon as that is done.
const ACCEPT_PAUSE_AFTER_CLOSING: Duration = Duration::from_millis(5);

/// What a server lets others take up.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections at once, and fewer where the process may not open as many files. Who comes after them gets the place of the
    /// connection on which nothing was in work for the longest time, or waits for one.
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
    let seats = Arc::new(Seats::new(open_files::at_most(limits.connections)));
    let graceful = GracefulShutdown::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.header_timeout).max_buf_size(BUFFER_MAX_BYTES);
    // Dropping it, at the end or because nobody wants this server any more, cuts what is still open.
    let mut open = JoinSet::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            stream = accept(&listener, &seats) => {
                let place = tokio::select! {
                    place = seats.place() => place,
                    () = &mut stop => break,
                };
                let seat = Arc::new(Seat::default());
                let service = seats::watched(router.clone(), &seat, &seats);
                let connection = graceful.watch(http.serve_connection(TokioIo::new(stream), service));
                let cut = open.spawn(async move {
                    match timeout(limits.max_connection_age, connection).await {
                        Ok(Ok(())) => {}
                        Ok(Err(error)) => debug!(%error, "a connection broke"),
                        Err(_) => debug!("a connection was open for too long, and is cut"),
                    }
                    drop(place);
                });
                seats.add(&seat, cut);
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

/// The next connection.
async fn accept(listener: &TcpListener, seats: &Seats) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // An answer is one small packet, and somebody waits for it.
                if let Err(error) = stream.set_nodelay(true) {
                    debug!(%error, "a connection would not send at once");
                }
                return stream;
            }
            Err(error) if is_of_one_connection(error.kind()) => {}
            Err(error) => {
                warn!(%error, "no connection can be taken; trying again");
                let pause = if seats.close_idle() { ACCEPT_PAUSE_AFTER_CLOSING } else { ACCEPT_PAUSE };
                sleep(pause).await;
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
