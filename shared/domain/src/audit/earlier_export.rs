//! An earlier export, kept where nobody could change it: what it says must still be there.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Place, as_if_chained, digest};
use crate::history::Change;
use crate::ids::RequestId;
use crate::request::Request;

/// One event of an export.
#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct Exported {
    pub request_id: RequestId,
    #[serde(flatten)]
    pub change: Change,
}

/// The events of an export, as far as they are needed to know each again: some 200 bytes for each.
#[derive(Debug, Default)]
pub struct EarlierExport {
    by_request: BTreeMap<RequestId, Vec<Kept>>,
}

/// What is not in a record as a copy has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// The event is not there any more.
    Removed(Place),
    /// Another event stands there.
    Replaced(Place),
}

#[derive(Debug)]
struct Kept {
    place: Place,
    hash: Hash,
}

#[derive(Debug, PartialEq, Eq)]
enum Hash {
    Chained(String),
    /// Of an event from before the chain, over what it says.
    Unchained(String),
}

impl Exported {
    /// Which event was edited in the export: its hash is not the hash of what it says.
    #[must_use]
    pub fn edited(&self) -> Option<Place> {
        let hash = self.change.hash.as_ref()?;
        (*hash != digest(&self.request_id, &self.change)).then(|| self.place())
    }

    fn place(&self) -> Place {
        Place { position: self.change.position, event: self.change.event.clone() }
    }
}

impl EarlierExport {
    /// Adds an event of the export.
    pub fn keep(&mut self, event: Exported) {
        let kept = Kept {
            place: event.place(),
            hash: Hash::of(&event.request_id, event.change.position, &event.change),
        };
        self.by_request.entry(event.request_id).or_default().push(kept);
    }

    /// Takes a record's events out of the copy; returns those that are not in the record as they were.
    pub fn compare(&mut self, request: &Request) -> Vec<Missing> {
        let kept = self.by_request.remove(&request.request_id).unwrap_or_default();
        let missing = |Kept { place, hash }: Kept| {
            let index = usize::try_from(place.position).ok()?.checked_sub(1);
            match index.and_then(|index| request.audit.history.get(index)) {
                None => Some(Missing::Removed(place)),
                Some(now) if Hash::of(&request.request_id, place.position, now) != hash => {
                    Some(Missing::Replaced(place))
                }
                Some(_) => None,
            }
        };
        kept.into_iter().filter_map(missing).collect()
    }

    /// Takes the events of a record that cannot be read, and so not be compared, out of the copy.
    pub fn leave_out(&mut self, request_id: &str) {
        if let Ok(id) = RequestId::parse(request_id) {
            self.by_request.remove(&id);
        }
    }

    /// Requests that were not compared, with how many events the copy has of each: the table has them no more.
    pub fn not_compared(self) -> impl Iterator<Item = (RequestId, usize)> {
        self.by_request.into_iter().map(|(id, kept)| (id, kept.len()))
    }
}

impl Hash {
    fn of(request_id: &RequestId, position: u32, change: &Change) -> Self {
        match &change.hash {
            Some(hash) => Self::Chained(hash.clone()),
            None => Self::Unchained(as_if_chained(request_id, change, position, None)),
        }
    }
}
