//! The email with a credential did not arrive: its grant ends. Or it was marked as spam: then it did arrive.
//!
//! SES says so, through `EventBridge`; the request's id is the tag that the email was sent with.

use domain::lifecycle::Event;
use domain::{RequestId, Undelivered};
use service::metrics::Amount::Count;
use service::metrics::{Label, Metric, Metrics};
use tracing::{info, warn};

use crate::context::Context;
use crate::failure::Failure;
use crate::grants::deprovision::take_away;
use crate::unit_of_work::change::{Applied, apply_unsent, load};

/// Makes the series that alarms look at be there before anything happened.
pub(crate) fn init_series(metrics: &Metrics) {
    for why in Undelivered::ALL {
        metrics.init_series(Metric::UndeliveredEmails, &[(Label::Reason, why.as_str())]);
    }
}

/// Handles the job `undelivered`.
pub(crate) async fn end(context: &Context, request_id: &RequestId, why: Undelivered) -> Result<(), Failure> {
    let request = load(context, request_id).await?;
    let applied = apply_unsent(context, request, &Event::Undelivered { why }, None).await?;
    // Once for each report that was dealt with: a try that failed comes back.
    context.metrics.record(&[(Label::Reason, why.as_str())], &[(Metric::UndeliveredEmails, Count(1))]);
    let why = why.as_str();
    match applied {
        Applied::Changed(request) => {
            warn!(why, "the email with the credential did not arrive, so the grant ends");
            return take_away(context, *request).await;
        }
        Applied::Already(request) => {
            warn!(why, status = %request.status, "an email was reported, and nothing ends by it");
        }
        Applied::Illegal(request, _) => {
            info!(why, status = %request.status, "an email was reported, and nothing is granted");
        }
    }
    Ok(())
}
