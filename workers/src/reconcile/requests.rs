//! By the table: grants past their end, requests that nobody decided or made, jobs that were never sent.
//!
//! With an index, what bears a mark is looked at: everything that may still be overdue one day (`domain::sweep`). The
//! index gives ids alone, and a moment late; each record is read from the table itself. Without one, the table is read
//! whole.

use std::collections::BTreeSet;

use aws::dynamodb::PageStart;
use domain::lifecycle::{Event, ExtensionEvent};
use domain::reminders::may_be_due;
use domain::request::Warning;
use domain::resync::{Resync, resync};
use domain::sweep::{Overdue, OverdueExtension, overdue, overdue_extension};
use domain::warning::warning_due;
use domain::{Job, Request, RequestId, Status, UnixSeconds};
use tokio::time::Instant;
use tracing::{info, warn};

use crate::context::Context;
use crate::failure::Failure;
use crate::grants::deprovision::deprovision;
use crate::reconcile::holdings;
use crate::reconcile::tally::Tally;
use crate::unit_of_work::change::{apply, edit, send_following, send_outbox};

/// Pages of requests, or of the index, that one sweep reads, at most: at 1 MB or 100 keys a page, far more than there
/// should be.
const PAGES_MAX: u32 = 10_000;
/// Jobs that bring Slack up to date which one sweep sends again, at most: each may take several calls to Slack.
const RESENT_MAX: usize = 50;
/// Warnings that one sweep has sent, at most: each takes a write, a job and a message.
const WARNINGS_MAX: usize = 500;

/// Looks at every request that may be overdue, page by page until the time is over; `start` is where the last sweep
/// stopped, and becomes where the next one goes on.
pub(crate) async fn sweep(
    context: &Context,
    tally: &mut Tally,
    start: &mut Option<PageStart>,
    until: Instant,
) -> Result<(), Failure> {
    let Some(index) = &context.open_index else { return by_table(context, tally, start, until).await };
    match by_index(context, index, tally, start, until).await {
        Err(failure @ (Failure::Reject { .. } | Failure::NeedsOperator { .. })) => {
            // An index that is not there, or may not be read, must not hide what is left over.
            warn!(index, "the index cannot be read; the whole table is");
            tally.add("index", Err(failure));
            (tally.live, *start, tally.is_partial) = (0, None, false);
            by_table(context, tally, start, until).await
        }
        outcome => outcome,
    }
}

/// Looks at one request, and repairs what is overdue.
pub(crate) async fn reconcile(context: &Context, request: Request, tally: &mut Tally) {
    let id = request.request_id.to_string();
    tally.live += u64::from(is_live(&request, context.now()));
    let requester = &request.ask.requester_slack_id;
    let may_have_left =
        || !request.status.is_final() && context.last_asked.has_left(requester, context.now());
    if request.status.is_live() || may_have_left() {
        tally.people.insert(requester.clone());
    }
    let outcome = match unreachable(&request, tally) {
        Some(failure) => Err(failure),
        None => reconcile_request(context, request, tally).await,
    };
    tally.add(&id, outcome);
}

/// Only what was made for it is left, in an account that this sweep could not reach a moment ago.
fn unreachable(request: &Request, tally: &Tally) -> Option<Failure> {
    let role_arn = request.decision.grant.as_ref()?.account_role_arn.as_ref()?;
    let is_left_over = request.status.is_final() && request.access.gone_at.is_none();
    (is_left_over && tally.unreachable.contains(role_arn))
        .then(|| Failure::NeedsOperator { error: format!("the account of {role_arn} cannot be reached") })
}

/// The bound of pages is reached, and there are more.
fn too_many_pages(what: &str) -> Failure {
    Failure::NeedsOperator {
        error: format!("{what} has more than {PAGES_MAX} pages; the rest was not swept"),
    }
}

async fn by_table(
    context: &Context,
    tally: &mut Tally,
    start: &mut Option<PageStart>,
    until: Instant,
) -> Result<(), Failure> {
    for _ in 0..PAGES_MAX {
        let page = context.store.requests_page(start.take()).await?;
        for unreadable in page.unreadable {
            tally.add("record", Err(unreadable.into()));
        }
        holdings::reconcile(context, page.holdings, tally).await;
        for request in page.requests {
            reconcile(context, request, tally).await;
        }
        *start = page.next;
        if is_last(start.as_ref(), until, tally) {
            return Ok(());
        }
    }
    Err(too_many_pages("the table of requests"))
}

async fn by_index(
    context: &Context,
    index: &str,
    tally: &mut Tally,
    start: &mut Option<PageStart>,
    until: Instant,
) -> Result<(), Failure> {
    for _ in 0..PAGES_MAX {
        let page = context.store.open_page(index, start.take()).await?;
        for unreadable in page.unreadable {
            tally.add("record", Err(unreadable.into()));
        }
        let ids: BTreeSet<&RequestId> = page.ids.iter().collect();
        for (id, found) in context.store.requests(&ids).await? {
            match found {
                Ok(request) => reconcile(context, request, tally).await,
                Err(unreadable) => tally.add(id.as_str(), Err(unreadable.into())),
            }
        }
        *start = page.next;
        if is_last(start.as_ref(), until, tally) {
            return Ok(());
        }
    }
    Err(too_many_pages("the index of requests"))
}

