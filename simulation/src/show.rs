//! How far it is: a bar on a terminal, a line now and then elsewhere; and what came of it.

use std::io::IsTerminal;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use simulation::many::Tally;

/// Where there is no terminal, a line comes this often.
const LINE_EVERY: Duration = Duration::from_secs(10);
/// Failing histories that are listed after the first, at most.
const LISTED_MAX: usize = 20;

/// Shows how far a run is.
pub(crate) struct Meter {
    bar: ProgressBar,
    started: Instant,
    by_time: bool,
    /// When the last line was written, where there is no terminal.
    last_line: Mutex<Instant>,
}

impl Meter {
    /// For so many histories.
    pub(crate) fn of_histories(histories: u64) -> Self {
        Self::new(histories, false)
    }

    /// For so long.
    pub(crate) fn of_time(time: Duration) -> Self {
        Self::new(time.as_secs(), true)
    }

    fn new(length: u64, by_time: bool) -> Self {
        // It draws nothing where standard error is no terminal.
        let bar = ProgressBar::new(length);
        let unit = if by_time { "s" } else { "histories" };
        let template = format!("{{bar:32}} {{pos}}/{{len}} {unit}  {{msg}}");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style);
        }
        Self { bar, started: Instant::now(), by_time, last_line: Mutex::new(Instant::now()) }
    }

    /// Brings it up to date.
    pub(crate) fn show(&self, tally: &Tally) {
        let position = if self.by_time { self.started.elapsed().as_secs() } else { tally.histories };
        self.bar.set_position(position);
        self.bar.set_message(summary(tally));
        let mut last = self.last_line.lock().unwrap_or_else(PoisonError::into_inner);
        if !std::io::stderr().is_terminal() && last.elapsed() >= LINE_EVERY {
            *last = Instant::now();
            eprintln!("{}", summary(tally));
        }
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

fn summary(tally: &Tally) -> String {
    let Tally { histories, calls, faults, failures, .. } = tally;
    format!("{histories} histories, {calls} calls, {faults} faults, {failures} failing")
}

/// Prints what came of a run, with the trace of the first failing history. Returns whether all held.
pub(crate) fn report(tally: &Tally) -> bool {
    let Some(first) = tally.failing.first() else {
        println!("{}: everything held", summary(tally));
        return true;
    };
    for line in &first.trace {
        println!("{line}");
    }
    println!("\n{}", summary(tally));
    for failing in tally.failing.iter().take(LISTED_MAX) {
        println!("{}\n    replay: cargo xtask simulate {}", failing.violation, failing.which);
    }
    false
}
