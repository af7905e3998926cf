//! `simulate`: the real handlers under a seeded schedule of faults.

use crate::mutants;
use crate::process::{cargo, run as run_process};
use crate::workspace::Workspace;

/// Plays what the arguments say. Without any, the tests: every single fault, and 2,000 random histories.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<(), String> {
    match arguments {
        [] => {
            let test = ["test", "--locked", "--package", "simulation", "--lib", "--bins", "--tests"];
            run_process(&mut cargo(workspace, &test))
        }
        [first, names @ ..] if first == "--mutants" => mutants::run(workspace, names),
        [first, rest @ ..] if first == "--optimised" => play(workspace, "simulation", rest),
        _ => play(workspace, "dev", arguments),
    }
}

/// Plays what the arguments say, by the program that this profile builds.
fn play(workspace: &Workspace, profile: &str, arguments: &[String]) -> Result<(), String> {
    let run = ["run", "--locked", "--profile", profile, "--package", "simulation", "--bin", "simulate", "--"];
    run_process(cargo(workspace, &run).args(arguments))
}
