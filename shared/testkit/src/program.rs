//! A program as a process: what it prints goes to a file, and it is ended as an operator would end it.

use std::fs::File;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tokio::net::TcpStream;

/// Variables by name.
pub type Variables = Vec<(String, String)>;

/// Pause between two looks at a program.
const LOOK_PAUSE: Duration = Duration::from_millis(5);

/// A running program, killed when it is dropped.
#[derive(Debug)]
pub struct Program {
    name: &'static str,
    process: Child,
    log: PathBuf,
}

/// A program that did not do what it must.
#[derive(Debug, thiserror::Error)]
#[error("{name} {what}; what it said is in {log}")]
pub struct Unfit {
    name: &'static str,
    what: String,
    log: String,
}

impl Program {
    /// Starts a program with these arguments and variables, and no other variables. What it prints goes to `log`.
    pub fn start(
        name: &'static str,
        program: &Path,
        arguments: &[&str],
        variables: &Variables,
        log: PathBuf,
    ) -> io::Result<Self> {
        let file = File::create(&log)?;
        let process = Command::new(program)
            .args(arguments)
            .env_clear()
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()?;
        Ok(Self { name, process, log })
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// What it has printed so far.
    pub fn output(&self) -> String {
        let bytes = std::fs::read(&self.log).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Waits until it accepts connections.
    pub async fn listens(&mut self, address: SocketAddr, within: Duration) -> Result<(), Unfit> {
        let asked = Instant::now();
        while TcpStream::connect(address).await.is_err() {
            if let Some(status) = self.status()? {
                return Err(self.unfit(format!("ended with {status} instead of listening")));
            }
            self.wait_on(asked, within, "does not listen").await?;
        }
        Ok(())
    }

    /// Sends a signal, by its name without `SIG`.
    pub fn signal(&self, name: &str) -> Result<(), Unfit> {
        let kill = Command::new("sh").args(["-c", &format!("kill -{name} {}", self.pid())]).status();
        match kill {
            Ok(status) if status.success() => Ok(()),
            Ok(_) => Err(self.unfit("has ended before")),
            Err(error) => Err(self.unfit(format!("cannot be sent a signal: {error}"))),
        }
    }

    /// Waits until it has ended by itself.
    pub async fn ended(&mut self, within: Duration) -> Result<ExitStatus, Unfit> {
        let asked = Instant::now();
        loop {
            if let Some(status) = self.status()? {
                return Ok(status);
            }
            self.wait_on(asked, within, "still runs").await?;
        }
    }

    /// Sends SIGTERM, and sees it end well.
    pub async fn stop(&mut self, within: Duration) -> Result<(), Unfit> {
        self.signal("TERM")?;
        match self.ended(within).await? {
            status if status.success() => Ok(()),
            status => Err(self.unfit(format!("ended with {status} after SIGTERM"))),
        }
    }

    /// Sends SIGKILL, where it still runs: what a crash looks like from outside. Says whether it did.
    pub fn kill(&mut self) -> bool {
        let runs = matches!(self.process.try_wait(), Ok(None));
        if runs {
            drop(self.process.kill());
            drop(self.process.wait());
        }
        runs
    }

    /// Removes what it has printed, where its test went well.
    pub fn forget(&self) {
        if !std::thread::panicking() {
            drop(std::fs::remove_file(&self.log));
        }
    }

    /// It did not do what it must.
    pub fn unfit(&self, what: impl Into<String>) -> Unfit {
        Unfit { name: self.name, what: what.into(), log: self.log.display().to_string() }
    }

    fn status(&mut self) -> Result<Option<ExitStatus>, Unfit> {
        self.process.try_wait().map_err(|error| self.unfit(format!("cannot be waited for: {error}")))
    }

    async fn wait_on(&self, asked: Instant, within: Duration, what: &str) -> Result<(), Unfit> {
        if asked.elapsed() > within {
            return Err(self.unfit(format!("{what} after {} s", within.as_secs())));
        }
        tokio::time::sleep(LOOK_PAUSE).await;
        Ok(())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}
