//! A credential that nobody claimed in time: what was made for it goes, and the request lapses. No key ever existed.
//!
//! The job is sent when the credential begins to wait, and put off until its time. Where it is lost, the sweep comes to
//! the same.

use domain::lifecycle::Event;
use domain::{Job, Request, RequestId};
use tracing::info;

use crate::context::Context;
use crate::failure::Failure;
use crate::grants::remove::remove;
use crate::unit_of_work::change::{acknowledge, apply, edit, load, send_outbox};

/// Handles the job `lapse_unclaimed`.
pub(crate) async fn lapse_unclaimed(context: &Context, request_id: &RequestId) -> Result<(), Failure> {
    let mut request = load(context, request_id).await?;
    let in_hand = Job::LapseUnclaimed { request_id: request_id.clone() };
    acknowledge(context, &mut request, &in_hand).await?;
    unclaimed(context, request).await
}

/// Lets a request lapse whose time to be claimed is over, and not before.
pub(crate) async fn unclaimed(context: &Context, mut request: Request) -> Result<(), Failure> {
    if request.claim_deadline().is_none() {
        info!(status = %request.status, "nothing waits to be claimed");
        return send_outbox(context, &mut request).await;
    }
    // From this write on nobody can confirm a machine, and whoever did before it was in time.
    edit(context, &mut request, |request| {
        let Some(deadline) = request.claim_deadline() else { return Ok(()) };
        let now = context.now();
        if now < deadline {
            let seconds = u32::try_from(deadline.seconds_since(now)).unwrap_or(u32::MAX);
            return Err(Failure::Later { seconds });
        }
        if let Some(claim) = &mut request.access.claim {
            claim.closed = true;
        }
        Ok(())
    })
    .await?;
    if request.claim_deadline().is_none() {
        return send_outbox(context, &mut request).await;
    }
    remove(context, &request).await?;
    apply(context, request, &Event::Unclaimed).await?;
    Ok(())
}
