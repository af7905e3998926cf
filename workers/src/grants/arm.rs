//! Arranges the end of a grant, before there is anything to end.

use aws::iam::Appearing;
use aws::scheduler::is_role_refused;
use aws::sqs::DELAY_MAX_SECONDS;
use domain::{Job, Request, UnixSeconds};
use tracing::warn;

use crate::context::{Context, ProvisionDeps};
use crate::failure::Failure;

/// Scheduler may take no schedule whose moment is less than so many seconds away: it is accurate to the minute, and its
/// clock and ours may differ.
const SCHEDULE_LEAD_SECONDS: u32 = 120;

/// The end is arranged before anything is made: a schedule, and for a short grant also a delayed message, since
/// schedules are accurate to the minute only and cannot be made for a moment that has all but come.
pub(crate) async fn ensure_end(
    context: &Context,
    deps: &ProvisionDeps,
    appearing: &mut Appearing,
    request: &Request,
    expires_at: UnixSeconds,
) -> Result<(), Failure> {
    let job = Job::ExpireGrant { request_id: request.request_id.clone() };
    let left = u32::try_from(expires_at.seconds_since(context.now())).unwrap_or(0);
    let delayed = (left <= DELAY_MAX_SECONDS).then_some(left);
    if let Some(seconds) = delayed {
        context.jobs.send_later(&job, seconds).await?;
    }
    loop {
        let name = request.aws_name();
        let error = match context.schedules.ensure(&name, expires_at, &job, &deps.schedule_target).await {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        let is_role_refused = is_role_refused(&error);
        if error.is("ValidationException") && !is_role_refused && left < SCHEDULE_LEAD_SECONDS {
            warn!(%error, "too late for a schedule; the delayed message ends the grant");
            return Ok(());
        }
        appearing.wait_unless_refused(is_role_refused, error).await?;
    }
}
