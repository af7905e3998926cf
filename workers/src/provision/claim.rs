//! The claim on making a credential: one worker at a time, so that there are never two keys.

use domain::request::Claim;
use domain::{Request, Status, UnixSeconds};
use uuid::Uuid;

use crate::context::Context;
use crate::failure::Failure;
use crate::record::edit;

/// A claim lasts so long, in seconds. Every call within it has its own, shorter limit.
const CLAIM_SECONDS: i64 = 45;
/// So much of a claim must be left before a key is made or an email sent, in seconds: the longest such call.
const MARGIN_SECONDS: i64 = 10;

/// While another worker makes the credential, look again so often, in seconds.
const LOOK_AGAIN_SECONDS: u32 = 10;

/// A claim held by this worker.
#[derive(Debug)]
pub(super) struct Held {
    by: String,
    until: UnixSeconds,
}

/// Claims the making of the credential, or says when to look again.
pub(super) async fn claim(context: &Context, request: &mut Request) -> Result<Held, Failure> {
    let held = Held { by: Uuid::now_v7().to_string(), until: context.now().plus_seconds(CLAIM_SECONDS) };
    edit(context, request, |request| {
        still_wanted(request)?;
        let now = context.now();
        if let Some(other) = request.making.as_ref().filter(|other| other.until > now) {
            let rest = u32::try_from(other.until.seconds_since(now)).unwrap_or(1);
            // It is usually done long before its claim ends.
            return Err(Failure::Later { seconds: rest.min(LOOK_AGAIN_SECONDS) });
        }
        request.making = Some(Claim { by: held.by.clone(), until: held.until });
        Ok(())
    })
    .await?;
    Ok(held)
}

/// The request is approved, and not ended or failed meanwhile.
fn still_wanted(request: &Request) -> Result<(), Failure> {
    if request.status == Status::Approved {
        Ok(())
    } else {
        Err(Failure::retry(format!("the request became {} meanwhile", request.status)))
    }
}

impl Held {
    /// Whether this worker still holds it, by the record.
    pub(super) fn holds(&self, request: &Request) -> Result<(), Failure> {
        still_wanted(request)?;
        if request.making.as_ref().is_some_and(|claim| claim.by == self.by) {
            Ok(())
        } else {
            Err(Failure::retry("another worker took over making the credential"))
        }
    }

    /// Whether there is time for one more call that must not be made by two.
    pub(super) fn has_time(&self, now: UnixSeconds) -> Result<(), Failure> {
        if self.until.seconds_since(now) >= MARGIN_SECONDS {
            Ok(())
        } else {
            Err(Failure::retry("making the credential took too long; it starts again"))
        }
    }

    /// Gives it back after a failure, so that the next try need not wait for its end.
    pub(super) async fn release(&self, context: &Context, request: &mut Request) {
        let outcome = edit(context, request, |request| {
            if request.making.as_ref().is_some_and(|claim| claim.by == self.by) {
                request.making = None;
            }
            Ok(())
        })
        .await;
        if let Err(failure) = outcome {
            tracing::warn!(?failure, "the claim could not be given back; it ends by itself");
        }
    }
}
