//! `loadtest`: each scenario of the load test, short, on the programs that the checks have built anyway. It shows that
//! what was acknowledged is on its queue; its times say nothing.

use std::process::Command;

use crate::process::{build_programs, run as run_process};
use crate::workspace::Workspace;

const SCENARIOS: [&str; 4] = ["ack", "cold", "lifecycle", "storm"];

/// Arguments are the scenarios to run, in place of all.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<(), String> {
    build_programs(workspace)?;
    let chosen: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let chosen = if chosen.is_empty() { &SCENARIOS[..] } else { &chosen };
    for scenario in chosen {
        let mut loadtest = Command::new(workspace.programs().join("loadtest"));
        loadtest.args([scenario, "--short", "--bin-dir"]).arg(workspace.programs());
        run_process(&mut loadtest)?;
    }
    Ok(())
}
