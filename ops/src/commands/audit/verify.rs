//! `keylease audit verify`: is every event still there, as it was written?

use std::path::Path;

use aws::dynamodb::StoreError;
use domain::Request;
use domain::audit::verify;
use domain::text::count;
use serde::Serialize;

use super::against::{Against, Found};
use crate::commands::scan::each_record;
use crate::env::Env;
use crate::failure::Failure;
use crate::terminal::{Shown, Terminal};

/// Faults that are shown one by one; more are counted only.
const FAULTS_SHOWN_MAX: usize = 1_000;

#[derive(Debug, Default, Serialize)]
struct Report {
    requests: u64,
    events: u64,
    /// Events from before there was a chain, which nothing but an export proves.
    events_before_the_chain: u64,
    /// Events of the earlier export, where one was given.
    events_compared: Option<u64>,
    faults: u64,
    found: Vec<Found>,
}

pub(super) async fn run(against: Option<&Path>, as_json: bool, env: &Env) -> Result<(), Failure> {
    let mut report = Report::default();
    let mut earlier = against.map(|path| Against::read(path, |found| report.add(found))).transpose()?;
    report.events_compared = earlier.as_ref().map(|earlier| earlier.events);
    let looked = each_record(env, |record| {
        report.look(record, earlier.as_mut());
        Ok(())
    })
    .await;
    if looked.is_ok() {
        earlier.into_iter().flat_map(Against::missing).for_each(|found| report.add(found));
    }
    if looked.is_ok() || report.faults > 0 {
        env.terminal.show(&report, as_json)?;
    }
    looked?;
    if report.faults == 0 {
        return Ok(());
    }
    Err(Failure::new("the audit trail is not as it was written")
        .hint("docs/audit.md says what each of these means, and how to find out who wrote the table"))
}

impl Report {
    fn look(&mut self, record: Result<Request, StoreError>, earlier: Option<&mut Against>) {
        let request = match record {
            Ok(request) => request,
            Err(error) => {
                let key = error.key().unwrap_or_default();
                if let Some(earlier) = earlier {
                    earlier.leave_out(key);
                }
                return self.add(Found::new(key, None, "unreadable", error.to_string()));
            }
        };
        let id = request.request_id.as_str();
        let verified = verify(&request);
        self.requests += 1;
        self.events += request.audit.history.len() as u64;
        self.events_before_the_chain += verified.before_the_chain as u64;
        for fault in verified.faults {
            self.add(Found::new(id, fault.place(), fault.kind(), fault.to_string()));
        }
        for found in earlier.into_iter().flat_map(|earlier| earlier.compare(&request)) {
            self.add(found);
        }
    }

    fn add(&mut self, found: Found) {
        self.faults += 1;
        if self.found.len() < FAULTS_SHOWN_MAX {
            self.found.push(found);
        }
    }
}

impl Shown for Report {
    fn text(&self, terminal: &Terminal) -> String {
        let mut lines: Vec<String> = self
            .found
            .iter()
            .map(|found| format!("{}: {}.", terminal.bold(&found.request_id), found.what))
            .collect();
        let shown = self.found.len() as u64;
        if self.faults > shown {
            lines.push(format!("… and {} more.", self.faults - shown));
        }
        let compared = match self.events_compared {
            None => String::new(),
            Some(events) => format!(", {} compared with the export", count(events, "event")),
        };
        let old = match self.events_before_the_chain {
            0 => String::new(),
            events => format!(", {events} of them from before the chain"),
        };
        let looked = format!(
            "{} with {}{old}{compared}",
            count(self.requests, "request"),
            count(self.events, "event")
        );
        let well = match self.events_before_the_chain {
            0 => "everything is as it was written",
            _ => "what is chained is as it was written",
        };
        lines.push(match self.faults {
            0 => format!("{looked}: {}.", terminal.green(well)),
            faults => format!("{looked}: {}.", terminal.red(&count(faults, "fault"))),
        });
        lines.join("\n")
    }
}
