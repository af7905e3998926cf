//! The end of a grant: everything that was made for it goes, and the record says so.
//!
//! Taking away needs only IAM. The record and the people are each brought up to date on their own, and none of
//! them holds the end up.

use std::time::Duration;

use aws::dynamodb::StoreError;
use aws::iam::{Found, Principal};
use domain::lifecycle::Event;
use domain::request::aws_name;
use domain::{Job, Phase, Request, RequestId, Status};
use service::CallError;
use service::metrics::Amount::Seconds;
use service::metrics::{Label, Metric, Metrics};
use tracing::{info, warn};

use crate::context::Context;
use crate::failure::Failure;
use crate::grants::lapse_unclaimed::unclaimed;
use crate::grants::remove::{remove, remove_principal};
use crate::unit_of_work::change::{Applied, apply_unsent, send_following, send_others};

/// A grant that ended at its time.
const DUE: &str = "due";
/// A grant that somebody ended.
const EARLY: &str = "early";
/// So long is waited for the record before the principal's own tag has to do.
const RECORD_WAIT: Duration = Duration::from_secs(4);
/// When taking away takes longer than this, people are told that access ends.
const TOLD_AFTER: Duration = Duration::from_secs(2);

/// Handles the job `revoke`.
pub(crate) async fn deprovision(context: &Context, request_id: &RequestId) -> Result<(), Failure> {
    let request = match read_soon(context, request_id).await {
        Ok(Some(request)) => request,
        Ok(None) => return orphan(context, request_id).await,
        Err(error) => return without_record(context, request_id, error).await,
    };
    match request.status.phase() {
        Phase::Live if request.status == Status::Ready => unclaimed(context, request).await,
        Phase::Live => at_its_time(context, request).await,
        Phase::Ended | Phase::Failed => clean_up(context, request).await,
        Phase::Undecided | Phase::Declined => {
            info!(status = %request.status, "nothing was granted, so nothing ends");
            Ok(())
        }
    }
}

/// The record, if the table answers soon: one that hangs must not hold the end up.
async fn read_soon(context: &Context, request_id: &RequestId) -> Result<Option<Request>, StoreError> {
    let read = tokio::time::timeout(RECORD_WAIT, context.store.request(request_id)).await;
    read.unwrap_or_else(|_| Err(CallError::no_answer("dynamodb:GetItem", RECORD_WAIT).into()))
}

/// A live grant ends when its time is over, and not before.
async fn at_its_time(context: &Context, request: Request) -> Result<(), Failure> {
    let now = context.now();
    if let Some(expires_at) = request.taken_away_at().filter(|end| *end > now) {
        let seconds = u32::try_from(expires_at.seconds_since(now)).unwrap_or(u32::MAX);
        info!(seconds, "the grant is not over yet");
        return Err(Failure::Later { seconds });
    }
    let removed = remove(context, &request).await;
    let in_hand = in_hand(&request);
    let request = match apply_unsent(context, request, &Event::Expire, Some(&in_hand)).await? {
        Applied::Changed(request) | Applied::Already(request) | Applied::Illegal(request, _) => *request,
    };
    match removed {
        // People are told of both at once.
        Ok(()) => gone(context, request).await,
        Err(failure) => {
            send_following(context, &request).await?;
            Err(failure)
        }
    }
}

/// What somebody has just ended is taken away, by whoever wrote that; what follows from that write is not sent yet.
///
/// People are told of both at once, or of the end alone where the rest takes long. What cannot be taken away now goes by
/// the job `revoke`, which is tried until it has.
pub(crate) async fn take_away(context: &Context, request: Request) -> Result<(), Failure> {
    match request.status.phase() {
        Phase::Ended => {}
        Phase::Undecided | Phase::Declined | Phase::Live | Phase::Failed => {
            return send_following(context, &request).await;
        }
    }
    match remove_and_tell(context, &request).await {
        Ok(()) => gone(context, request).await,
        Err(failure) => {
            warn!(?failure, "what was made cannot be taken away now; its job goes on");
            send_following(context, &request).await
        }
    }
}

