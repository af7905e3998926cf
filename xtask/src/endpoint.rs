//! `endpoint`: the real programs against an emulated AWS that is a real HTTP endpoint.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{build_programs, cargo, find, run as run_process, succeeds};
use crate::stamp::install_once;
use crate::workspace::Workspace;

/// How many tests run at once: they wait far more than they compute.
const PARALLEL_TESTS: &str = "8";

/// Keeps the emulator so busy that tests beside it, which look at the time, would fail: it runs alone, after them.
const HEAVY_TEST: &str = "five_thousand_jobs";

const NO_PYTHON: &str =
    "the emulator needs python3 with its venv module; on Debian: apt-get install python3 python3-venv";

/// Arguments go to `cargo test`, as the name of a test to run alone.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<(), String> {
    let emulator = emulator(workspace)?;
    build_programs(workspace)?;
    let run_tests = |arguments: &[&str]| {
        let mut tests =
            cargo(workspace, &["test", "--locked", "--package", "endpoint", "--test", "endpoint"]);
        tests
            .args(arguments)
            .env("KEYLEASE_MINISTACK", &emulator)
            .env("KEYLEASE_PROGRAMS", workspace.programs())
            .env("RUST_TEST_THREADS", PARALLEL_TESTS);
        run_process(&mut tests)
    };
    if !arguments.is_empty() {
        return run_tests(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    }
    run_tests(&["--", "--skip", HEAVY_TEST])?;
    run_tests(&[HEAVY_TEST])
}

/// The emulator's program, installed into a Python environment of its own under the target folder.
pub(crate) fn emulator(workspace: &Workspace) -> Result<PathBuf, String> {
    let folder = workspace.target().join("ministack-env");
    let requirements = workspace.root().join("endpoint/requirements.txt");
    install_once(&folder, &requirements, || install(&folder, &requirements))?;
    Ok(folder.join("bin/ministack"))
}

fn install(folder: &Path, requirements: &Path) -> Result<(), String> {
    let python = find(&["python3"]).ok_or(NO_PYTHON)?;
    if !succeeds(Command::new(&python).args(["-c", "import ensurepip, venv"])) {
        return Err(String::from(NO_PYTHON));
    }
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|error| format!("{} stays: {error}", folder.display()))?;
    }
    run_process(Command::new(&python).args(["-m", "venv"]).arg(folder))?;
    let pip = ["install", "--quiet", "--disable-pip-version-check", "--requirement"];
    run_process(Command::new(folder.join("bin/pip")).args(pip).arg(requirements))
}
