//! The audit trail: every change of a request is an event in its own record, chained to the one before it by a hash.
//!
//! The events are written with the state that they change, in the same conditional write. [`History`] can only be
//! appended to, and only by `Request::record`, so no event is ever written unchained. [`verify()`] finds what was
//! tampered with afterwards. `docs/audit.md` says how somebody else can check it, and what it cannot find.

mod agree;
mod earlier_export;
mod fault;
pub(crate) mod inputs;
mod seal;
mod verify;

use crate::actor::Actor;
use crate::history::{Change, History, Inputs};
use crate::ids::RequestId;
use crate::request::Request;
use crate::status::Status;
use crate::time::UnixSeconds;

pub use earlier_export::{EarlierExport, Exported, Missing};
pub use fault::{Fault, Place};
pub use seal::digest;
pub use verify::{Verified, verify};

/// What is to be recorded about a change that was just made to a request.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) at: UnixSeconds,
    /// The event's name.
    pub(crate) event: &'static str,
    pub(crate) by: Option<Actor>,
    /// The status before; none for the first event.
    pub(crate) from: Option<Status>,
    pub(crate) note: Option<String>,
    pub(crate) inputs: Inputs,
}

impl Request {
    /// Appends an event to the history: chained to the one before it, with the status that the request now has.
    pub(crate) fn record(&mut self, entry: Entry) {
        let Entry { at, event, by, from, note, inputs } = entry;
        let mut change = Change {
            at,
            event: event.to_owned(),
            by,
            from,
            to: self.status,
            note,
            inputs,
            position: place(self.audit.history.len()),
            previous: last_hash(&self.audit.history, &self.request_id),
            hash: None,
        };
        let hash = digest(&self.request_id, &change);
        change.hash = Some(hash.clone());
        self.audit.history.push(change);
        self.audit.history_head = Some(hash);
    }
}

/// The hash that the next event is chained to: the last event's own.
///
/// Events from before there was a chain carry none. They are hashed here as if they did, so that from the next event on
/// they are sealed as they stand.
fn last_hash(history: &History, request_id: &RequestId) -> Option<String> {
    let mut last = None;
    for (index, change) in history.iter().enumerate() {
        last = Some(match &change.hash {
            Some(hash) => hash.clone(),
            None => as_if_chained(request_id, change, place(index), last),
        });
    }
    last
}

/// The hash that an event from before the chain would have, at this place and after that event.
fn as_if_chained(request_id: &RequestId, change: &Change, position: u32, previous: Option<String>) -> String {
    digest(request_id, &Change { position, previous, ..change.clone() })
}

/// Events are counted from 1.
fn place(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1)
}

#[cfg(test)]
mod tests;
