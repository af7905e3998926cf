//! Programs that come from Python's registry, in an environment of their own under the target folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{find, run as run_process, succeeds};
use crate::stamp::install_once;

const NO_PYTHON: &str = "this needs python3 with its venv module; `cargo xtask setup` brings it";

/// Installs what `requirements` names into `folder`, unless it is there already; the folder of its programs.
pub(crate) fn environment(folder: &Path, requirements: &Path) -> Result<PathBuf, String> {
    install_once(folder, requirements, || install(folder, requirements))?;
    Ok(folder.join("bin"))
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
