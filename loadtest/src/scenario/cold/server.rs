//! The first click on a server that has just been started: sent as soon as it accepts a connection.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use crate::fault::Fault;
use crate::traffic::ANSWER_WAIT;
use crate::traffic::click::Click;

/// Pause between two tries to connect. Shorter than the runtime's clock can wait, so a thread of its own does it.
const CONNECT_PAUSE: Duration = Duration::from_micros(100);

/// How long after `begun` the answer was there, and its status; `None` when the server never listened or said nothing.
pub(super) async fn first_answer(
    begun: Instant,
    address: SocketAddr,
    click: Click,
) -> Result<(Duration, Option<u16>), Fault> {
    let status = tokio::task::spawn_blocking(move || {
        let status = exchange(begun, address, &click);
        (begun.elapsed(), status)
    });
    status.await.map_err(|error| Fault::Stage(error.to_string()))
}

fn exchange(begun: Instant, address: SocketAddr, click: &Click) -> Option<u16> {
    let mut stream = loop {
        match TcpStream::connect(address) {
            Ok(stream) => break stream,
            Err(_) if begun.elapsed() < ANSWER_WAIT => std::thread::sleep(CONNECT_PAUSE),
            Err(_) => return None,
        }
    };
    stream.set_read_timeout(Some(ANSWER_WAIT)).ok()?;
    let head = format!(
        "POST /slack/interactions HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nX-Slack-Request-Timestamp: {}\r\n\
         X-Slack-Signature: {}\r\n\r\n",
        click.body.len(),
        click.timestamp,
        click.signature
    );
    stream.write_all(&[head.as_bytes(), &click.body].concat()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    answer.split_whitespace().nth(1)?.parse().ok()
}
