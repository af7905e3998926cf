//! A step that runs beside others, as a process of its own: it computes while they wait.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::workspace::Workspace;

/// Lets whatever else runs go first: the steps beside it wait for real programs, and look at the time.
const NICENESS: &str = "10";

/// A step that was started and has not ended yet.
pub(crate) struct Beside {
    name: &'static str,
    child: Child,
    /// Takes what the step prints, which would otherwise come between other steps' lines.
    log: PathBuf,
    start: Instant,
}

impl Beside {
    /// Starts this program once more, with the step's name.
    pub(crate) fn start(workspace: &Workspace, name: &'static str) -> Result<Self, String> {
        let program = std::env::current_exe().map_err(|error| format!("this program's path: {error}"))?;
        let log = workspace.target().join(format!("{name}.log"));
        let at = |error: std::io::Error| format!("{}: {error}", log.display());
        let out = File::create(&log).map_err(at)?;
        let errors = out.try_clone().map_err(at)?;
        let mut command = Command::new("nice");
        command.args(["-n", NICENESS]).arg(program).arg(name);
        let child = command.stdin(Stdio::null()).stdout(out).stderr(errors).spawn();
        let child = child.map_err(|error| format!("`{name}` could not be started: {error}"))?;
        Ok(Self { name, child, log, start: Instant::now() })
    }

    /// Waits for its end and prints what it said; how long it took, and whether it succeeded.
    pub(crate) fn finish(mut self) -> (Duration, Result<(), String>) {
        let ended = self.child.wait();
        println!("{}", fs::read_to_string(&self.log).unwrap_or_default());
        let result = match ended {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("it ended with {status}")),
            Err(error) => Err(format!("waiting for `{}`: {error}", self.name)),
        };
        (self.start.elapsed(), result)
    }
}
