//! A proxy in front of the emulator, in which chosen calls to AWS go wrong in chosen ways, or a whole service is away.
//!
//! `AWS_ENDPOINT_URL_DYNAMODB` and the like point a program's calls of one service at it.

mod call;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::emulator::emulator;
use call::Call;

/// What becomes of a chosen call.
#[derive(Debug, Clone, Copy)]
pub enum Wrong {
    /// It is not done, and answered with this status and error code, as its service does.
    Answered(u16, &'static str),
    /// It is done, and answered with this status and error code.
    DoneAndAnswered(u16, &'static str),
    /// It is done, and the connection breaks before its answer.
    AnswerLost,
    /// It is not done, and its connection is closed at once.
    Refused,
    /// It is taken and never answered; its connection is closed when things go right again.
    Hangs,
}

/// For how long, from the first such call on.
#[derive(Debug, Clone, Copy)]
pub enum Until {
    Times(u32),
    Elapsed(Duration),
    /// Until things go right again.
    Right,
}

struct Rule {
    /// Which action; any where it is empty.
    action: &'static str,
    /// What the request must contain, in its path or its body; anything where it is empty.
    about: String,
    wrong: Wrong,
    until: Until,
    since: Option<Instant>,
    met: u32,
}

impl Rule {
    fn goes_on(&self) -> bool {
        match self.until {
            Until::Times(times) => self.met < times,
            Until::Elapsed(time) => self.since.is_none_or(|since| since.elapsed() < time),
            Until::Right => true,
        }
    }
}

type Rules = Mutex<Vec<Rule>>;

/// The proxy, on a port of its own.
pub struct Faulty {
    url: String,
    rules: Arc<Rules>,
    right: watch::Sender<()>,
    serving: JoinHandle<()>,
}

impl Faulty {
    /// One that passes everything on to the emulator.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port for a proxy");
        let url = format!("http://{}", listener.local_addr().expect("the proxy's address"));
        let rules: Arc<Rules> = Arc::default();
        let right = watch::Sender::new(());
        let (shared, goes_right) = (Arc::clone(&rules), right.subscribe());
        let serving = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (rules, goes_right) = (Arc::clone(&shared), goes_right.clone());
                tokio::spawn(async move { drop(carry(client, &rules, goes_right).await) });
            }
        });
        Self { url, rules, right, serving }
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// From now on calls of this action go wrong.
    pub fn go_wrong(&self, action: &'static str, wrong: Wrong, until: Until) {
        self.go_wrong_about(action, "", wrong, until);
    }

    /// The same for calls alone whose request contains this.
    pub fn go_wrong_about(&self, action: &'static str, about: &str, wrong: Wrong, until: Until) {
        let rule = Rule { action, about: about.to_owned(), wrong, until, since: None, met: 0 };
        self.rules().push(rule);
    }

    /// From now on every call goes wrong, until things go right again.
    pub fn all_go_wrong(&self, wrong: Wrong) {
        self.go_wrong("", wrong, Until::Right);
    }

    /// How many calls of this action went wrong.
    pub fn met(&self, action: &str) -> u32 {
        self.rules().iter().filter(|rule| rule.action == action).map(|rule| rule.met).sum()
    }

    /// How many calls of this action went wrong whose request contains this.
    pub fn met_about(&self, action: &str, about: &str) -> u32 {
        let rules = self.rules();
        rules.iter().filter(|rule| rule.action == action && rule.about == about).map(|rule| rule.met).sum()
    }

    /// From now on nothing goes wrong. What went wrong stays counted.
    pub fn go_right(&self) {
        for rule in self.rules().iter_mut() {
            rule.until = Until::Times(rule.met);
        }
        self.right.send_replace(());
    }

    fn rules(&self) -> std::sync::MutexGuard<'_, Vec<Rule>> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Faulty {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn decide(rules: &Rules, call: &Call) -> Option<Wrong> {
    let mut rules = rules.lock().unwrap_or_else(PoisonError::into_inner);
    let rule = rules.iter_mut().find(|rule| {
        rule.goes_on() && [call.action.as_str(), ""].contains(&rule.action) && call.contains(&rule.about)
    })?;
    rule.since.get_or_insert_with(Instant::now);
    rule.met += 1;
    Some(rule.wrong)
}

/// One request; the connection is closed after it, so that the next one is seen too.
async fn carry(
    mut client: TcpStream,
    rules: &Rules,
    mut goes_right: watch::Receiver<()>,
) -> std::io::Result<()> {
    let Some(call) = Call::read(&mut client).await? else { return Ok(()) };
    goes_right.mark_unchanged();
    let wrong = decide(rules, &call);
    match wrong {
        Some(Wrong::Answered(status, code)) => {
            return client.write_all(call.error(status, code).as_bytes()).await;
        }
        Some(Wrong::Refused) => return Ok(()),
        Some(Wrong::Hangs) => {
            let _right_or_over = goes_right.changed().await;
            return Ok(());
        }
        Some(Wrong::DoneAndAnswered(..) | Wrong::AnswerLost) | None => {}
    }
    let mut server = TcpStream::connect(emulator().url().trim_start_matches("http://")).await?;
    server.write_all(call.last_of_its_connection().as_bytes()).await?;
    server.write_all(&call.body).await?;
    if wrong.is_none() {
        copy(&mut server, &mut client).await?;
        return client.shutdown().await;
    }
    let mut lost = Vec::new();
    server.read_to_end(&mut lost).await?;
    match wrong {
        Some(Wrong::DoneAndAnswered(status, code)) => {
            client.write_all(call.error(status, code).as_bytes()).await
        }
        Some(Wrong::Answered(..) | Wrong::AnswerLost | Wrong::Refused | Wrong::Hangs) | None => Ok(()),
    }
}
