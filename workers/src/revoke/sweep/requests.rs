//! By the table: grants past their end, requests that nobody decided or made, jobs that were never sent.

use domain::lifecycle::Event;
use domain::{Job, Request, Status, UnixSeconds};

use super::Tally;
use crate::context::Context;
use crate::failure::Failure;
use crate::record::{apply, send_outbox};
use crate::revoke::finish::finish;

/// Pages of requests that one sweep reads, at most: at 1 MB a page, far more than a table should hold.
const PAGES_MAX: u32 = 10_000;
/// An approved request without a claim on it for so long, in seconds, lost its job.
const STUCK_SECONDS: i64 = 120;

/// Looks at every request.
pub(super) async fn sweep(context: &Context, tally: &mut Tally) -> Result<(), Failure> {
    let mut start = None;
    for _ in 0..PAGES_MAX {
        let page = context.store.requests_page(start).await?;
        for unreadable in page.unreadable {
            tally.add("record", Err(unreadable.into()));
        }
        for request in page.requests {
            let id = request.request_id.to_string();
            tally.live += u64::from(is_live(&request, context.now()));
            let outcome = mend(context, request, &mut tally.sent).await;
            tally.add(&id, outcome);
        }
        start = page.next;
        if start.is_none() {
            break;
        }
    }
    Ok(())
}

/// Does what is due for one request, and says whether anything was. `sent` counts jobs that were never sent or were lost.
async fn mend(context: &Context, mut request: Request, sent: &mut u64) -> Result<bool, Failure> {
    let now = context.now();
    let over = request.expires_at.is_some_and(|end| now >= end);
    match request.status {
        Status::Pending if now >= request.lapses_at(context.pending_ttl) => {
            apply(context, request, &Event::Lapse { pending_ttl: context.pending_ttl }).await?;
            Ok(true)
        }
        Status::Active | Status::Approved if over => {
            finish(context, &request.request_id).await.map(|()| true)
        }
        Status::Revoked | Status::Expired | Status::Failed if request.gone_at.is_none() => {
            finish(context, &request.request_id).await.map(|()| true)
        }
        Status::Approved if is_stuck(&request, now.0) => {
            context.outgoing.send(&Job::Provision { request_id: request.request_id.clone() }).await?;
            *sent += 1;
            Ok(true)
        }
        _ if !request.outbox.is_empty() => {
            let jobs = request.outbox.len() as u64;
            send_outbox(context, &mut request).await?;
            *sent += jobs;
            Ok(true)
        }
        _ => Ok(false),
    }
}

/// Somebody has access by it.
fn is_live(request: &Request, now: UnixSeconds) -> bool {
    request.status == Status::Active && request.expires_at.is_none_or(|end| now < end)
}

/// Nobody is making it, and nobody has been for a while.
fn is_stuck(request: &Request, now: i64) -> bool {
    let since = request.making.as_ref().map(|claim| claim.until).or(request.decided_at);
    since.is_some_and(|at| now - at.0 > STUCK_SECONDS)
}
