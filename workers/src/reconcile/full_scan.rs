//! The whole table, once a day, some of it at a time: what was put there by hand, or by an earlier version, bears no mark,
//! and the sweeps by the index do not see it.
//!
//! Each job works through a slice, and sends the next one on before it is done. So it never starts over, however large
//! the table is; a job that comes twice looks twice, which changes nothing.

use aws::dynamodb::{PageStart, StoreError};
use domain::Job;
use service::metrics::Amount::Count;
use service::metrics::Metric;
use tokio::time::Instant;
use tracing::info;

use crate::context::Context;
use crate::failure::Failure;
use crate::reconcile::holdings;
use crate::reconcile::requests::reconcile;
use crate::reconcile::tally::Tally;

/// Handles the job `sweep_all`.
pub(crate) async fn sweep_all(context: &Context, after: Option<&str>) -> Result<(), Failure> {
    let mut tally = Tally::default();
    let looked = slice(context, after.map(PageStart::after), &mut tally).await;
    // What is live in a slice is not what is live, and an end of this is no end of a sweep: neither is recorded.
    context.metrics.record(
        &[],
        &[
            (Metric::SweepRequestsSeen, Count(tally.seen)),
            (Metric::SweepRequestsMended, Count(tally.repaired)),
            (Metric::SweepJobsSent, Count(tally.sent)),
            (Metric::SweepSlackUpdatesResent, Count(tally.resent as u64)),
            (Metric::SweepFailures, Count(tally.failures + u64::from(looked.is_err()))),
        ],
    );
    let next = looked?;
    info!(
        requests_seen = tally.seen,
        requests_mended = tally.repaired,
        requests_marked = tally.marked,
        is_last = next.is_none(),
        "looked at a slice of the whole table"
    );
    let Some(next) = next else { return Ok(()) };
    context.jobs.send(&Job::SweepAll { after: Some(next.key().to_owned()) }).await?;
    Ok(())
}

/// Looks at one slice, and says where the next one begins.
async fn slice(
    context: &Context,
    mut start: Option<PageStart>,
    tally: &mut Tally,
) -> Result<Option<PageStart>, Failure> {
    let began = Instant::now();
    for _ in 0..context.slice.pages {
        let page = context.store.requests_page_of(context.slice.page_records, start).await?;
        for unreadable in page.unreadable {
            tally.add("record", Err(unreadable.into()));
        }
        holdings::reconcile(context, page.holdings, tally).await;
        for mut request in page.requests {
            if page.mismarked.contains(&request.request_id) {
                match context.store.save(&mut request).await {
                    Ok(()) => tally.marked += 1,
                    // Whoever wrote it meanwhile marked it, and the next sweep finds it by that.
                    Err(StoreError::Conflict(_)) => continue,
                    Err(error) => match error.into() {
                        transient @ Failure::Retry { .. } => return Err(transient),
                        lasting => tally.add(request.request_id.as_str(), Err(lasting)),
                    },
                }
            }
            // One that cannot be repaired now is found by its mark, by the next sweep.
            reconcile(context, request, tally).await;
        }
        start = page.next;
        if start.is_none() || began.elapsed() >= context.slice.time {
            break;
        }
    }
    Ok(start)
}
