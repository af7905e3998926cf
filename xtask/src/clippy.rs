//! `clippy`: lints on every target of every crate, warnings denied.

use crate::process::{checking, run as run_process};
use crate::workspace::Workspace;

const ARGUMENTS: [&str; 5] = ["--workspace", "--all-targets", "--", "-D", "warnings"];

pub(crate) fn run(workspace: &Workspace, _: &[String]) -> Result<(), String> {
    run_process(checking(workspace, "clippy").args(ARGUMENTS))
}
