//! How far long work is: a bar on a terminal, nothing elsewhere.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::terminal::Terminal;

/// A progress bar, gone when it is dropped.
#[derive(Debug)]
pub struct Progress(ProgressBar);

impl Progress {
    /// For so many steps of `what`.
    #[must_use]
    pub fn of(terminal: &Terminal, steps: u64, what: &'static str) -> Self {
        Self::with(terminal, Some(steps.max(1)), what, "{bar:32} {pos}/{len} {msg}  {eta} left")
    }

    /// For nobody knows how many steps of `what`.
    #[must_use]
    pub fn counting(terminal: &Terminal, what: &'static str) -> Self {
        Self::with(terminal, None, what, "{spinner} {pos} {msg}")
    }

    fn with(terminal: &Terminal, steps: Option<u64>, what: &'static str, template: &str) -> Self {
        let target =
            if terminal.is_watched() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(steps, target).with_message(what);
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// One step more.
    pub fn step(&self) {
        self.0.inc(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
