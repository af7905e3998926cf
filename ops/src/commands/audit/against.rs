//! `--against`: an earlier export, read from its file, and what the table does not have as the export does.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use domain::Request;
use domain::audit::{EarlierExport, Exported, Missing, Place};
use domain::text::count;
use serde::Serialize;

use crate::failure::Failure;

/// Longest line of an export, in bytes: a record has at most 400 KB, and JSON writes some characters as six.
const LINE_MAX_BYTES: u64 = 4 * 1024 * 1024;
/// Events of an earlier export at most; each takes about 200 bytes of memory.
const EVENTS_MAX: u64 = 5_000_000;

/// One thing that is not as Keylease wrote it.
#[derive(Debug, Serialize)]
pub(super) struct Found {
    pub(super) request_id: String,
    position: Option<u32>,
    event: Option<String>,
    /// A short, stable word.
    fault: &'static str,
    /// A sentence without its full stop.
    pub(super) what: String,
}

#[derive(Debug)]
pub(super) struct Against {
    file: String,
    export: EarlierExport,
    pub(super) events: u64,
}

impl Against {
    /// Reads an export whole, and reports which of its lines were edited.
    pub(super) fn read(path: &Path, mut found: impl FnMut(Found)) -> Result<Self, Failure> {
        let name = path.display().to_string();
        let unreadable = |error| Failure::new(format!("{name} cannot be read")).because(error);
        let mut file = BufReader::new(File::open(path).map_err(unreadable)?);
        let (mut export, mut events) = (EarlierExport::default(), 0);
        for number in 1_u64.. {
            let mut line = String::new();
            let read = (&mut file).take(LINE_MAX_BYTES).read_line(&mut line).map_err(unreadable)?;
            if read == 0 {
                break;
            }
            if line.trim().is_empty() {
                continue;
            }
            let event: Exported = serde_json::from_str(&line).map_err(|error| {
                Failure::new(format!("line {number} of {name} is not an exported event"))
                    .because(error)
                    .hint("--against takes what `keylease audit --format jsonl` wrote")
            })?;
            if let Some(place) = event.edited() {
                let what = format!(
                    "line {number} of {name}, {place}, was edited: its hash is not the hash of what it says"
                );
                found(Found::new(event.request_id.as_str(), Some(&place), "copy_edited", what));
            }
            export.keep(event);
            events += 1;
            if events > EVENTS_MAX {
                return Err(Failure::new(format!("{name} has more than {EVENTS_MAX} events"))
                    .hint("verify against one month's export at a time"));
            }
        }
        Ok(Self { file: name, export, events })
    }

    /// Which events of this record are not in it as the export has them.
    pub(super) fn compare(&mut self, request: &Request) -> Vec<Found> {
        let found = |missing| {
            let (place, fault, what) = match missing {
                Missing::Removed(place) => {
                    let what = format!("{place} is in {} and no longer in the record", self.file);
                    (place, "removed", what)
                }
                Missing::Replaced(place) => {
                    let what = format!("{place} is not what it was in {}", self.file);
                    (place, "replaced", what)
                }
            };
            Found::new(request.request_id.as_str(), Some(&place), fault, what)
        };
        self.export.compare(request).into_iter().map(found).collect()
    }

    /// A record that cannot be read cannot be compared.
    pub(super) fn leave_out(&mut self, request_id: &str) {
        self.export.leave_out(request_id);
    }

    /// What is left when every record was compared: requests that are not in the table any more.
    pub(super) fn missing(self) -> impl Iterator<Item = Found> {
        self.export.not_compared().map(move |(id, events)| {
            let events = count(events, "event");
            let what = format!("the whole request is gone from the table; {} has {events} of it", self.file);
            Found::new(id.as_str(), None, "request_removed", what)
        })
    }
}

impl Found {
    pub(super) fn new(request_id: &str, place: Option<&Place>, fault: &'static str, what: String) -> Self {
        Self {
            request_id: request_id.to_owned(),
            position: place.map(|place| place.position),
            event: place.map(|place| place.event.clone()),
            fault,
            what,
        }
    }
}
