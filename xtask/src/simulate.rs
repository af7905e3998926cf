//! `simulate`: the real handlers under a seeded schedule of faults.

use crate::mutants;
use crate::process::{cargo, checking, run as run_process};
use crate::workspace::{CHECKS, Workspace};

/// Plays what the arguments say. Without any, the tests: every single fault, and 2,000 random histories.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<(), String> {
    match arguments {
        [] => {
            let tests = ["--package", "simulation", "--lib", "--bins", "--tests"];
            run_process(checking(workspace, "test").args(tests))
        }
        [first, names @ ..] if first == "--mutants" => mutants::run(workspace, names),
        [first, rest @ ..] if first == "--optimised" => play(workspace, "simulation", rest),
        _ => play(workspace, CHECKS, arguments),
    }
}

/// Plays what the arguments say, by the program that this profile builds.
fn play(workspace: &Workspace, profile: &str, arguments: &[String]) -> Result<(), String> {
    let run = ["run", "--locked", "--profile", profile, "--package", "simulation", "--bin", "simulate", "--"];
    run_process(cargo(workspace, &run).args(arguments))
}
