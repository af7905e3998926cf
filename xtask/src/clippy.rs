//! `clippy`: lints on every target of every crate, warnings denied.

use crate::process::{cargo, run as run_process};
use crate::workspace::Workspace;

const ARGUMENTS: [&str; 7] = ["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"];

pub(crate) fn run(workspace: &Workspace, _: &[String]) -> Result<(), String> {
    run_process(&mut cargo(workspace, &ARGUMENTS))
}
