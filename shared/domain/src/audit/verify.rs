//! Has anybody tampered with a request's events, or with what its record says besides?

use super::fault::{Fault, Place};
use super::{agree, as_if_chained, digest, place};
use crate::history::Change;
use crate::request::Request;
use crate::status::Status;

/// What a look at one request's events found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verified {
    /// What is wrong, in the order of the events.
    pub faults: Vec<Fault>,
    /// Events from before there was a chain. An edit of one is found only once a later event seals it.
    pub before_the_chain: usize,
}

/// Looks at every event of a request, and at whether the record says the same.
#[must_use]
pub fn verify(request: &Request) -> Verified {
    let mut verified = Verified::default();
    if request.audit.history.is_empty() {
        verified.faults.push(Fault::NoEvents);
        return verified;
    }
    let mut previous: Option<(&Change, String)> = None;
    let mut chained = false;
    let mut written_before = 0_u32;
    for (index, change) in request.audit.history.iter().enumerate() {
        let at = || Place { position: place(index), event: change.event.clone() };
        let was = previous.as_ref().map(|(before, _)| before.to);
        let last_hash = previous.map(|(_, hash)| hash);
        let mut faults = Vec::new();
        let hash = match &change.hash {
            Some(hash) => {
                let due = if chained { written_before.saturating_add(1) } else { place(index) };
                faults = link_faults(request, change, at(), due, last_hash.as_ref());
                (chained, written_before) = (true, change.position);
                hash.clone()
            }
            None => {
                if chained {
                    faults.push(Fault::Unchained(at()));
                }
                verified.before_the_chain += usize::from(!chained);
                as_if_chained(&request.request_id, change, place(index), last_hash)
            }
        };
        if faults.is_empty() && change.from != was {
            faults.push(Fault::Unfounded { at: at(), starts: name(change.from), was: name(was) });
        }
        verified.faults.append(&mut faults);
        previous = Some((change, hash));
    }
    let last = request.audit.history.last().and_then(|change| change.hash.as_ref());
    if request.audit.history_head.as_ref() != last {
        verified.faults.push(Fault::CutOff);
    }
    verified.faults.extend(agree::disagreements(request));
    verified
}

fn name(status: Option<Status>) -> String {
    status.map_or("nothing", Status::as_str).to_owned()
}

/// What is wrong with one chained event, which stands `at` and should have been written as number `due`: what it says,
/// and where it stands.
fn link_faults(request: &Request, change: &Change, at: Place, due: u32, last: Option<&String>) -> Vec<Fault> {
    let mut faults = Vec::new();
    if change.hash.as_ref() != Some(&digest(&request.request_id, change)) {
        faults.push(Fault::Edited(at.clone()));
    }
    // One that stands where it was written is not out of order, even after one that is.
    if change.position != due && change.position != at.position {
        faults.push(Fault::OutOfOrder { at, written_as: change.position });
    } else if change.previous.as_ref() != last {
        faults.push(Fault::Unlinked(at));
    }
    faults
}
