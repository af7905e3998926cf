//! `fmt`: the code is formatted.

use crate::process::{cargo, run as run_process};
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace, _: &[String]) -> Result<(), String> {
    run_process(&mut cargo(workspace, &["fmt", "--all", "--check"]))
        .map_err(|why| format!("{why}; `cargo fmt --all` puts it right"))
}
