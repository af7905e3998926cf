//! What a sweep saw and did, item by item.

use std::collections::BTreeSet;

use domain::SlackUserId;
use tracing::warn;

use crate::failure::Failure;

/// What a sweep saw and did.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(super) seen: u64,
    pub(super) repaired: u64,
    pub(super) failures: u64,
    /// Jobs that were left unsent, and went out now.
    pub(super) sent: u64,
    /// Jobs that bring Slack up to date, sent again. Slack was down: nothing was left unsent here.
    pub(super) resent: usize,
    /// Grants whose requesters were warned that they end soon.
    pub(super) warned: usize,
    /// Grants that are live.
    pub(super) live: u64,
    /// Whose they are.
    pub(super) people: BTreeSet<SlackUserId>,
    /// Records that got a mark, or lost one that they should not have had.
    pub(super) marked: u64,
    /// A failure that may pass, so that the sweep is tried again before the next one is due. Failures of single items
    /// that do not pass, which are counted and logged, hide none that may.
    pub(super) transient: Option<Failure>,
    /// Why not everything could be listed. A sweep that did not see everything has not come to its end.
    pub(super) unlisted: Option<Failure>,
    /// Roles of accounts that could not be reached: what is left of ended grants there is for a later sweep, lest one
    /// account that does not answer takes up all the time.
    pub(super) unreachable: BTreeSet<String>,
    /// The time was over before everything was looked at. The next sweep goes on there.
    pub(super) is_partial: bool,
}

impl Tally {
    /// Takes in how one item went. `what` names it in the log.
    pub(super) fn add(&mut self, what: &str, outcome: Result<bool, Failure>) {
        self.seen += 1;
        match outcome {
            Ok(true) => self.repaired += 1,
            // A grant that is not over yet is no failure.
            Ok(false) | Err(Failure::Later { .. }) => {}
            Err(failure) => self.fail(what, failure),
        }
    }

    /// Takes in what came of a part.
    pub(super) fn merge(&mut self, part: Self) {
        self.seen += part.seen;
        self.repaired += part.repaired;
        self.failures += part.failures;
        self.sent += part.sent;
        self.resent += part.resent;
        self.live += part.live;
        self.people.extend(part.people);
        self.marked += part.marked;
        self.transient = self.transient.take().or(part.transient);
        self.unlisted = self.unlisted.take().or(part.unlisted);
        self.unreachable.extend(part.unreachable);
        self.is_partial |= part.is_partial;
    }

    /// Takes in that something could not be listed, or not to its end.
    pub(super) fn cannot_list(&mut self, what: &str, failure: Failure) {
        self.unlisted.get_or_insert(failure.clone());
        self.fail(what, failure);
    }

    fn fail(&mut self, what: &str, failure: Failure) {
        self.failures += 1;
        warn!(item = what, ?failure, "an item could not be reconciled; the sweep goes on");
        match failure {
            Failure::Retry { .. } => {
                self.transient.get_or_insert(failure);
            }
            Failure::Later { .. } | Failure::NeedsOperator { .. } | Failure::Reject { .. } => {}
        }
    }
}