/// Takes it away, and tells people that access ends where that takes long.
async fn remove_and_tell(context: &Context, request: &Request) -> Result<(), Failure> {
    let mut removal = Box::pin(remove(context, request));
    if let Ok(removed) = tokio::time::timeout(TOLD_AFTER, &mut removal).await {
        return removed;
    }
    let tell = Job::SyncSlack { request_id: request.request_id.clone() };
    let (removed, told) = tokio::join!(removal, context.jobs.send(&tell));
    if let Err(error) = told {
        warn!(%error, "people cannot be told yet that access ends");
    }
    removed
}

/// The job by which a worker comes to take a grant away.
fn in_hand(request: &Request) -> Job {
    Job::ExpireGrant { request_id: request.request_id.clone() }
}

/// What ended before is taken away now, or was already.
async fn clean_up(context: &Context, mut request: Request) -> Result<(), Failure> {
    remove(context, &request).await?;
    if request.access.gone_at.is_some() {
        let in_hand = in_hand(&request);
        return send_others(context, &mut request, Some(&in_hand)).await;
    }
    gone(context, request).await
}

/// Everything was read back as gone: the record says when.
async fn gone(context: &Context, request: Request) -> Result<(), Failure> {
    let late = request.taken_away_at().map(|end| context.now().seconds_since(end));
    let in_hand = in_hand(&request);
    match apply_unsent(context, request, &Event::Gone, Some(&in_hand)).await? {
        Applied::Changed(request) => {
            send_following(context, &request).await?;
            // How late the clean-up was; negative when somebody ended the grant early.
            info!(request_id = %request.request_id, lateness_seconds = late, "everything is gone");
            measure(context, &request);
        }
        Applied::Already(_) => {}
        Applied::Illegal(request, illegal) => {
            warn!(request_id = %request.request_id, %illegal, "the record does not take that everything is gone");
        }
    }
    Ok(())
}

/// Makes the series be there before the first end.
pub(crate) fn init_series(metrics: &Metrics) {
    for end in [DUE, EARLY] {
        metrics.init_series(Metric::CleanUpLateness, &[(Label::End, end)]);
    }
}

/// Measures how long after a grant's end everything was gone: after its time, or after somebody ended it.
fn measure(context: &Context, request: &Request) {
    let (end, ended_at) = if request.status == Status::Revoked {
        (EARLY, request.access.ended_at)
    } else {
        (DUE, request.taken_away_at())
    };
    let (Some(ended_at), Some(gone_at)) = (ended_at, request.access.gone_at) else { return };
    let late = u32::try_from(gone_at.seconds_since(ended_at).max(0)).unwrap_or(u32::MAX);
    context.metrics.record(&[(Label::End, end)], &[(Metric::CleanUpLateness, Seconds(f64::from(late)))]);
}

/// No such request: a user or a role that carries its id is nobody's.
async fn orphan(context: &Context, request_id: &RequestId) -> Result<(), Failure> {
    let iam = context.iam(None).await;
    for found in own_principals(request_id) {
        let tags = iam.tags_of(&found).await?;
        if tags.is_some_and(|tags| !tags.is_of(&context.deployment)) {
            warn!(principal = %found.what, "there is no such request, and this is another deployment's; it is left alone");
            continue;
        }
        warn!(principal = %found.what, "there is no such request; what has its name is removed");
        remove_principal(context, request_id, found.what, None).await?;
    }
    Ok(())
}

/// The table does not answer. The user or the role itself says when its time is over, and then it goes; the record follows
/// when the job is tried again.
async fn without_record(context: &Context, request_id: &RequestId, error: StoreError) -> Result<(), Failure> {
    let iam = context.iam(None).await;
    for found in own_principals(request_id) {
        let tags = iam.tags_of(&found).await?.filter(|tags| tags.is_of(&context.deployment));
        let expires_at = tags.and_then(|tags| tags.expires_at);
        if expires_at.is_some_and(|end| context.now() >= end) {
            warn!(%error, principal = %found.what, "the record cannot be read; its own tag says that its time is over");
            remove_principal(context, request_id, found.what, None).await?;
        }
    }
    Err(error.into())
}

/// What may have been made for a request: one of the two.
fn own_principals(request_id: &RequestId) -> [Found; 2] {
    [Principal::User, Principal::Role].map(|what| Found { name: aws_name(request_id), what })
}
