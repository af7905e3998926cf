//! `test`: every step that CI runs, in order, up to the first that fails.

use std::time::{Duration, Instant};

use crate::workspace::Workspace;
use crate::{
    browser, clippy, deployed, doc, endpoint, fmt, instructions, loadtest, pulumi, setup, simulate, tidy,
    unit,
};

/// One step: its command's name, and what it runs.
type Step = (&'static str, fn(&Workspace, &[String]) -> Result<(), String>);

/// Cheap steps first, so that a slip is told before the long ones start.
const STEPS: [Step; 13] = [
    ("setup", setup::run),
    ("fmt", fmt::run),
    ("tidy", tidy::run),
    ("clippy", clippy::run),
    ("pulumi", pulumi::run),
    ("unit", unit::run),
    ("instructions", instructions::run),
    ("doc", doc::run),
    ("simulate", simulate::run),
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
    let mut times = Vec::new();
    let mut outcome = Ok(());
    for (name, step) in STEPS {
        println!("\n=== {name} ===");
        let start = Instant::now();
        let result = step(workspace, &[]);
        times.push((name, start.elapsed()));
        if let Err(why) = result {
            outcome = Err(format!("the step `{name}` failed: {why}. To run just it: cargo xtask {name}"));
            break;
        }
    }
    print!("\n{}", table(&times));
    outcome
}

/// The names of all steps, in order.
#[cfg(test)]
pub(crate) fn step_names() -> impl Iterator<Item = &'static str> {
    STEPS.into_iter().map(|(name, _)| name)
}

fn table(times: &[(&str, Duration)]) -> String {
    let total = times.iter().map(|(_, time)| *time).sum();
    let rows = times.iter().copied().chain([("total", total)]);
    rows.fold(String::from("step        seconds\n"), |text, (name, time)| {
        format!("{text}{name:<12}{:>7.1}\n", time.as_secs_f64())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_ends_with_the_sum() {
        let text = table(&[("fmt", Duration::from_millis(1500)), ("unit", Duration::from_secs(10))]);
        assert_eq!(
            text,
            "step        seconds\nfmt             1.5\nunit           10.0\ntotal          11.5\n"
        );
    }
}
