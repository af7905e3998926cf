//! A grant releases what it held: taken away with the last of them, unless it was there before.

use aws::identity_center::IdentityCenter;
use domain::RequestId;
use domain::holding::{Change, Goal, Held};
use tracing::{info, warn};

use super::take::{LOOK_AGAIN_SECONDS, busy_or, set_operation};
use super::target::{self, Step};
use super::visit::{UNSETTLED_SECONDS, Visit};
use crate::context::Context;
use crate::failure::Failure;

/// What is deleted and still listed for so long, in seconds, is deleted again.
const LINGERS_SECONDS: i64 = 120;

/// Releases it for a request. It returns when nothing of this request is left: the grant is no holder, and where it was the last
/// of ours, what was made has been read back as gone.
pub(crate) async fn release(
    context: &Context,
    center: &IdentityCenter,
    held: Held,
    request_id: &RequestId,
) -> Result<(), Failure> {
    let mut visit = Visit::open(context, center, held).await?;
    match try_release(&mut visit, request_id).await {
        Ok(()) => Ok(()),
        Err(failure) => Err(visit.release_after(failure).await),
    }
}

/// Goes on with taking it away, where that was begun and nobody holds it.
pub(crate) async fn resume(context: &Context, center: &IdentityCenter, held: Held) -> Result<(), Failure> {
    let mut visit = Visit::open(context, center, held).await?;
    if !visit.holding.is_going() || !visit.holding.holders.is_empty() {
        return Ok(());
    }
    match take_away(&mut visit).await {
        Ok(()) => Ok(()),
        Err(failure) => Err(visit.release_after(failure).await),
    }
}

async fn try_release(visit: &mut Visit<'_>, request_id: &RequestId) -> Result<(), Failure> {
    let holding = &visit.holding;
    let holds = holding.holders.contains(request_id);
    let others = holding.holders.len() - usize::from(holds);
    match (holds, others) {
        (false, 0) if holding.is_going() => take_away(visit).await,
        (false, _) => Ok(()),
        (true, 0) if holding.before => {
            info!("it was there before the grant, so it stays");
            visit.forget().await
        }
        (true, 0) => begin(visit).await,
        (true, others) => {
            info!(others, "other grants hold it, so it stays");
            visit
                .release(|holding| {
                    holding.holders.remove(request_id);
                })
                .await
        }
    }
}

/// The last grant of it ends: from here on it is going, whoever comes.
async fn begin(visit: &mut Visit<'_>) -> Result<(), Failure> {
    let now = visit.context.now();
    let mut going = Change::begins(Goal::Gone, now);
    if let Some(making) = visit.holding.change.as_ref().filter(|change| !change.done) {
        match &making.operation_id {
            // What is not made yet cannot be deleted, and would be there afterwards.
            Some(id) => match target::progress(visit.center, Goal::There, id).await? {
                Step::UnderWay { .. } => return Err(Failure::Later { seconds: LOOK_AGAIN_SECONDS }),
                Step::Done { .. } | Step::Already | Step::Failed { .. } => {}
            },
            None => going.unsettled_until = Some(making.since.plus_seconds(UNSETTLED_SECONDS)),
        }
    }
    visit
        .claim(|holding| {
            holding.holders.clear();
            holding.change = Some(going);
        })
        .await?;
    go_on(visit).await
}

/// Goes on with what an earlier try began.
async fn take_away(visit: &mut Visit<'_>) -> Result<(), Failure> {
    visit.claim(|_| ()).await?;
    go_on(visit).await
}

async fn go_on(visit: &mut Visit<'_>) -> Result<(), Failure> {
    let Some(change) = visit.holding.change.clone() else { return Ok(()) };
    let step = match &change.operation_id {
        _ if change.done => Step::Done { membership_id: None },
        Some(id) => target::progress(visit.center, Goal::Gone, id).await?,
        None => {
            visit.may_call()?;
            target::remove(visit.center, &visit.holding).await.map_err(busy_or)?
        }
    };
    match step {
        Step::Done { .. } | Step::Already => gone(visit, &change).await,
        Step::UnderWay { operation_id } => {
            visit.release(|holding| set_operation(holding, operation_id)).await?;
            Err(Failure::Later { seconds: LOOK_AGAIN_SECONDS })
        }
        Step::Failed { reason } => {
            // The next try deletes it again.
            visit.release(|holding| set_operation(holding, None)).await?;
            Err(Failure::NeedsOperator {
                error: format!("Identity Center could not take the access away: {reason}"),
            })
        }
    }
}

/// Identity Center says that it is gone: once that is read back, it is.
async fn gone(visit: &mut Visit<'_>, change: &Change) -> Result<(), Failure> {
    let now = visit.context.now();
    let is_there = target::is_there(visit.center, &visit.holding).await?;
    let is_settled = change.unsettled_until.is_none_or(|until| now >= until);
    if !is_there && is_settled {
        return visit.forget().await;
    }
    let lingers = is_there && now.seconds_since(change.since) > LINGERS_SECONDS;
    if lingers {
        warn!("it is still there long after it was deleted; it is deleted again");
    }
    // One whose creation took effect late has to be deleted again too.
    let again = lingers || (is_there && change.unsettled_until.is_some());
    visit
        .release(|holding| {
            if let Some(change) = &mut holding.change {
                change.done = !again;
                if again {
                    change.operation_id = None;
                    change.since = now;
                }
            }
        })
        .await?;
    Err(Failure::Later { seconds: LOOK_AGAIN_SECONDS })
}
