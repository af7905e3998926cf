//! An earlier export, kept where nobody could change it: what it says must still be there.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use domain::audit::{Place, digest};
use domain::history::Change;
use domain::{Request, RequestId};
use serde::Deserialize;

use super::found::Found;
use crate::failure::Failure;

/// Longest line of an export, in bytes: a record has at most 400 KB, and JSON writes some characters as six.
const LINE_MAX_BYTES: u64 = 4 * 1024 * 1024;
/// Events of an earlier export at most; each takes about 200 bytes of memory.
const EVENTS_MAX: u64 = 5_000_000;

/// An earlier export.
#[derive(Debug, Default)]
pub(super) struct Copy {
    /// Where it came from.
    name: String,
    by_request: BTreeMap<RequestId, Vec<Kept>>,
    /// Events in it.
    pub(super) events: u64,
}

/// What is kept of one event: enough to know it again.
#[derive(Debug)]
struct Kept {
    position: u32,
    event: String,
    print: Print,
}

/// What tells an event from every other one.
#[derive(Debug, PartialEq, Eq)]
enum Print {
    /// Its hash.
    Chained(String),
    /// Of one from before the chain, a hash over what it says.
    Unchained(String),
}

#[derive(Deserialize)]
struct Exported {
    request_id: RequestId,
    #[serde(flatten)]
    change: Change,
}

impl Copy {
    /// Reads an export whole, and says which of its lines were edited.
    pub(super) fn read(path: &Path, mut found: impl FnMut(Found)) -> Result<Self, Failure> {
        let name = path.display().to_string();
        let unreadable = |error| Failure::new(format!("{name} cannot be read")).because(error);
        let mut file = BufReader::new(File::open(path).map_err(unreadable)?);
        let mut copy = Self { name: name.clone(), ..Self::default() };
        for number in 1_u64.. {
            let mut line = String::new();
            let read = (&mut file).take(LINE_MAX_BYTES).read_line(&mut line).map_err(unreadable)?;
            if read == 0 {
                break;
            }
            if line.trim().is_empty() {
                continue;
            }
            let Exported { request_id, change } = serde_json::from_str(&line).map_err(|error| {
                Failure::new(format!("line {number} of {name} is not an exported event"))
                    .because(error)
                    .hint("--against takes what `keylease audit --format jsonl` wrote")
            })?;
            if let Some(fault) = edited(&request_id, &change, number, &name) {
                found(fault);
            }
            copy.keep(request_id, change)?;
        }
        Ok(copy)
    }

    fn keep(&mut self, request_id: RequestId, change: Change) -> Result<(), Failure> {
        self.events += 1;
        if self.events > EVENTS_MAX {
            return Err(Failure::new(format!("{} has more than {EVENTS_MAX} events", self.name))
                .hint("verify against one month's export at a time"));
        }
        let print = Print::of(&request_id, change.position, &change);
        let kept = Kept { position: change.position, event: change.event, print };
        self.by_request.entry(request_id).or_default().push(kept);
        Ok(())
    }

    /// Takes a record's events out of the copy, and says which of them are not in the record as they were.
    pub(super) fn compare(&mut self, request: &Request) -> Vec<Found> {
        let id = &request.request_id;
        let kept = self.by_request.remove(id).unwrap_or_default();
        let fault = |kept: Kept| {
            let place = Place { position: kept.position, event: kept.event };
            let index = usize::try_from(kept.position).ok()?.checked_sub(1);
            match index.and_then(|index| request.audit.history.get(index)) {
                None => Some(Found::new(
                    id.as_str(),
                    Some(&place),
                    "removed",
                    format!("{place} is in {} and no longer in the record", self.name),
                )),
                Some(now) if Print::of(id, kept.position, now) != kept.print => Some(Found::new(
                    id.as_str(),
                    Some(&place),
                    "replaced",
                    format!("{place} is not what it was in {}", self.name),
                )),
                Some(_) => None,
            }
        };
        kept.into_iter().filter_map(fault).collect()
    }

    /// A record that cannot be read cannot be compared.
    pub(super) fn leave_out(&mut self, request_id: &str) {
        if let Ok(id) = RequestId::parse(request_id) {
            self.by_request.remove(&id);
        }
    }

    /// What is left when every record was compared: requests that are not in the table any more.
    pub(super) fn missing(self) -> impl Iterator<Item = Found> {
        let name = self.name;
        self.by_request.into_iter().map(move |(id, kept)| {
            let events =
                if kept.len() == 1 { "1 event".to_owned() } else { format!("{} events", kept.len()) };
            let what = format!("the whole request is gone from the table; {name} has {events} of it");
            Found::new(id.as_str(), None, "request_removed", what)
        })
    }
}

impl Print {
    fn of(request_id: &RequestId, position: u32, change: &Change) -> Self {
        match &change.hash {
            Some(hash) => Self::Chained(hash.clone()),
            None => {
                Self::Unchained(digest(request_id, &Change { position, previous: None, ..change.clone() }))
            }
        }
    }
}

/// A line whose hash is not the hash of what it says.
fn edited(request_id: &RequestId, change: &Change, line: u64, name: &str) -> Option<Found> {
    let hash = change.hash.as_ref()?;
    (*hash != digest(request_id, change)).then(|| {
        let place = Place { position: change.position, event: change.event.clone() };
        let what =
            format!("line {line} of {name}, {place}, was edited: its hash is not the hash of what it says");
        Found::new(request_id.as_str(), Some(&place), "copy_edited", what)
    })
}
