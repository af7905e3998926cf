//! An operator ends access early, from the command line, or closes a request that nobody has decided yet.
//!
//! Who may send this job is for the queue's policy to say: whoever may put a message on the revoke queue may end grants.

use domain::end_reason::EndReason;
use domain::lifecycle::Event;
use domain::{Actor, OperatorName, RequestId, UnixSeconds};
use tracing::info;

use crate::context::Context;
use crate::failure::Failure;
use crate::grants::deprovision::take_away;
use crate::unit_of_work::change::{Applied, apply_unsent, load};

/// Handles the job `end_by_operator`.
pub(crate) async fn end(
    context: &Context,
    request_id: &RequestId,
    by: &OperatorName,
    requested_at: Option<UnixSeconds>,
) -> Result<(), Failure> {
    let request = load(context, request_id).await?;
    let by = Actor::Operator(by.clone());
    let at = requested_at.unwrap_or_else(|| context.now());
    let event = Event::EndEarly { by, at, ends_as: EndReason::Operator, approvers: Vec::new() };
    match apply_unsent(context, request, &event, None).await? {
        Applied::Changed(request) => return take_away(context, *request).await,
        Applied::Already(_) => {}
        Applied::Illegal(request, _) => {
            info!(status = %request.status, "nothing is pending or granted, so nothing ends");
        }
    }
    Ok(())
}
