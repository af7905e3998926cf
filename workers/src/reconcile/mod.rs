//! Finds what was left over, in the table and, independently of it, in IAM. It runs every five minutes.
//!
//! One bad item never stops the rest, and neither half needs the other: with the table down, a user whose own tag says
//! that its time is over still goes.

pub(crate) mod denials;
pub(crate) mod full_scan;
mod holdings;
pub(crate) mod last_asked;
pub(crate) mod leavers;
pub(crate) mod principals;
pub(crate) mod requests;
mod side_by_side;
mod tally;
pub(crate) mod turn;

use service::metrics::Amount::Count;
use service::metrics::{Metric, Metrics};
use tokio::time::Instant;
use tracing::info;

use crate::context::Context;
use crate::failure::Failure;
use tally::Tally;

/// Handles the job `sweep`.
pub(crate) async fn sweep(context: &Context) -> Result<(), Failure> {
    let mut turn = context.turns.begin(context.now())?;
    let until = Instant::now() + context.slice.time;
    // IAM first: what it takes is found whatever becomes of the table.
    let mut users = Tally::default();
    principals::sweep(context, &mut users, &mut turn.progress, until).await;
    denials::sweep(context, &users).await;
    let unreachable = users.unreachable.clone();
    let mut requests = Tally { unreachable, ..Tally::default() };
    let from_the_first = turn.progress.requests.is_none();
    let looked = requests::sweep(context, &mut requests, &mut turn.progress.requests, until).await;
    if let Err(failure) = looked {
        requests.cannot_list("requests", failure);
    }
    leavers::sweep(context, &requests.people).await;
    info!(
        requests_seen = requests.seen,
        requests_mended = requests.repaired,
        slack_updates_sent_again = requests.resent,
        users_seen = users.seen,
        users_removed = users.repaired,
        "swept"
    );
    let failures = users.failures + requests.failures;
    let saw_all_requests = from_the_first && requests.unlisted.is_none() && !requests.is_partial;
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
    if saw_all_requests {
        samples.push((Metric::OpenGrants, Count(requests.live)));
    }
    if outcome.is_ok() && !users.is_partial && !requests.is_partial {
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
