//! Changing a request's record: decide, write on condition, send what follows.

use aws::dynamodb::StoreError;
use domain::lifecycle::{Event, Illegal, Transition, decide};
use domain::{Job, Request, RequestId, Status};
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
/// They are sent whether or not this call changed anything: a crash between an earlier write and its sending
/// leaves them in the outbox, and the job that is tried again finds them here.
pub(crate) async fn apply(context: &Context, request: Request, event: &Event) -> Result<Applied, Failure> {
    apply_while(context, request, event, |_| Ok(())).await
}

/// The same, as long as `may` says so of the request as it is at that moment.
pub(crate) async fn apply_while(
    context: &Context,
    request: Request,
    event: &Event,
    may: impl Fn(&Request) -> Result<(), Failure>,
) -> Result<Applied, Failure> {
    let applied = write(context, request, event, None, may, |_| ()).await?;
    sent(context, applied).await
}

/// The same, with something `also` written that no event has.
pub(crate) async fn apply_also(
    context: &Context,
    request: Request,
    event: &Event,
    also: impl Fn(&mut Request),
) -> Result<Applied, Failure> {
    let applied = write(context, request, event, None, |_| Ok(()), also).await?;
    sent(context, applied).await
}

async fn sent(context: &Context, applied: Applied) -> Result<Applied, Failure> {
    if let Applied::Changed(request) = &applied {
        send_following(context, request).await?;
    }
    Ok(applied)
}

/// The same without sending what follows from a change: whoever calls it is about to change the request again, or sends it
/// then.
pub(crate) async fn apply_unsent(
    context: &Context,
    request: Request,
    event: &Event,
    in_hand: Option<&Job>,
) -> Result<Applied, Failure> {
    write(context, request, event, in_hand, |_| Ok(()), |_| ()).await
}

/// `in_hand` is the job of the outbox that this worker has received.
async fn write(
    context: &Context,
    mut request: Request,
    event: &Event,
    in_hand: Option<&Job>,
    may: impl Fn(&Request) -> Result<(), Failure>,
    also: impl Fn(&mut Request),
) -> Result<Applied, Failure> {
    for _ in 0..CONFLICTS_MAX {
        may(&request)?;
        let mut next = match decide(&request, event, context.now()) {
            Err(illegal) => {
                send_others(context, &mut request, in_hand).await?;
                return Ok(Applied::Illegal(Box::new(request), illegal));
            }
            Ok(Transition::NoOp) => {
                send_others(context, &mut request, in_hand).await?;
                return Ok(Applied::Already(Box::new(request)));
            }
            Ok(Transition::Change(next)) => next,
        };
        if let Some(job) = in_hand {
            next.work.outbox.acknowledge(job);
        }
        also(&mut next);
        match context.store.save(&mut next).await {
            Ok(()) => {
                info!(event = event.name(), status = %next.status, "the request changed");
                if next.status != request.status {
                    count(context, next.status);
                }
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

/// Sends the jobs that follow from what a request has just become. They stay in its outbox until the workers that receive
/// them say so, each with its own first write.
pub(crate) async fn send_following(context: &Context, request: &Request) -> Result<(), Failure> {
    for (job, body) in request.work.outbox.messages() {
        let tells = matches!(job, Job::SyncSlack { .. });
        let delay = if tells { request.told_after_seconds() } else { 0 };
        context.jobs.send_body(job.queue(), body, delay).await?;
    }
    Ok(())
}

/// Notes that a job of a request's outbox is in hand, where no other write says so.
pub(crate) async fn acknowledge(
    context: &Context,
    request: &mut Request,
    in_hand: &Job,
) -> Result<(), Failure> {
    if !request.work.outbox.contains(in_hand) {
        return Ok(());
    }
    edit(context, request, |request| {
        request.work.outbox.acknowledge(in_hand);
        Ok(())
    })
    .await
}

/// Sends the jobs in a request's outbox, and takes them out of it.
pub(crate) async fn send_outbox(context: &Context, request: &mut Request) -> Result<(), Failure> {
    send_others(context, request, None).await
}

/// The same for a worker that has one of them in hand.
pub(crate) async fn send_others(
    context: &Context,
    request: &mut Request,
    in_hand: Option<&Job>,
) -> Result<(), Failure> {
    let sent = request.work.outbox.clone();
    if sent.iter().next().is_none() {
        // A job that only a newer version knows is sent by that one.
        return Ok(());
    }
    for (job, body) in sent.messages().filter(|(job, _)| Some(*job) != in_hand) {
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
