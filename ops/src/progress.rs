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
        let target =
            if terminal.is_watched() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(steps), target).with_message(what);
        if let Ok(style) = ProgressStyle::with_template("{bar:32} {pos}/{len} {msg}  {eta} left") {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// For nobody knows how many steps of `what`.
    #[must_use]
    pub fn counting(terminal: &Terminal, what: &'static str) -> Self {
        let progress = Self::of(terminal, 0, what);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {pos} {msg}") {
            progress.0.set_style(style);
            progress.0.unset_length();
        }
        progress
    }

    /// One step more.
    pub fn step(&self) {
        self.0.inc(1);
    }

    /// Says what is going on.
    pub fn show(&self, what: String) {
        self.0.set_message(what);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
