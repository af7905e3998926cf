//! A measured program as a process: its output goes to a file, and it is ended as an operator would end it.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

use crate::fault::Fault;
use crate::programs;

/// Variables by name.
pub(crate) type Variables = Vec<(String, String)>;

/// How long a program may take until it listens.
const START_WAIT: Duration = Duration::from_secs(20);
/// How long it may take to end after SIGTERM.
const STOP_WAIT: Duration = Duration::from_secs(20);
/// Pause between two looks at a program.
const LOOK_PAUSE: Duration = Duration::from_millis(5);

/// A running program, killed when it is dropped.
#[derive(Debug)]
pub(crate) struct Process {
    name: &'static str,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts a program with these arguments and variables, and no other variables.
    pub(crate) fn start(
        name: &'static str,
        program: &Path,
        arguments: &[String],
        variables: &Variables,
    ) -> Result<Self, Fault> {
        let folder = programs::target_folder().join("loadtest");
        std::fs::create_dir_all(&folder).map_err(Fault::io("no folder for logs"))?;
        let log = folder.join(format!("{name}.log"));
        let file = File::create(&log).map_err(Fault::io("no file for a log"))?;
        let child = Command::new(program)
            .args(arguments)
            .env_clear()
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(file)
            .spawn()
            .map_err(|error| Fault::Program(format!("{} does not start: {error}", program.display())))?;
        Ok(Self { name, child, log })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Where what it writes to standard error goes.
    pub(crate) fn log(&self) -> &Path {
        &self.log
    }

    /// What it has written to standard error.
    pub(crate) fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Waits until it accepts connections.
    pub(crate) async fn listens(&mut self, address: SocketAddr) -> Result<(), Fault> {
        let asked = Instant::now();
        while TcpStream::connect(address).await.is_err() {
            if let Some(status) = self.ended()? {
                return Err(self.unfit(format!("ended with {status} instead of listening")));
            }
            if asked.elapsed() > START_WAIT {
                return Err(self.unfit(format!("does not listen after {} s", START_WAIT.as_secs())));
            }
            sleep(LOOK_PAUSE).await;
        }
        Ok(())
    }

    /// Sends SIGTERM, and sees it end well.
    pub(crate) async fn stop(mut self) -> Result<(), Fault> {
        let kill = Command::new("sh").args(["-c", &format!("kill -TERM {}", self.pid())]).status();
        kill.map_err(Fault::io("no shell to send SIGTERM with"))?;
        let asked = Instant::now();
        loop {
            match self.ended()? {
                Some(status) if status.success() => return Ok(()),
                Some(status) => return Err(self.unfit(format!("ended with {status} after SIGTERM"))),
                None if asked.elapsed() > STOP_WAIT => {
                    return Err(self.unfit(format!("still runs {} s after SIGTERM", STOP_WAIT.as_secs())));
                }
                None => sleep(LOOK_PAUSE).await,
            }
        }
    }

    fn ended(&mut self) -> Result<Option<ExitStatus>, Fault> {
        self.child.try_wait().map_err(Fault::io("a program's end could not be waited for"))
    }

    /// A fault that names this program and its log.
    pub(crate) fn unfit(&self, what: impl Into<String>) -> Fault {
        Fault::Unfit { name: self.name, what: what.into(), log: self.log.display().to_string() }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Ended already, where it was stopped.
        if matches!(self.child.try_wait(), Ok(None)) {
            drop(self.child.kill());
            drop(self.child.wait());
        }
    }
}

/// An address that nobody listens on at the moment.
pub(crate) async fn free_address() -> Result<SocketAddr, Fault> {
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(Fault::io("no free port"))?;
    listener.local_addr().map_err(Fault::io("a port without an address"))
}
