//! Finds what was left over, in the table and, independently of it, in IAM. It runs every five minutes.
//!
//! One bad item never stops the rest, and neither half needs the other: with the table down, a user whose own tag says
//! that its time is over still goes.

mod requests;
mod users;
mod whole;

pub(super) use whole::sweep_all;

use platform::metrics::Amount::Count;
use platform::metrics::{Metric, Metrics};
use tracing::{info, warn};

use crate::context::Context;
use crate::failure::Failure;

/// What a sweep saw and did.
#[derive(Debug, Default)]
struct Tally {
    seen: u64,
    mended: u64,
    failures: u64,
    /// Jobs that were left unsent, and went out now.
    sent: u64,
    /// Grants that are live.
    live: u64,
    /// Records that got a mark, or lost one that they should not have had.
    marked: u64,
    /// The first failure that may pass, so that the sweep is tried again before the next one is due.
    failed: Option<Failure>,
}

impl Tally {
    /// Takes in how one item went. `what` names it in the log.
    fn add(&mut self, what: &str, outcome: Result<bool, Failure>) {
        self.seen += 1;
        match outcome {
            Ok(true) => self.mended += 1,
            // A grant that is not over yet is no failure.
            Ok(false) | Err(Failure::Later { .. }) => {}
            Err(failure) => {
                self.failures += 1;
                warn!(item = what, ?failure, "an item could not be mended; the sweep goes on");
                self.failed.get_or_insert(failure);
            }
        }
    }
}

/// Handles the job `sweep`.
pub(super) async fn sweep(context: &Context) -> Result<(), Failure> {
    // IAM first: what it takes is found whatever becomes of the table.
    let mut users = Tally::default();
    users::sweep(context, &mut users).await;
    let mut requests = Tally::default();
    let listed_requests = requests::sweep(context, &mut requests).await;
    info!(
        requests_seen = requests.seen,
        requests_mended = requests.mended,
        users_seen = users.seen,
        users_removed = users.mended,
        "swept"
    );
    let listed_all = listed_requests.is_ok();
    let failures = users.failures + requests.failures + u64::from(!listed_all);
    let outcome = match (listed_requests, requests.failed.or(users.failed)) {
        (Err(failure), _) | (Ok(()), Some(failure @ Failure::Retry { .. })) => Err(failure),
        (Ok(()), _) => Ok(()),
    };
    let mut samples = vec![
        (Metric::SweepRequestsSeen, Count(requests.seen)),
        (Metric::SweepRequestsMended, Count(requests.mended)),
        (Metric::SweepUsersSeen, Count(users.seen)),
        (Metric::SweepUsersRemoved, Count(users.mended)),
        (Metric::SweepJobsSent, Count(requests.sent)),
        (Metric::SweepFailures, Count(failures)),
    ];
    if listed_all {
        samples.push((Metric::OpenGrants, Count(requests.live)));
    }
    if outcome.is_ok() {
        let now = u64::try_from(context.now().0).unwrap_or(0);
        samples.push((Metric::SweepLastSuccess, Count(now)));
    }
    context.metrics.record(&[], &samples);
    outcome
}

/// Makes the counters be there before the first sweep; what it finds out is not known before.
pub(super) fn begin(metrics: &Metrics) {
    for counter in [
        Metric::SweepRequestsSeen,
        Metric::SweepRequestsMended,
        Metric::SweepUsersSeen,
        Metric::SweepUsersRemoved,
        Metric::SweepJobsSent,
        Metric::SweepFailures,
    ] {
        metrics.begin(counter, &[]);
    }
}
