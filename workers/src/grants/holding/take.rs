//! A grant takes what it gives: made where it is not there, and noted where it is.

use aws::iam::Appearing;
use aws::identity_center::IdentityCenter;
use domain::RequestId;
use domain::holding::{Change, Goal, Held, Holding};
use service::CallError;
use tracing::info;

use super::target::{self, Step};
use super::visit::{Given, Visit};
use crate::failure::{Failure, REASON_REFUSED};
use crate::grants::kinds::making::Making;
use crate::grants::wanted::still_wanted;
use crate::unit_of_work::change::load;

/// While Identity Center works on it, look again so often, in seconds.
pub(super) const LOOK_AGAIN_SECONDS: u32 = 3;
/// After Identity Center said that something else is under way, or too much, try again after so long, in seconds.
pub(super) const BUSY_SECONDS: u32 = 5;
/// What is done and not seen for so long, in seconds, is made again.
const UNSEEN_SECONDS: i64 = 60;
/// Longest that making it may take, in seconds. Identity Center changes one role of an account at a time, so others may be first.
const MAKING_MAX_SECONDS: i64 = 900;

/// What a grant has taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Taken {
    /// Whether it was there before any grant, so that it stays.
    pub(crate) before: bool,
}

/// Takes it for a request, or goes on where an earlier try stopped.
pub(crate) async fn take(
    making: &mut Making<'_>,
    center: &IdentityCenter,
    held: Held,
    request_id: &RequestId,
) -> Result<Taken, Failure> {
    let mut visit = Visit::open(making.context, center, held).await?;
    match try_take(&mut visit, request_id, making).await {
        Ok(taken) => Ok(taken),
        Err(failure) => {
            let failure = visit.release_after(failure).await;
            if let Some(given) = visit.given.take() {
                visit.note_stray(given).await?;
            }
            Err(failure)
        }
    }
}

async fn try_take(
    visit: &mut Visit<'_>,
    request_id: &RequestId,
    making: &mut Making<'_>,
) -> Result<Taken, Failure> {
    if visit.holding.is_going() {
        // Whoever ends the last grant of it takes it away first.
        return Err(Failure::Later { seconds: LOOK_AGAIN_SECONDS });
    }
    if visit.holding.change.is_none() {
        let is_fresh = visit.holding.holders.is_empty();
        let is_there = target::is_there(visit.center, &visit.holding).await?;
        if is_there {
            let before = is_fresh || visit.holding.before;
            let hold = |holding: &mut Holding| {
                holding.holders.insert(request_id.clone());
                holding.before = before;
            };
            visit.release(hold).await?;
            return Ok(Taken { before });
        }
    }
    make(visit, request_id, making).await
}

