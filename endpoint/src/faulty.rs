//! A proxy in front of the emulator that answers a chosen call to AWS with a chosen error, or loses its answer.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::emulator::emulator;

/// Longest request that is read.
const REQUEST_MAX_BYTES: usize = 1024 * 1024;

/// What becomes of a chosen call.
#[derive(Debug, Clone, Copy)]
pub enum Wrong {
    /// It is not done, and answered with this status and error code, as the query protocol does.
    Answered(u16, &'static str),
    /// It is done, and the connection breaks before its answer.
    AnswerLost,
}

/// For how long, from the first such call on.
#[derive(Debug, Clone, Copy)]
pub enum Until {
    /// So often.
    Times(u32),
    /// For so long.
    Elapsed(Duration),
}

struct Rule {
    action: &'static str,
    wrong: Wrong,
    until: Until,
    since: Option<Instant>,
    met: u32,
}

/// The proxy, on a port of its own.
pub struct Faulty {
    url: String,
    rules: Arc<Mutex<Vec<Rule>>>,
    serving: JoinHandle<()>,
}

impl Faulty {
    /// One that passes everything on to the emulator.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port for a proxy");
        let url = format!("http://{}", listener.local_addr().expect("the proxy's address"));
        let rules: Arc<Mutex<Vec<Rule>>> = Arc::default();
        let shared = Arc::clone(&rules);
        let serving = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let rules = Arc::clone(&shared);
                tokio::spawn(async move { drop(carry(client, &rules).await) });
            }
        });
        Self { url, rules, serving }
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// From now on calls of this action go wrong.
    pub fn go_wrong(&self, action: &'static str, wrong: Wrong, until: Until) {
        let rule = Rule { action, wrong, until, since: None, met: 0 };
        self.rules.lock().unwrap_or_else(PoisonError::into_inner).push(rule);
    }

    /// How many calls of this action went wrong.
    #[must_use]
    pub fn met(&self, action: &str) -> u32 {
        let rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        rules.iter().filter(|rule| rule.action == action).map(|rule| rule.met).sum()
    }
}

impl Drop for Faulty {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn decide(rules: &Mutex<Vec<Rule>>, action: &str) -> Option<Wrong> {
    let mut rules = rules.lock().unwrap_or_else(PoisonError::into_inner);
    let rule = rules.iter_mut().find(|rule| rule.action == action)?;
    let since = *rule.since.get_or_insert_with(Instant::now);
    let goes_on = match rule.until {
        Until::Times(times) => rule.met < times,
        Until::Elapsed(time) => since.elapsed() < time,
    };
    goes_on.then(|| {
        rule.met += 1;
        rule.wrong
    })
}

/// One request; the connection is closed after it, so that the next one is seen too.
async fn carry(mut client: TcpStream, rules: &Mutex<Vec<Rule>>) -> std::io::Result<()> {
    let mut request = Vec::new();
    let body_at = loop {
        let mut chunk = [0; 8 * 1024];
        let read = client.read(&mut chunk).await?;
        request.extend(chunk.iter().take(read));
        if let Some(at) = request.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        if read == 0 || request.len() > REQUEST_MAX_BYTES {
            return Ok(());
        }
    };
    let head = String::from_utf8_lossy(request.get(..body_at).unwrap_or_default()).into_owned();
    let header = |name: &str| {
        let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with(name))?;
        line.split_once(": ").map(|(_, value)| value.to_owned())
    };
    let length: usize = header("content-length:").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = request.split_off(body_at);
    while body.len() < length.min(REQUEST_MAX_BYTES) {
        let mut chunk = [0; 8 * 1024];
        let read = client.read(&mut chunk).await?;
        if read == 0 {
            return Ok(());
        }
        body.extend(chunk.iter().take(read));
    }
    let target = header("x-amz-target:").and_then(|target| target.rsplit('.').next().map(String::from));
    let form = String::from_utf8_lossy(&body);
    let queried = form.split('&').find_map(|pair| pair.strip_prefix("Action=")).map(String::from);
    let wrong = target.or(queried).and_then(|action| decide(rules, &action));
    if let Some(Wrong::Answered(status, code)) = wrong {
        let body = format!(
            "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{code}</Message></Error></ErrorResponse>"
        );
        let length = body.len();
        let answer = format!(
            "HTTP/1.1 {status} Wrong\r\nContent-Type: text/xml\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        return client.write_all(answer.as_bytes()).await;
    }
    let mut server = TcpStream::connect(emulator().url().trim_start_matches("http://")).await?;
    let head =
        head.lines().filter(|line| !line.is_empty() && !line.to_ascii_lowercase().starts_with("connection:"));
    let head: Vec<&str> = head.chain(["Connection: close", "", ""]).collect();
    server.write_all(head.join("\r\n").as_bytes()).await?;
    server.write_all(&body).await?;
    if let Some(Wrong::AnswerLost) = wrong {
        let mut lost = Vec::new();
        server.read_to_end(&mut lost).await?;
        return Ok(());
    }
    copy(&mut server, &mut client).await?;
    client.shutdown().await
}
