//! Finds what was left over, in the table and, independently of it, in IAM. It runs every five minutes.
//!
//! One bad item never stops the rest, and neither half needs the other: with the table down, a user whose own tag says
//! that its time is over still goes.

pub(crate) mod denials;
pub(crate) mod full_scan;
pub(crate) mod principals;
pub(crate) mod requests;
mod side_by_side;
pub(crate) mod turn;

use std::collections::BTreeSet;

use service::metrics::Amount::Count;
use service::metrics::{Metric, Metrics};
use tracing::{info, warn};

use crate::context::Context;
use crate::failure::Failure;

/// What a sweep saw and did.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    seen: u64,
    repaired: u64,
    failures: u64,
    /// Jobs that were left unsent, and went out now.
    sent: u64,
    /// Jobs that bring Slack up to date, sent again. Slack was down: nothing was left unsent here.
    resent: usize,
    /// Grants that are live.
    live: u64,
    /// Records that got a mark, or lost one that they should not have had.
    marked: u64,
    /// A failure that may pass, so that the sweep is tried again before the next one is due. Failures of single items
    /// that do not pass, which are counted and logged, hide none that may.
    transient: Option<Failure>,
    /// Why not everything could be listed. A sweep that did not see everything has not come to its end.
    unlisted: Option<Failure>,
    /// Roles of accounts that could not be reached: what is left of ended grants there is for a later sweep, lest one
    /// account that does not answer takes up all the time.
    unreachable: BTreeSet<String>,
    /// The time was over before everything was looked at. The next sweep goes on there.
    is_partial: bool,
}

impl Tally {
    /// Takes in how one item went. `what` names it in the log.
    fn add(&mut self, what: &str, outcome: Result<bool, Failure>) {
        self.seen += 1;
        match outcome {
            Ok(true) => self.repaired += 1,
            // A grant that is not over yet is no failure.
            Ok(false) | Err(Failure::Later { .. }) => {}
            Err(failure) => self.fail(what, failure),
        }
    }

    /// Takes in what came of a part.
    fn merge(&mut self, part: Self) {
        self.seen += part.seen;
        self.repaired += part.repaired;
        self.failures += part.failures;
        self.sent += part.sent;
        self.resent += part.resent;
        self.live += part.live;
        self.marked += part.marked;
        self.transient = self.transient.take().or(part.transient);
        self.unlisted = self.unlisted.take().or(part.unlisted);
        self.unreachable.extend(part.unreachable);
        self.is_partial |= part.is_partial;
    }

    /// Takes in that something could not be listed, or not to its end.
    fn cannot_list(&mut self, what: &str, failure: Failure) {
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

/// Handles the job `sweep`.
pub(crate) async fn sweep(context: &Context) -> Result<(), Failure> {
    let mut turn = context.turns.begin(context.now())?;
    // IAM first: what it takes is found whatever becomes of the table.
    let mut users = Tally::default();
    principals::sweep(context, &mut users, &mut turn.progress).await;
    denials::sweep(context, &users).await;
    let unreachable = users.unreachable.clone();
    let mut requests = Tally { unreachable, ..Tally::default() };
    if let Err(failure) = requests::sweep(context, &mut requests).await {
        requests.cannot_list("requests", failure);
    }
    info!(
        requests_seen = requests.seen,
        requests_mended = requests.repaired,
        slack_updates_sent_again = requests.resent,
        users_seen = users.seen,
        users_removed = users.repaired,
        "swept"
    );
    let failures = users.failures + requests.failures;
    let listed_requests = requests.unlisted.is_none();
    // What may pass comes first: trying again is worth while whatever else is broken.
    let worst = users.transient.or(requests.transient).or(users.unlisted).or(requests.unlisted);
    let outcome = worst.map_or(Ok(()), Err);
    let mut samples = vec![
        (Metric::SweepRequestsSeen, Count(requests.seen)),
        (Metric::SweepRequestsMended, Count(requests.repaired)),
        (Metric::SweepUsersSeen, Count(users.seen)),
        (Metric::SweepUsersRemoved, Count(users.repaired)),
        (Metric::SweepJobsSent, Count(requests.sent)),
        (Metric::SweepSlackUpdatesResent, Count(requests.resent as u64)),
        (Metric::SweepFailures, Count(failures)),
    ];
    if listed_requests {
        samples.push((Metric::OpenGrants, Count(requests.live)));
    }
    if outcome.is_ok() && !users.is_partial {
        let now = u64::try_from(context.now().0).unwrap_or(0);
        samples.push((Metric::SweepLastSuccess, Count(now)));
    }
    context.metrics.record(&[], &samples);
    outcome
}

/// Makes the counters be there before the first sweep; what it finds out is not known before.
pub(crate) fn init_series(metrics: &Metrics) {
    for counter in [
        Metric::SweepRequestsSeen,
        Metric::SweepRequestsMended,
        Metric::SweepUsersSeen,
        Metric::SweepUsersRemoved,
        Metric::SweepJobsSent,
        Metric::SweepSlackUpdatesResent,
        Metric::SweepFailures,
    ] {
        metrics.init_series(counter, &[]);
    }
}
