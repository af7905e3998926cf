//! `unit`: the Rust tests alone, which need no network and no other program.

use crate::process::{cargo, run as run_process};
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<(), String> {
    run_process(cargo(workspace, &["test", "--locked"]).args(arguments))
}
