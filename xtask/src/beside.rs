//! Steps that run beside others, each as a process of its own: they compute while the others wait.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::workspace::Workspace;

/// Lets whatever else runs go first: the steps beside these wait for real programs, and look at the time.
const NICENESS: &str = "10";

/// What became of one step.
pub(crate) struct Ended {
    pub(crate) name: &'static str,
    pub(crate) time: Duration,
    pub(crate) result: Result<(), String>,
    /// What it printed, which would otherwise come between other steps' lines.
    pub(crate) said: String,
}

/// Steps that were started, one after the other, and have not all ended yet.
pub(crate) struct Beside(JoinHandle<Vec<Ended>>);

impl Beside {
    /// Starts this program once more for each step, in order, up to the first that fails.
    pub(crate) fn start(workspace: &Workspace, names: &'static [&'static str]) -> Self {
        let target = workspace.target().to_path_buf();
        Self(std::thread::spawn(move || {
            let mut ended = Vec::new();
            for name in names {
                let start = Instant::now();
                let log = target.join(format!("{name}.log"));
                let result = run(name, &log);
                let said = fs::read_to_string(&log).unwrap_or_default();
                let failed = result.is_err();
                ended.push(Ended { name, time: start.elapsed(), result, said });
                if failed {
                    break;
                }
            }
            ended
        }))
    }

    /// Waits for the end of the last one.
    pub(crate) fn finish(self) -> Result<Vec<Ended>, String> {
        self.0.join().map_err(|_| "the thread of the steps beside panicked".to_owned())
    }
}

fn run(name: &str, log: &Path) -> Result<(), String> {
    let at = |error: std::io::Error| format!("{}: {error}", log.display());
    let program = std::env::current_exe().map_err(|error| format!("this program's path: {error}"))?;
    let out = File::create(log).map_err(at)?;
    let errors = out.try_clone().map_err(at)?;
    let mut command = Command::new("nice");
    command.args(["-n", NICENESS]).arg(program).arg(name);
    let ended = command.stdin(Stdio::null()).stdout(out).stderr(errors).status();
    match ended {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("it ended with {status}")),
        Err(error) => Err(format!("it could not be started: {error}")),
    }
}
