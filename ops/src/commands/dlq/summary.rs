//! What a replay did, for people and as JSON.

use std::collections::BTreeMap;

use domain::replay::{Effect, ReplayPreview};
use domain::text::count;
use serde::Serialize;

use super::names::where_to_look;
use crate::failure::Failure;
use crate::terminal::{Shown, Terminal};

/// Failures that are named one by one, at most.
const NAMED_MAX: usize = 20;

#[derive(Debug, Default, Serialize)]
pub(super) struct Replayed {
    pub(super) queue: &'static str,
    pub(super) dlq: String,
    pub(super) dry_run: bool,
    /// Jobs that were put on their queue again, or would be.
    pub(super) sent: u64,
    /// Messages that are not jobs, and were not named.
    pub(super) skipped: u64,
    /// Messages that still lie there and were not looked at, or were dead-lettered since the replay began.
    pub(super) left: u64,
    /// Messages that could not be sent.
    pub(super) failed: u64,
    /// Of those sent, messages that could not be removed here: they will be sent once more.
    pub(super) not_removed: u64,
    /// Of those sent, jobs that change nothing.
    pub(super) no_ops: u64,
    /// What those that were sent come to.
    pub(super) effects: Vec<Tally>,
    /// Messages that were asked for and are not there.
    pub(super) not_found: Vec<String>,
    /// Messages that somebody else holds at this moment.
    pub(super) held_by_others: u64,
    pub(super) interrupted: bool,
    /// What went wrong, the first of it.
    pub(super) problems: Vec<String>,
    #[serde(skip)]
    pub(super) counted: BTreeMap<(Effect, String), u64>,
}

/// So many jobs come to this.
#[derive(Debug, Serialize)]
pub(super) struct Tally {
    effect: Effect,
    #[serde(rename = "does")]
    summary: String,
    jobs: u64,
}

impl Replayed {
    pub(super) fn count(&mut self, preview: ReplayPreview) {
        self.sent += 1;
        self.no_ops += u64::from(preview.effect == Effect::Nothing);
        *self.counted.entry((preview.effect, preview.summary)).or_default() += 1;
    }

    pub(super) fn problem(&mut self, what: String) {
        if self.problems.len() < NAMED_MAX {
            self.problems.push(what);
        }
    }

    /// Adds up, when everything is counted: what most jobs come to is first.
    pub(super) fn add_up(&mut self) {
        let counted = std::mem::take(&mut self.counted);
        self.effects =
            counted.into_iter().map(|((effect, summary), jobs)| Tally { effect, summary, jobs }).collect();
        self.effects.sort_by_key(|tally| std::cmp::Reverse(tally.jobs));
    }

    /// Whether it did all that was asked for.
    pub(super) fn exit_status(&self) -> Result<(), Failure> {
        let what = if !self.not_found.is_empty() {
            format!("not found in {}: {}", self.dlq, self.not_found.join(", "))
        } else if self.interrupted {
            "the replay was stopped before its end".to_owned()
        } else if self.failed > 0 {
            format!("not sent back, and still in {}: {}", self.dlq, count(self.failed, "job"))
        } else if self.not_removed > 0 {
            format!("sent, but not removed from {}: {}", self.dlq, count(self.not_removed, "job"))
        } else if self.problems.is_empty() {
            return Ok(());
        } else {
            "the replay could not go on".to_owned()
        };
        let mut failure = Failure::new(what);
        if !self.problems.is_empty() {
            failure = failure.because(self.problems.join("\n"));
        }
        Err(if self.not_found.is_empty() {
            failure.hint("run it again to go on: nothing is lost, and a job that is sent twice does no harm")
        } else {
            failure.hint(where_to_look(self.queue, self.held_by_others))
        })
    }
}

impl Shown for Replayed {
    fn text(&self, terminal: &Terminal) -> String {
        let done = if self.dry_run { "would be sent back" } else { "sent back" };
        let counts = [(self.skipped, "skipped"), (self.left, "left"), (self.failed, "failed")];
        let counts = counts.map(|(count, what)| format!("{count} {what}"));
        let headline = format!("{}: {} {done}, {}", self.queue, count(self.sent, "job"), counts.join(", "));
        let mut lines = vec![terminal.bold(&headline)];
        lines.extend(self.effects.iter().map(|tally| format!("  {:>5}  {}", tally.jobs, tally.summary)));
        if self.sent > 0 {
            let verb = if self.dry_run { "would change" } else { "change" };
            lines.push(format!("{} of {} {verb} nothing.", self.no_ops, count(self.sent, "job")));
        }
        if self.skipped > 0 {
            lines.push(format!(
                "Skipped: what is not a job would only come back. See it with: keylease dlq list {}; send it with --id, \
                 or remove it with: keylease dlq drop {}",
                self.queue, self.queue
            ));
        }
        if self.left > 0 && !self.interrupted {
            lines.push("Left: dead-lettered since the replay began, or not read any more.".to_owned());
        }
        if self.held_by_others > 0 {
            lines.push(format!(
                "About {} more are held by another reader, or by one that was killed: run it again in two minutes.",
                self.held_by_others
            ));
        }
        lines.join("\n")
    }
}
