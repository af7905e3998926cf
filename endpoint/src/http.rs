//! A small HTTP client that sends exactly the bytes it is given, and can be told what a browser never would.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Longest wait for a whole answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: String,
}

/// Sends one request on a connection of its own.
pub async fn send(base: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let exchange = exchange(base, method, path, headers, body);
    tokio::time::timeout(ANSWER_WITHIN, exchange)
        .await
        .unwrap_or_else(|_| panic!("no answer to {method} {path} within {} s", ANSWER_WITHIN.as_secs()))
}

/// A body that is read and not sent.
pub async fn get(base: &str, path: &str) -> Answer {
    send(base, "GET", path, &[], b"").await
}

async fn exchange(base: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let base = base.strip_prefix("http://").expect("tests speak plain HTTP on the loopback");
    let (host, under) = base.split_at(base.find('/').unwrap_or(base.len()));
    let mut head = format!("{method} {under}{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    let stream = TcpStream::connect(host).await.unwrap_or_else(|error| panic!("{host} refuses: {error}"));
    let (mut reader, mut writer) = stream.into_split();
    let mut answer = Vec::new();
    // A server may answer and close before it has read all of a body that it refuses: the answer counts.
    let sending = async {
        if writer.write_all(head.as_bytes()).await.is_ok() {
            drop(writer.write_all(body).await);
        }
        writer
    };
    let ((), _writer) = tokio::join!(
        async {
            drop(reader.read_to_end(&mut answer).await);
        },
        sending
    );
    parse(&String::from_utf8_lossy(&answer))
}

fn parse(text: &str) -> Answer {
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("not an HTTP answer: {text:?}"));
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
    let status = status.unwrap_or_else(|| panic!("no status code: {head:?}"));
    Answer { status, body: body.to_owned() }
}
