//! `simulate`: the real handlers under a seeded schedule of faults. Arguments go to the program `simulate`.

use crate::process::{cargo, run as run_process};
use crate::workspace::Workspace;

/// Random histories that `cargo xtask test` plays; each takes about a quarter of a second of one core.
const HISTORIES: &str = "100";

/// Plays what the arguments say; a short run when there are none.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<(), String> {
    let mut play =
        cargo(workspace, &["run", "--locked", "--package", "simulation", "--bin", "simulate", "--"]);
    if arguments.is_empty() {
        play.args(["--histories", HISTORIES]);
    }
    run_process(play.args(arguments))
}
