//! Changing a request's record: decide, write on condition, send what follows.

use aws::dynamodb::StoreError;
use domain::lifecycle::{Event, Illegal, Transition, decide};
use domain::{Request, RequestId, Status};
use service::metrics::Amount::Count;
use service::metrics::{Label, Metric, Metrics};
use tracing::info;

use crate::context::Context;
use crate::failure::{Failure, REASON_UNKNOWN_REQUEST};

/// How often a write is decided anew after another worker was first, before the job is tried again later.
const CONFLICTS_MAX: u32 = 8;

/// What an event did to a request.
#[derive(Debug)]
pub(crate) enum Applied {
    /// It made a difference. This is the request now.
    Changed(Box<Request>),
    /// It had been taken in before. This is the request now.
    Already(Box<Request>),
    /// The request cannot take it. This is the request now, and why.
    Illegal(Box<Request>, Illegal),
}

/// Applies an event to a request, and sends the jobs that follow from its state.
///
/// The jobs are sent whether or not this call changed anything: a crash between an earlier write and its sending
/// leaves them in the outbox, and the job that is tried again finds them here.
pub(crate) async fn apply(context: &Context, request: Request, event: &Event) -> Result<Applied, Failure> {
    apply_while(context, request, event, |_| Ok(())).await
}

/// The same, as long as `may` says so of the request as it is at that moment.
pub(crate) async fn apply_while(
    context: &Context,
    mut request: Request,
    event: &Event,
    may: impl Fn(&Request) -> Result<(), Failure>,
) -> Result<Applied, Failure> {
    for _ in 0..CONFLICTS_MAX {
        may(&request)?;
        let mut next = match decide(&request, event, context.now()) {
            Err(illegal) => {
                send_outbox(context, &mut request).await?;
                return Ok(Applied::Illegal(Box::new(request), illegal));
            }
            Ok(Transition::NoOp) => {
                send_outbox(context, &mut request).await?;
                return Ok(Applied::Already(Box::new(request)));
            }
            Ok(Transition::Change(next)) => next,
        };
        match context.store.save(&mut next).await {
            Ok(()) => {
                info!(event = event.name(), status = %next.status, "the request changed");
                if next.status != request.status {
                    count(context, next.status);
                }
                send_outbox(context, &mut next).await?;
                return Ok(Applied::Changed(next));
            }
            Err(StoreError::Conflict(id)) => request = reread(context, &id).await?,
            Err(error) => return Err(error.into()),
        }
    }
    Err(contended(&request.request_id))
}

/// Makes the series of every status be there before anything happened.
pub(crate) fn init_series(metrics: &Metrics) {
    for status in Status::ALL {
        metrics.init_series(Metric::Requests, &[(Label::Status, status.as_str())]);
    }
}

/// Counts a request that has just come into this status.
pub(crate) fn count(context: &Context, status: Status) {
    context.metrics.record(&[(Label::Status, status.as_str())], &[(Metric::Requests, Count(1))]);
}

/// Edits a request without changing its status. `edit` may be called again after another worker's write; it says
/// whether its edit still makes sense.
pub(crate) async fn edit(
    context: &Context,
    request: &mut Request,
    mut edit: impl FnMut(&mut Request) -> Result<(), Failure>,
) -> Result<(), Failure> {
    for _ in 0..CONFLICTS_MAX {
        edit(request)?;
        match context.store.save(request).await {
            Ok(()) => return Ok(()),
            Err(StoreError::Conflict(id)) => *request = reread(context, &id).await?,
            Err(error) => return Err(error.into()),
        }
    }
    Err(contended(&request.request_id))
}

/// Sends the jobs in a request's outbox, and takes them out of it.
pub(crate) async fn send_outbox(context: &Context, request: &mut Request) -> Result<(), Failure> {
    let sent = request.work.outbox.clone();
    if sent.iter().next().is_none() {
        // A job that only a newer version knows is sent by that one.
        return Ok(());
    }
    for (job, body) in sent.messages() {
        context.jobs.send_body(job.queue(), body, 0).await?;
    }
    edit(context, request, |request| {
        request.work.outbox.remove(&sent);
        Ok(())
    })
    .await
}

/// The request as it is now. One that a job names exists: it is never deleted.
pub(crate) async fn load(context: &Context, id: &RequestId) -> Result<Request, Failure> {
    context.store.request(id).await?.ok_or_else(|| unknown(id))
}

async fn reread(context: &Context, id: &RequestId) -> Result<Request, Failure> {
    load(context, id).await
}

fn unknown(id: &RequestId) -> Failure {
    Failure::Reject { reason: REASON_UNKNOWN_REQUEST, error: format!("there is no request {id}") }
}

fn contended(id: &RequestId) -> Failure {
    Failure::retry(format!("the request {id} was changed by other workers {CONFLICTS_MAX} times in a row"))
}
