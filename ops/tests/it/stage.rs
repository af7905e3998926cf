//! A stage: an embedded AWS of its own, and command lines run against it.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use std::sync::Arc;
use std::time::Duration;

use aws::dynamodb::Store;
use ops::{Env, Terminal};
use serde_json::Value;
use service::clock::Clock;
use testkit::aws::EmbeddedAws;
use tokio::sync::watch;

/// Columns of the terminal that output is fitted to.
pub(crate) const WIDTH: usize = 100;
/// Far above what anything takes that is waited for.
pub(crate) const LIMIT: Duration = Duration::from_mins(1);

pub(crate) struct Stage {
    pub(crate) aws: Arc<EmbeddedAws>,
    pub(crate) variables: BTreeMap<String, String>,
    pub(crate) clock: Clock,
    /// Tells long work to stop: how often it was told.
    pub(crate) stop: watch::Sender<u32>,
}

/// What a command writes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Written(Arc<watch::Sender<Vec<u8>>>);

/// What a command line did.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: u8,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::on(EmbeddedAws::start().await)
    }

    /// On an AWS that is there, such as a running sandbox's.
    pub(crate) fn on(aws: Arc<EmbeddedAws>) -> Self {
        let variables = aws.variables();
        Self { aws, variables, clock: Clock::system(), stop: watch::channel(0).0 }
    }

    /// Runs `keylease` with these arguments.
    pub(crate) async fn keylease(&self, arguments: &[&str]) -> Ran {
        self.answering("", arguments).await
    }

    /// The same, with what is typed when it asks.
    pub(crate) async fn answering(&self, answers: &str, arguments: &[&str]) -> Ran {
        let (out, err) = (Written::default(), Written::default());
        let terminal = Terminal::over(out.clone(), err.clone(), Cursor::new(answers.to_owned()), WIDTH);
        let variables = self.variables.clone();
        let lookup = move |name: &str| variables.get(name).cloned();
        let stop = self.stop.subscribe();
        let env = Env::of_a_test(lookup, self.aws.sdk_config(), self.clock.clone(), terminal, stop);
        let line = std::iter::once("keylease").chain(arguments.iter().copied()).map(Into::into);
        let status = ops::run(line, &env).await;
        Ran { status, out: out.text(), err: err.text() }
    }

    /// The tables, as the workers see them.
    pub(crate) fn store(&self) -> Store {
        let table = |name: &str| self.variables[name].clone();
        let (projects, requests) = (table("DYNAMODB_TABLE_PROJECTS"), table("DYNAMODB_TABLE_REQUESTS"));
        Store::new(&self.aws.sdk_config(), &projects, &requests)
    }

    /// Puts a record into the table of projects as it is, good or bad.
    pub(crate) async fn put_project(&self, project: &Value) {
        self.put("DYNAMODB_TABLE_PROJECTS", project).await;
    }

    /// Puts a record into the table of requests as it is, good or bad.
    pub(crate) async fn put_request(&self, request: &Value) {
        self.put("DYNAMODB_TABLE_REQUESTS", request).await;
    }

    async fn put(&self, table: &str, record: &Value) {
        self.aws.put(&self.variables[table], record).await;
    }
}

impl Ran {
    /// Everything a person would see, for a snapshot.
    pub(crate) fn shown(&self) -> String {
        format!("{}{}status {}", self.out, self.err, self.status)
    }

    /// Standard output as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.shown()))
    }
}

impl Written {
    /// What was written so far.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.borrow()).into_owned()
    }

    /// Waits until this was written, and gives what came after it so far.
    pub(crate) async fn after(&self, part: &str) -> String {
        let mut written = self.0.subscribe();
        let is_there = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).contains(part);
        let found = tokio::time::timeout(LIMIT, written.wait_for(is_there)).await;
        drop(found.unwrap_or_else(|_| panic!("not written: {part}, but: {}", self.text())));
        self.text().split_once(part).unwrap().1.to_owned()
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.send_modify(|written| written.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
