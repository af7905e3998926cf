//! `deny`: licences, banned crates, sources and advisories, by `cargo deny` where it is installed.

use crate::process::{cargo, run as run_process, succeeds};
use crate::workspace::Workspace;

const MISSING: &str = "cargo-deny is not installed; `cargo install --locked cargo-deny` installs it";

/// Arguments are the checks to run, all of them when there are none.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<(), String> {
    if !succeeds(&mut cargo(workspace, &["deny", "--version"])) {
        return Err(String::from(MISSING));
    }
    run_process(cargo(workspace, &["deny", "--locked", "check"]).args(arguments))
}
