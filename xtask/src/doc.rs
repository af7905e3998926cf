//! `doc`: the documentation of the project's own crates builds, private items too, warnings denied.

use crate::process::{cargo, run as run_process};
use crate::workspace::Workspace;

const ARGUMENTS: [&str; 5] = ["doc", "--locked", "--workspace", "--no-deps", "--document-private-items"];

pub(crate) fn run(workspace: &Workspace, _: &[String]) -> Result<(), String> {
    run_process(cargo(workspace, &ARGUMENTS).env("RUSTDOCFLAGS", "-D warnings"))
}
