//! Takes away what was made for a request, with IAM alone.

use domain::Request;
use tracing::warn;

use crate::context::Context;
use crate::failure::Failure;
use crate::grants::kinds::Kind;

/// Ends what was made for the request. It may be repeated, and what is gone stays gone.
///
/// The schedule goes last and may stay: it fires once more at most, and then finds nothing to do.
pub(crate) async fn remove(context: &Context, request: &Request) -> Result<(), Failure> {
    let kind = Kind::of_request(request);
    kind.remove(context, request).await?;
    if kind.needs_its_schedule(context, request) {
        return Ok(());
    }
    if let Err(error) = context.schedules.delete(&request.aws_name()).await {
        warn!(%error, "the schedule could not be deleted; it deletes itself when it fires");
    }
    Ok(())
}
