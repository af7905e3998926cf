//! Somebody left Slack: their live grants end, and what they have asked for is closed. An account that is restored gets
//! nothing back. What they might still decide does not count, since every decision looks at whoever counts.

use domain::Request;
use domain::job::PersonLeft;
use domain::lifecycle::Event;
use tracing::{info, warn};

use crate::context::Context;
use crate::failure::Failure;
use crate::grants::deprovision::take_away;
use crate::requests::open::open_requests;
use crate::unit_of_work::change::{Applied, apply_unsent};

/// Handles the job `person_left`. One request that cannot be ended now holds up none of the others.
pub(crate) async fn end_all(context: &Context, left: &PersonLeft) -> Result<(), Failure> {
    context.last_asked.note_left(&left.user_ids, context.now());
    let requests = open_requests(context, |request| left.takes(request)).await?;
    let mut failed: Option<Failure> = None;
    for request in requests {
        let request_id = request.request_id.clone();
        let Err(failure) = end(context, request).await else { continue };
        warn!(%request_id, ?failure, "what somebody has who left cannot be ended now");
        // Trying again helps one of them at least.
        if failed.as_ref().is_none_or(|first| !matches!(first, Failure::Retry { .. })) {
            failed = Some(failure);
        }
    }
    failed.map_or(Ok(()), Err)
}

async fn end(context: &Context, request: Request) -> Result<(), Failure> {
    match apply_unsent(context, request, &Event::RequesterLeft, None).await? {
        Applied::Changed(request) => {
            info!(request_id = %request.request_id, status = %request.status, "its requester left Slack");
            take_away(context, *request).await
        }
        // It is over, by this or otherwise.
        Applied::Already(_) | Applied::Illegal(_, _) => Ok(()),
    }
}
