//! A program under test, as a process that is ended as an operator would; what it said is shown with a test that fails.

use std::process::ExitStatus;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use testkit::program;
pub use testkit::program::Variables;

use crate::eventually::PATIENCE;
use crate::settings;

/// How long a program may take to end after SIGTERM: 1 s for its last poll, 25 s for the jobs in flight, and a margin. Such
/// a job may well take 18 s: it looks for a user that another one has just deleted.
pub const ENDS_WITHIN: Duration = Duration::from_secs(28);

/// A running program.
pub struct Program {
    name: &'static str,
    process: program::Program,
}

impl Program {
    /// Starts a program with these variables and no others.
    pub fn start(name: &'static str, variables: &Variables) -> Self {
        Self::start_with(name, &[], variables)
    }

    /// As [`Program::start`], with arguments.
    pub fn start_with(name: &'static str, arguments: &[&str], variables: &Variables) -> Self {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let log = settings::logs().join(format!("{name}-{}-{number}.log", std::process::id()));
        let path = settings::programs().join(name);
        let process = program::Program::start(name, &path, arguments, variables, log);
        Self { name, process: process.unwrap_or_else(|error| panic!("{name} does not start: {error}")) }
    }

    /// What it has printed so far.
    pub fn output(&self) -> String {
        self.process.output()
    }

    /// Waits until it has ended by itself.
    pub async fn ended(&mut self) -> ExitStatus {
        self.ended_within(PATIENCE).await
    }

    /// As [`Program::ended`], where its work takes longer.
    pub async fn ended_within(&mut self, limit: Duration) -> ExitStatus {
        self.process.ended(limit).await.unwrap_or_else(|unfit| panic!("{unfit}"))
    }

    /// Sends a signal, by its name without `SIG`.
    pub fn signal(&self, name: &str) {
        self.process.signal(name).unwrap_or_else(|unfit| panic!("{unfit}"));
    }

    /// Sends SIGKILL: what a crash looks like from outside.
    pub fn crash(&mut self) {
        self.process.kill();
    }

    /// Sends SIGTERM, and expects a clean end within [`ENDS_WITHIN`].
    pub async fn stop(&mut self) {
        self.stop_within(ENDS_WITHIN).await;
    }

    /// As [`Program::stop`], where what is in flight takes longer.
    pub async fn stop_within(&mut self, limit: Duration) {
        let stopped = self.process.stop(limit).await;
        stopped.unwrap_or_else(|unfit| panic!("{unfit}:\n{}", self.output()));
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Ended already, in a test that stopped it.
        if self.process.kill() && std::thread::panicking() {
            show(self.name, &self.output());
        }
        self.process.forget();
    }
}

#[expect(clippy::print_stderr, reason = "what a program said is shown with the test that failed")]
fn show(name: &str, output: &str) {
    eprintln!("--- {name} said:\n{output}");
}
