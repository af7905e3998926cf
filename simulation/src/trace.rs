//! The trace of a history: one line for each thing that happened, the same for the same seed.

use domain::UnixSeconds;

use crate::clock::START;

/// What happened, in order.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    lines: Vec<String>,
    /// Long or random names, and what they are called here.
    names: Vec<(String, String)>,
}

impl Trace {
    /// Adds a line.
    pub(crate) fn note(&mut self, now: UnixSeconds, what: &str) {
        let what = self.short(what);
        self.lines.push(format!("{:>8}  {what}", clock(now)));
    }

    /// Calls something by a short name from now on.
    pub(crate) fn name(&mut self, long: &str, short: String) {
        if !self.names.iter().any(|(known, _)| known == long) {
            self.names.push((long.to_owned(), short));
        }
    }

    /// How many are called so with a number.
    pub(crate) fn names_like(&self, kind: &str) -> usize {
        self.names.iter().filter(|(_, short)| short.starts_with(kind)).count()
    }

    /// The text with short names for long ones.
    pub(crate) fn short(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (long, short) in &self.names {
            if text.contains(long.as_str()) {
                text = text.replace(long.as_str(), short);
            }
        }
        text
    }

    /// All of it.
    pub(crate) fn into_lines(self) -> Vec<String> {
        self.lines
    }
}

/// Time since the start: `1:02:03`.
fn clock(now: UnixSeconds) -> String {
    let seconds = now.seconds_since(START);
    format!("{}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}
