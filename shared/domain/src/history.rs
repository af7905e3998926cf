//! The events of a request, as its record keeps them.
//!
//! [`History`] can only be appended to, and only by `Request::record`, which chains each event to the one before it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::actor::Actor;
use crate::status::Status;
use crate::time::UnixSeconds;

/// What a decision was made from: a JSON object. What a later version wants to say more goes in here, which earlier
/// versions read and hash whole.
pub type Inputs = Map<String, Value>;

/// The events of a request, oldest first. It derefs to a slice; only `Request::record` adds to it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct History(Vec<Change>);

/// One change: an event of the audit trail.
#[allow(missing_docs, reason = "the names of the fields say it")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub at: UnixSeconds,
    /// What happened: the event's name.
    pub event: String,
    /// Who did it; absent when time did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Actor>,
    /// The status before; absent for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Status>,
    pub to: Status,
    /// More about it, such as why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What the decision was made from, as it stood at that moment.
    #[serde(default, skip_serializing_if = "Inputs::is_empty")]
    pub inputs: Inputs,
    /// Its place among the request's events, counted from 1; 0 for one from before the events were chained.
    #[serde(default)]
    pub position: u32,
    /// The hash of the event before it; absent for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    /// The hash of everything above and the request's id; absent for one from before the events were chained.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
}

impl History {
    /// For `Request::record` alone: nothing else may add an event.
    pub(crate) fn push(&mut self, change: Change) {
        self.0.push(change);
    }

    /// For tests of what is found in a history that somebody tampered with.
    #[cfg(test)]
    pub(crate) fn tamper(&mut self) -> &mut Vec<Change> {
        &mut self.0
    }
}

impl std::ops::Deref for History {
    type Target = [Change];

    fn deref(&self) -> &[Change] {
        &self.0
    }
}

impl<'a> IntoIterator for &'a History {
    type Item = &'a Change;
    type IntoIter = std::slice::Iter<'a, Change>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}
