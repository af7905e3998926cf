//! What lies in the dead-letter queues, for people and as JSON.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use domain::replay::PreviewContext;
use domain::text::{count, short};
use serde::Serialize;

use crate::commands::dlq::entry::Entry;
use crate::commands::dlq::names::{Found, Source};
use crate::commands::dlq::read::{DlqContents, READ_MAX};
use crate::commands::dlq::requests::Requests;
use crate::failure::Failure;
use crate::terminal::{Shown, Terminal};

#[derive(Debug, Serialize)]
pub(super) struct Listing {
    pub(super) queues: Vec<Section>,
}

#[derive(Debug, Default, Serialize)]
pub(super) struct Section {
    queue: &'static str,
    /// The dead-letter queue's name; absent where there is none.
    dlq: Option<String>,
    found: u64,
    /// Whether these are all.
    complete: bool,
    /// Messages that somebody else holds at this moment.
    held_by_others: u64,
    /// How many there are for each reason.
    reasons: BTreeMap<String, u64>,
    /// Oldest first.
    messages: Vec<Entry>,
    /// Why it could not be read, or not to its end.
    error: Option<String>,
}

impl Section {
    pub(super) fn unopened(source: Source, error: String) -> Self {
        Self { queue: source.as_str(), error: Some(error), ..Self::default() }
    }

    pub(super) fn read(
        found: &Found,
        contents: DlqContents,
        requests: &Requests,
        at: PreviewContext,
    ) -> Self {
        let dead_jobs = contents.dead_jobs.into_iter();
        let mut messages: Vec<Entry> =
            dead_jobs.map(|dead_job| dead_job.entry(found, requests, at)).collect();
        messages.sort_by_key(|entry| entry.sent_at);
        let mut reasons = BTreeMap::new();
        for entry in &messages {
            *reasons.entry(entry.reason.clone()).or_default() += 1;
        }
        Self {
            queue: found.source.as_str(),
            dlq: Some(found.dlq.name().to_owned()),
            found: messages.len() as u64,
            complete: contents.complete,
            held_by_others: contents.held_by_others,
            reasons,
            messages,
            error: contents.failed.map(|error| error.to_string()),
        }
    }

    fn lines(&self, terminal: &Terminal) -> Vec<String> {
        let more = if self.complete { "" } else { " or more" };
        let place = self.dlq.as_ref().map(|dlq| format!(" in {dlq}")).unwrap_or_default();
        let mut lines = vec![match (self.found, &self.error) {
            (0, Some(_)) => terminal.bold(&format!("{}: not read{place}", self.queue)),
            (0, None) if self.complete => format!("{}: no messages{place}", self.queue),
            (found, _) => terminal.bold(&format!("{}: {}{more}{place}", self.queue, count(found, "job"))),
        }];
        lines.extend(self.error.iter().map(|error| format!("  {} {error}", terminal.red("error:"))));
        if self.held_by_others > 0 {
            let held = self.held_by_others;
            lines.push(format!(
                "  about {held} more are held by another reader just now, or by one that was killed"
            ));
        }
        let mut reasons: Vec<(&String, &u64)> = self.reasons.iter().collect();
        reasons.sort_by_key(|(_, count)| Reverse(**count));
        for (reason, jobs) in reasons {
            lines.push(String::new());
            lines.push(terminal.bold(&format!("{} ({})", short(reason), count(*jobs, "job"))));
            let of_it = self.messages.iter().filter(|entry| entry.reason == *reason);
            lines.extend(of_it.flat_map(|entry| entry.lines(terminal)));
        }
        lines
    }
}

impl Listing {
    pub(super) fn exit_status(&self) -> Result<(), Failure> {
        let failed: Vec<String> = self
            .queues
            .iter()
            .filter_map(|queue| Some(format!("{}: {}", queue.queue, queue.error.as_ref()?)))
            .collect();
        if !failed.is_empty() {
            return Err(Failure::new("not every dead-letter queue could be read")
                .because(failed.join("\n"))
                .hint("what was read is visible again; each queue that could not be read says why"));
        }
        match self.queues.iter().find(|queue| !queue.complete) {
            Some(queue) => Err(Failure::new(format!("there may be more in {} than is shown", queue.queue))
                .hint(format!("a reading ends after {READ_MAX} messages, or when it is stopped; replay or drop some and list again"))),
            None => Ok(()),
        }
    }
}

impl Shown for Listing {
    fn text(&self, terminal: &Terminal) -> String {
        let queues: Vec<String> = self.queues.iter().map(|queue| queue.lines(terminal).join("\n")).collect();
        let apart = if self.queues.iter().any(|queue| queue.found > 0) { "\n\n" } else { "\n" };
        queues.join(apart)
    }
}
