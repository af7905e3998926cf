//! What all checks found, as it is shown.

use doctor::{Finding, Outcome};
use domain::text::count;
use serde::Serialize;

use super::canary::Canary;
use crate::failure::Failure;
use crate::terminal::{Shown, Terminal};

#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) checks: Vec<Finding>,
    pub(super) canary: Option<Canary>,
}

impl Report {
    /// How many things are broken.
    pub(super) fn failed(&self) -> usize {
        self.count(Outcome::Fail)
    }

    fn count(&self, outcome: Outcome) -> usize {
        self.checks.iter().filter(|finding| finding.outcome == outcome).count()
    }

    /// A system with something broken in it is a failure of the command, and so is a canary that failed.
    pub(super) fn exit_status(&self, canary_wanted: bool) -> Result<(), Failure> {
        if self.failed() == 0 {
            return self.canary.as_ref().map_or(Ok(()), Canary::exit_status);
        }
        let broken = count(self.failed(), "check");
        let left_out = if canary_wanted { ", so no canary was made" } else { "" };
        Err(Failure::new(format!("{broken} failed{left_out}"))
            .hint("fix what is marked FAIL, and run keylease doctor again"))
    }
}

impl Shown for Report {
    fn text(&self, terminal: &Terminal) -> String {
        let width = self.checks.iter().map(|finding| finding.check.chars().count()).max().unwrap_or(0);
        let mut lines = Vec::new();
        for Finding { check, outcome, detail, fix } in &self.checks {
            let mark = match outcome {
                Outcome::Ok => terminal.green("ok  "),
                Outcome::Warn => terminal.bold("warn"),
                Outcome::Fail => terminal.red("FAIL"),
            };
            lines.push(format!("{mark}  {check:<width$}  {detail}"));
            lines.extend(fix.iter().map(|fix| format!("      {:<width$}  fix: {fix}", "")));
        }
        let (ok, warn) = (self.count(Outcome::Ok), self.count(Outcome::Warn));
        lines.push(format!("\n{ok} ok, {warn} to look at, {} failed", self.failed()));
        lines.extend(self.canary.iter().map(|canary| format!("\n{}", canary.text(terminal))));
        lines.join("\n")
    }
}
