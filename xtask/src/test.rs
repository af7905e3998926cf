//! `test`: every step that CI runs, in order, up to the first that fails.

use std::time::{Duration, Instant};

use crate::workspace::Workspace;

/// Cheap steps first, so that a slip is told before the long ones start.
const STEPS: [&str; 13] = [
    "setup",
    "fmt",
    "tidy",
    "clippy",
    "pulumi",
    "unit",
    "instructions",
    "doc",
    "simulate",
    "endpoint",
    "deployed",
    "loadtest",
    "browser",
];

pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<(), String> {
    if !arguments.is_empty() {
        return Err(String::from(
            "`test` takes no arguments; a step alone does, as in: cargo xtask unit NAME",
        ));
    }
    let mut times = Vec::new();
    let mut outcome = Ok(());
    for name in STEPS {
        println!("\n=== {name} ===");
        let start = Instant::now();
        let result = match crate::command(name) {
            Some(step) => (step.run)(workspace, &[]),
            None => Err(String::from("there is no such command")),
        };
        times.push((name, start.elapsed()));
        if let Err(why) = result {
            outcome = Err(format!("the step `{name}` failed: {why}. To run just it: cargo xtask {name}"));
            break;
        }
    }
    print!("\n{}", table(&times));
    outcome
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
    fn every_step_is_a_command() {
        assert!(STEPS.iter().all(|name| crate::command(name).is_some()));
    }

    #[test]
    fn the_table_ends_with_the_sum() {
        let text = table(&[("fmt", Duration::from_millis(1500)), ("unit", Duration::from_secs(10))]);
        assert_eq!(
            text,
            "step        seconds\nfmt             1.5\nunit           10.0\ntotal          11.5\n"
        );
    }
}