/// There is no further page, or no time for one: the next sweep goes on with it.
fn is_last(next: Option<&PageStart>, until: Instant, tally: &mut Tally) -> bool {
    let Some(next) = next else { return true };
    if Instant::now() < until {
        return false;
    }
    info!(after = next.key(), "there are more requests than one sweep has time for; the next one goes on");
    tally.is_partial = true;
    true
}

/// Does what is due for one request, and says whether anything was.
async fn reconcile_request(
    context: &Context,
    mut request: Request,
    tally: &mut Tally,
) -> Result<bool, Failure> {
    match overdue(&request, context.pending_ttl, context.now()) {
        None => {
            let is_reminded = remind(context, &request, tally).await?;
            return Ok(go_on(context, request, tally).await? || is_reminded);
        }
        Some(Overdue::Lapse) => {
            apply(context, request, &Event::Lapse { pending_ttl: context.pending_ttl }).await?;
        }
        Some(Overdue::End) => deprovision(context, &request.request_id).await?,
        Some(Overdue::Provision) => {
            context.jobs.send(&Job::Provision { request_id: request.request_id.clone() }).await?;
            tally.sent += 1;
        }
        Some(Overdue::Outbox) => {
            let jobs = request.work.outbox.iter().count();
            let tells = request.work.outbox.iter().filter(|job| matches!(job, Job::SyncSlack { .. })).count();
            send_outbox(context, &mut request).await?;
            if tells < jobs {
                tally.sent += jobs as u64;
            } else {
                tally.resent += tells;
            }
            if tells > 0 {
                note_resent(context, &mut request).await?;
            }
        }
    }
    Ok(true)
}

/// Does what is due for a request that nothing is overdue for: its extension, a warning, and what Slack shows.
async fn go_on(context: &Context, mut request: Request, tally: &mut Tally) -> Result<bool, Failure> {
    let now = context.now();
    match overdue_extension(&request, context.pending_ttl, now) {
        Some(OverdueExtension::Lapse { number }) => {
            apply(context, request, &Event::Extension(ExtensionEvent::Lapse { number, why: None })).await?;
            return Ok(true);
        }
        Some(OverdueExtension::CarryOut) => {
            context.jobs.send(&Job::ExtendGrant { request_id: request.request_id.clone() }).await?;
            tally.sent += 1;
            return Ok(true);
        }
        None => {}
    }
    if warning_due(&request, now).is_none() || tally.warned >= WARNINGS_MAX {
        return resync_slack(context, request, tally).await;
    }
    edit(context, &mut request, |request| {
        if let Some(ends_at) = warning_due(request, now) {
            request.slack.warnings.push(Warning { ends_at, told_at: None, message: None, is_closed: false });
            request.work.outbox.push(Job::SyncSlack { request_id: request.request_id.clone() });
        }
        Ok(())
    })
    .await?;
    tally.warned += 1;
    send_following(context, &request).await?;
    // A grant that ends soon is in order: nothing was repaired.
    Ok(false)
}

/// Has people reminded of what waits for them. The job looks at what is due, and notes it.
async fn remind(context: &Context, request: &Request, tally: &mut Tally) -> Result<bool, Failure> {
    if !may_be_due(request, context.now()) {
        return Ok(false);
    }
    context.jobs.send(&Job::Remind { request_id: request.request_id.clone() }).await?;
    tally.sent += 1;
    Ok(true)
}

/// Has Slack brought up to date where it shows something else and no job is on its way.
async fn resync_slack(context: &Context, mut request: Request, tally: &mut Tally) -> Result<bool, Failure> {
    let now = context.now();
    match resync(&request, now) {
        Resync::NotDue => Ok(false),
        Resync::Due if tally.resent >= RESENT_MAX => Ok(false),
        Resync::Due => {
            context.jobs.send(&Job::SyncSlack { request_id: request.request_id.clone() }).await?;
            tally.resent += 1;
            note_resent(context, &mut request).await?;
            Ok(true)
        }
        Resync::GiveUp => {
            warn!(request_id = %request.request_id, "what Slack shows is too old to be corrected; it stays as it is");
            edit(context, &mut request, |request| {
                if resync(request, now) == Resync::GiveUp {
                    request.give_up_on_slack();
                }
                Ok(())
            })
            .await?;
            Ok(true)
        }
    }
}

/// Notes that the job that brings Slack up to date was sent again, so that it is not by each sweep.
async fn note_resent(context: &Context, request: &mut Request) -> Result<(), Failure> {
    let now = context.now();
    edit(context, request, |request| {
        request.note_resent(now);
        Ok(())
    })
    .await
}

/// Somebody has access by it.
fn is_live(request: &Request, now: UnixSeconds) -> bool {
    request.status == Status::Active && request.taken_away_at().is_none_or(|end| now < end)
}
