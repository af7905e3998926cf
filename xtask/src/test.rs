//! `test`: every step that CI runs, up to the first that fails.

use std::time::{Duration, Instant};

use crate::beside::Beside;
use crate::workspace::Workspace;
use crate::{browser, clippy, deployed, endpoint, fmt, loadtest, pulumi, setup, tidy};

/// One step: its command's name, and what it runs.
type Step = (&'static str, fn(&Workspace, &[String]) -> Result<(), String>);

/// Cheap steps first, so that a slip is told before the long ones start.
const FIRST: [Step; 4] =
    [("setup", setup::run), ("fmt", fmt::run), ("tidy", tidy::run), ("clippy", clippy::run)];

/// They compute all the time, while the steps of `WAITING` mostly wait: so they run beside them.
const COMPUTING: [&str; 4] = ["unit", "instructions", "doc", "simulate"];

/// They start real programs and wait for them; the first needs none, and runs while the programs are built.
const WAITING: [Step; 5] = [
    ("pulumi", pulumi::run),
    ("endpoint", endpoint::run),
    ("deployed", deployed::run),
    ("loadtest", loadtest::run),
    ("browser", browser::run),
];

pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<(), String> {
    if !arguments.is_empty() {
        return Err(String::from(
            "`test` takes no arguments; a step alone does, as in: cargo xtask unit NAME",
        ));
    }
    let start = Instant::now();
    let mut times = Vec::new();
    let outcome = all(workspace, &mut times);
    print!("\n{}", table(&times, start.elapsed()));
    outcome
}

fn all(workspace: &Workspace, times: &mut Vec<(&'static str, Duration)>) -> Result<(), String> {
    in_order(workspace, &FIRST, times)?;
    println!("\n=== {}, beside what follows; their output comes at the end ===", COMPUTING.join(", "));
    let computing = Beside::start(workspace, &COMPUTING);
    let waited = in_order(workspace, &WAITING, times);
    // Also after a failure: nothing goes on behind a run that is over, and both are worth knowing.
    let computed = computing.finish()?.into_iter().map(|step| {
        println!("\n=== {} ===\n{}", step.name, step.said);
        times.push((step.name, step.time));
        step.result.map_err(|why| failed(step.name, &why))
    });
    computed.fold(waited, Result::and)
}

fn in_order(
    workspace: &Workspace,
    steps: &[Step],
    times: &mut Vec<(&'static str, Duration)>,
) -> Result<(), String> {
    for (name, step) in steps {
        println!("\n=== {name} ===");
        let start = Instant::now();
        let result = step(workspace, &[]);
        times.push((name, start.elapsed()));
        result.map_err(|why| failed(name, &why))?;
    }
    Ok(())
}

fn failed(name: &str, why: &str) -> String {
    format!("the step `{name}` failed: {why}. To run just it: cargo xtask {name}")
}

/// The names of all steps, in order.
#[cfg(test)]
pub(crate) fn step_names() -> impl Iterator<Item = &'static str> {
    let steps = FIRST.into_iter().chain(WAITING);
    steps.map(|(name, _)| name).chain(COMPUTING)
}

/// The total is what the clock says: less than the sum, where steps ran side by side.
fn table(times: &[(&str, Duration)], total: Duration) -> String {
    let rows = times.iter().copied().chain([("total", total)]);
    rows.fold(String::from("step        seconds\n"), |text, (name, time)| {
        format!("{text}{name:<12}{:>7.1}\n", time.as_secs_f64())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_ends_with_the_clock() {
        let times = [("fmt", Duration::from_millis(1500)), ("unit", Duration::from_secs(10))];
        assert_eq!(
            table(&times, Duration::from_secs(11)),
            "step        seconds\nfmt             1.5\nunit           10.0\ntotal          11.0\n"
        );
    }
}
