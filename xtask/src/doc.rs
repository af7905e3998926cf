//! `doc`: the documentation of the project's own crates builds, private items too, warnings denied.

use crate::process::{checking, run as run_process};
use crate::workspace::Workspace;

const ARGUMENTS: [&str; 3] = ["--workspace", "--no-deps", "--document-private-items"];

pub(crate) fn run(workspace: &Workspace, _: &[String]) -> Result<(), String> {
    run_process(checking(workspace, "doc").args(ARGUMENTS).env("RUSTDOCFLAGS", "-D warnings"))
}
