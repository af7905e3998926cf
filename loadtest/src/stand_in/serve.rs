//! The stand-in's server: it is there or not, and each call is answered as the mood at that moment says.

use std::net::SocketAddr;
use std::time::Duration;

use http::Request;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::answer::{self, Answer};
use super::ledger::{self, Ledger};
use super::mood::Mood;

/// Largest call that is read, in bytes; a click's is under 1 KiB.
const CALL_MAX_BYTES: usize = 64 * 1024;
/// Pause before a port that was given back is asked for again.
const PORT_PAUSE: Duration = Duration::from_millis(20);

/// The connection breaks instead of an answer.
#[derive(Debug, thiserror::Error)]
#[error("the queue is gone")]
struct Broken;

/// Serves until aborted. While the mood is [`Mood::Gone`], nobody listens on the port.
pub(super) async fn serve(
    first: TcpListener,
    address: SocketAddr,
    mut mood: watch::Receiver<Mood>,
    ledger: Ledger,
) {
    let mut listener = Some(first);
    loop {
        let gone = *mood.borrow_and_update() == Mood::Gone;
        match (&listener, gone) {
            (Some(_), true) => listener = None,
            (None, false) => match TcpListener::bind(address).await {
                Ok(again) => listener = Some(again),
                Err(_) => tokio::time::sleep(PORT_PAUSE).await,
            },
            (None, true) => {
                if mood.changed().await.is_err() {
                    return;
                }
            }
            (Some(open), false) => tokio::select! {
                accepted = open.accept() => if let Ok((stream, _)) = accepted {
                    tokio::spawn(connection(stream, mood.clone(), ledger.clone()));
                },
                changed = mood.changed() => if changed.is_err() { return },
            },
        }
    }
}

async fn connection(stream: TcpStream, mood: watch::Receiver<Mood>, ledger: Ledger) {
    // Small answers go out at once; without this they are only slower.
    let _best_effort = stream.set_nodelay(true);
    let mut watching = mood.clone();
    let service = service_fn(move |request| call(request, mood.clone(), ledger.clone()));
    let served = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        _closed = served => {}
        _gone = watching.wait_for(|mood| *mood == Mood::Gone) => {}
    }
}

/// One call. A message is written down in the same step in which its answer is made, so that a connection that breaks
/// while the queue is slow leaves nothing behind.
async fn call(
    request: Request<Incoming>,
    mut mood: watch::Receiver<Mood>,
    ledger: Ledger,
) -> Result<Answer, Broken> {
    let sends = request.headers().get("x-amz-target").is_some_and(|target| target == "AmazonSQS.SendMessage");
    let body =
        Limited::new(request.into_body(), CALL_MAX_BYTES).collect().await.map_err(|_| Broken)?.to_bytes();
    let now = *mood.borrow_and_update();
    match now {
        Mood::Gone => return Err(Broken),
        Mood::Throttles => return Ok(answer::throttled()),
        Mood::Takes(Duration::ZERO) => {}
        Mood::Takes(after) => tokio::time::sleep(after).await,
    }
    let Some(message) = ledger::read(&body).filter(|_| sends) else { return Ok(answer::refused()) };
    ledger.add(message.serial);
    Ok(answer::taken(message.serial, &message.body))
}
