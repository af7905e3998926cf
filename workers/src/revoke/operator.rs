//! An operator ends access early, from the command line.
//!
//! Who may send this job is for the queue's policy to say: whoever may put a message on the revoke queue may end grants.

use domain::ending::EndsAs;
use domain::lifecycle::Event;
use domain::{Actor, OperatorName, RequestId};
use tracing::info;

use crate::context::Context;
use crate::failure::Failure;
use crate::record::{Applied, apply, load};

/// Handles the job `end_by_operator`.
pub(super) async fn end(context: &Context, request_id: &RequestId, by: &OperatorName) -> Result<(), Failure> {
    let request = load(context, request_id).await?;
    let by = Actor::Operator(by.clone());
    let event = Event::Revoke { by, ends_as: EndsAs::Operator, approvers: Vec::new() };
    match apply(context, request, &event).await? {
        // The job that takes everything away follows by the queue, and is tried until it has.
        Applied::Changed(_) | Applied::Before(_) => {}
        Applied::Illegal(request, _) => {
            info!(status = %request.status, "nothing is granted, so nothing ends");
        }
    }
    Ok(())
}