/// It is not there, as far as is known.
async fn make(
    visit: &mut Visit<'_>,
    request_id: &RequestId,
    making: &mut Making<'_>,
) -> Result<Taken, Failure> {
    let now = visit.context.now();
    let was_tried = visit.holding.change.is_some();
    let begins = Change::begins(Goal::There, now);
    visit
        .claim(|holding| {
            holding.holders.insert(request_id.clone());
            holding.before = false;
            holding.change.get_or_insert(begins);
        })
        .await?;
    // Whoever ends the request from here on finds that it holds this.
    let request = load(visit.context, request_id).await?;
    still_wanted(&request)?;
    if request.time_is_over(visit.context.now()) {
        // Nothing in Identity Center would end by itself. The job finds that its time is over when it comes back.
        return Err(Failure::Later { seconds: LOOK_AGAIN_SECONDS });
    }
    let mut change = visit.holding.change.clone().unwrap_or_else(|| Change::begins(Goal::There, now));
    if request.work.waiting.as_ref().is_some_and(|waiting| waiting.tried_at >= change.since) {
        // Identity Center was not at it while this waited for an operator.
        change.since = now;
        visit.holding.change = Some(change.clone());
    }
    if now.seconds_since(change.since) > MAKING_MAX_SECONDS {
        let error = format!("Identity Center did not give the access within {MAKING_MAX_SECONDS} s");
        return Err(Failure::Reject { reason: REASON_REFUSED, error });
    }
    let step = match &change.operation_id {
        _ if change.done => Step::Done { membership_id: None },
        Some(id) => target::progress(visit.center, Goal::There, id).await?,
        None => {
            let step = create(visit, &mut making.appearing).await?;
            visit.given = given(&step);
            step
        }
    };
    match step {
        Step::Done { membership_id } => seen(visit, membership_id, &change).await,
        Step::UnderWay { operation_id } => {
            visit.release(|holding| set_operation(holding, operation_id)).await?;
            Err(Failure::Later { seconds: LOOK_AGAIN_SECONDS })
        }
        Step::Already if was_tried => {
            // The answer to an earlier try was lost.
            let id = target::membership_id(visit.center, &visit.holding.held).await?;
            seen(visit, id, &change).await
        }
        Step::Already => {
            info!("somebody else was first to give this; it stays after the grant");
            visit
                .release(|holding| {
                    holding.before = true;
                    holding.change = None;
                })
                .await?;
            Ok(Taken { before: true })
        }
        Step::Failed { reason } => {
            visit.release(|holding| holding.change = None).await?;
            let error = format!("Identity Center could not give the access: {reason}");
            Err(Failure::Reject { reason: REASON_REFUSED, error })
        }
    }
}

/// What a call has given, or will have.
fn given(step: &Step) -> Option<Given> {
    match step {
        Step::Done { membership_id } => Some(Given { membership_id: membership_id.clone() }),
        Step::UnderWay { operation_id: _ } => Some(Given { membership_id: None }),
        Step::Already | Step::Failed { .. } => None,
    }
}

async fn create(visit: &Visit<'_>, appearing: &mut Appearing) -> Result<Step, Failure> {
    loop {
        visit.may_call()?;
        match target::create(visit.center, &visit.holding.held).await {
            Ok(step) => return Ok(step),
            // A permission that was just given is not known everywhere at once.
            Err(error) if error.is_denied() => appearing.wait_unless_refused(true, error).await?,
            Err(error) => return Err(busy_or(error)),
        }
    }
}

/// Identity Center says that it is done: once that is read back, it is.
async fn seen(
    visit: &mut Visit<'_>,
    membership_id: Option<String>,
    change: &Change,
) -> Result<Taken, Failure> {
    let membership_id = membership_id.or_else(|| visit.holding.membership_id.clone());
    visit.holding.membership_id.clone_from(&membership_id);
    if target::is_there(visit.center, &visit.holding).await? {
        visit.release(|holding| holding.change = None).await?;
        return Ok(Taken { before: false });
    }
    let now = visit.context.now();
    let done_since = change.done_since.unwrap_or(now);
    let is_lost = now.seconds_since(done_since) > UNSEEN_SECONDS;
    visit
        .release(|holding| {
            if let Some(change) = &mut holding.change {
                change.done = !is_lost;
                change.done_since = (!is_lost).then_some(done_since);
                if is_lost {
                    change.operation_id = None;
                    holding.membership_id = None;
                }
            }
        })
        .await?;
    Err(Failure::Later { seconds: LOOK_AGAIN_SECONDS })
}

pub(super) fn set_operation(holding: &mut Holding, operation_id: Option<String>) {
    if let Some(change) = &mut holding.change {
        change.operation_id = operation_id;
    }
}

/// What Identity Center has no room for at this moment is tried again without using up the job's tries.
pub(crate) fn busy_or(error: CallError) -> Failure {
    let is_busy = ["ConflictException", "ThrottlingException"].iter().any(|code| error.is(code));
    if is_busy {
        info!(%error, "Identity Center is busy; tried again later");
        Failure::Later { seconds: BUSY_SECONDS }
    } else {
        error.into()
    }
}
