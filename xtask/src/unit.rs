//! `unit`: the Rust tests alone, which need no network and no other program.

use crate::process::{checking, run as run_process};
use crate::workspace::Workspace;

/// Not the examples in documentation: there are none (`tidy` sees to it), and to look for them compiles each crate once more.
const ARGUMENTS: [&str; 3] = ["--lib", "--bins", "--tests"];

pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<(), String> {
    run_process(checking(workspace, "test").args(ARGUMENTS).args(arguments))
}
