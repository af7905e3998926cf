//! Arranges the end of a grant, before there is anything to end.

use aws::scheduler::is_role_refused;
use aws::sqs::DELAY_MAX_SECONDS;
use domain::{Job, Request, UnixSeconds};
use tracing::warn;

use crate::failure::Failure;
use crate::grants::kinds::making::Making;

/// Scheduler may take no schedule whose moment is less than so many seconds away: it is accurate to the minute, and its
/// clock and ours may differ.
const SCHEDULE_LEAD_SECONDS: u32 = 120;

/// The end is arranged before anything is made: a schedule, and for a short grant also a delayed message, since
/// schedules are accurate to the minute only and cannot be made for a moment that has all but come.
///
/// A schedule that is there is set only while there is time on the claim: a worker that stood still would put an earlier end
/// over that of an extension.
pub(crate) async fn ensure_end(
    making: &mut Making<'_>,
    request: &Request,
    ends_at: UnixSeconds,
) -> Result<(), Failure> {
    let Making { context, deps, held, appearing, .. } = making;
    let job = Job::ExpireGrant { request_id: request.request_id.clone() };
    let left = u32::try_from(ends_at.seconds_since(context.now())).unwrap_or(0);
    let delayed = (left <= DELAY_MAX_SECONDS).then_some(left);
    if let Some(seconds) = delayed {
        context.jobs.send_later(&job, seconds).await?;
    }
    let (schedules, name, target) = (&context.schedules, request.aws_name(), &deps.schedule_target);
    loop {
        let mut outcome = schedules.create(&name, ends_at, &job, target).await;
        if matches!(outcome, Ok(false)) {
            held.has_time(context.now())?;
            outcome = schedules.update(&name, ends_at, &job, target).await.map(|()| true);
        }
        let Err(error) = outcome else { return Ok(()) };
        let is_role_refused = is_role_refused(&error);
        if error.is("ValidationException") && !is_role_refused && left < SCHEDULE_LEAD_SECONDS {
            warn!(%error, "too late for a schedule; the delayed message ends the grant");
            return Ok(());
        }
        appearing.wait_unless_refused(is_role_refused, error).await?;
    }
}
