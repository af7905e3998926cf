//! A program under test, as a process: its output is kept, and it is ended as an operator would.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::eventually::{PATIENCE, eventually};
use crate::settings;

/// How long a program may take to end after SIGTERM: 1 s for its last poll, 25 s for the jobs in flight, and a margin. Such
/// a job may well take 18 s: it looks for a user that another one has just deleted.
pub const ENDS_WITHIN: Duration = Duration::from_secs(28);

/// Variables by name.
pub type Variables = Vec<(String, String)>;

/// A running program.
pub struct Program {
    name: &'static str,
    process: Child,
    output: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
}

impl Program {
    /// Starts a program with these variables and no others.
    #[must_use]
    pub fn start(name: &'static str, variables: &Variables) -> Self {
        Self::start_with(name, &[], variables)
    }

    /// As [`Program::start`], with arguments.
    #[must_use]
    pub fn start_with(name: &'static str, arguments: &[&str], variables: &Variables) -> Self {
        let mut process = Command::new(settings::programs().join(name))
            .args(arguments)
            .env_clear()
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        let output = Arc::new(Mutex::new(String::new()));
        let stdout = process.stdout.take().map(|pipe| keep(pipe, Arc::clone(&output)));
        let stderr = process.stderr.take().map(|pipe| keep(pipe, Arc::clone(&output)));
        Self { name, process, output, readers: stdout.into_iter().chain(stderr).collect() }
    }

    /// What it has printed so far.
    #[must_use]
    pub fn output(&self) -> String {
        self.output.lock().expect("the output").clone()
    }

    /// Waits until it has ended by itself.
    pub async fn ended(&mut self) -> ExitStatus {
        self.ended_within(PATIENCE).await
    }

    /// As [`Program::ended`], where its work takes longer.
    pub async fn ended_within(&mut self, limit: Duration) -> ExitStatus {
        let what = format!("{} ends by itself", self.name);
        let process = &mut self.process;
        let status = eventually(&what, limit, async || process.try_wait().expect("a status")).await;
        self.finish_reading();
        status
    }

    /// Sends SIGTERM.
    pub fn terminate(&self) {
        self.signal("TERM");
    }

    /// Sends a signal, by its name without `SIG`.
    pub fn signal(&self, name: &str) {
        let kill = Command::new("sh").args(["-c", &format!("kill -{name} {}", self.process.id())]).status();
        assert!(kill.expect("a shell").success(), "{} has ended before", self.name);
    }

    /// Sends SIGKILL: what a crash looks like from outside.
    pub fn crash(&mut self) {
        self.process.kill().expect("a process to kill");
        self.process.wait().expect("its end");
        self.finish_reading();
    }

    /// Sends SIGTERM, and expects a clean end within [`ENDS_WITHIN`].
    pub async fn stop(&mut self) {
        self.stop_within(ENDS_WITHIN).await;
    }

    /// As [`Program::stop`], where what is in flight takes longer.
    pub async fn stop_within(&mut self, limit: Duration) {
        self.terminate();
        let asked = Instant::now();
        let what = format!("{} ends after SIGTERM; it said:\n{}", self.name, self.output());
        let process = &mut self.process;
        let status = eventually(&what, PATIENCE, async || process.try_wait().expect("a status")).await;
        let took = asked.elapsed();
        self.finish_reading();
        assert!(
            status.success(),
            "{} ended with {status} after SIGTERM; it said:\n{}",
            self.name,
            self.output()
        );
        assert!(
            took < limit,
            "{} took {took:?} to end after SIGTERM; it said:\n{}",
            self.name,
            self.output()
        );
    }

    fn finish_reading(&mut self) {
        for reader in self.readers.drain(..) {
            reader.join().expect("the output read to its end");
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Ended already, in a test that stopped it.
        if !matches!(self.process.try_wait(), Ok(None)) {
            return;
        }
        drop(self.process.kill());
        drop(self.process.wait());
        if std::thread::panicking() {
            show(self.name, &self.output());
        }
    }
}

#[expect(clippy::print_stderr, reason = "what a program said is shown with the test that failed")]
fn show(name: &str, output: &str) {
    eprintln!("--- {name} said:\n{output}");
}

fn keep(pipe: impl Read + Send + 'static, output: Arc<Mutex<String>>) -> JoinHandle<()> {
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
            let mut kept = output.lock().expect("the output");
            kept.push_str(&String::from_utf8_lossy(&line));
            kept.push('\n');
        }
    })
}
