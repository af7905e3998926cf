//! Takes away what was made for a request: what ends a grant, and what undoes one that cannot be made.
//!
//! The steps are those of making it, backwards: whatever came of them, everything is denied, removed and read back, and the
//! schedule goes last. It needs nothing but the service that gave.

use aws::iam::{LOOKS_APART, Principal};
use domain::{Request, RequestId};
use tracing::{info, warn};

use crate::context::Context;
use crate::failure::Failure;
use crate::grants::kinds::Kind;
use crate::grants::kinds::step::{EndOf, StepFailed};

/// How often the steps begin anew because IAM may not show everything yet.
const ROUNDS_MAX: u32 = 3;

/// Ends what was made for the request. It may be repeated, and what is gone stays gone.
///
/// The schedule goes last and may stay: it fires once more at most, and then finds nothing to do.
pub(crate) async fn remove(context: &Context, request: &Request) -> Result<(), Failure> {
    let kind = Kind::of_request(request);
    end(context, kind, &EndOf { request_id: &request.request_id, record: Some(request) }).await?;
    kind.close(context, request).await?;
    if kind.needs_its_schedule(context, request) {
        return Ok(());
    }
    if let Err(error) = context.schedules.delete(&request.aws_name()).await {
        warn!(%error, "the schedule could not be deleted; it deletes itself when it fires");
    }
    Ok(())
}

/// Ends the user or the role that bears a request's name, by IAM alone.
pub(crate) async fn remove_principal(
    context: &Context,
    request_id: &RequestId,
    what: Principal,
    account_role_arn: Option<&str>,
) -> Result<(), Failure> {
    let kind = Kind::of_principal(what, account_role_arn);
    end(context, kind, &EndOf { request_id, record: None }).await
}

async fn end<'a>(context: &Context, kind: Kind<'a>, of: &EndOf<'a>) -> Result<(), Failure> {
    let mut rounds = 0;
    loop {
        match steps(context, kind, of, rounds == 0).await {
            Ok(()) => return Ok(()),
            Err(StepFailed::MayBeBehind(error)) if rounds + 1 < ROUNDS_MAX => {
                info!(request_id = %of.request_id, %error, "it may be gone, or not all of it is seen yet: it is looked for again");
                context.clock.sleep(LOOKS_APART).await;
                rounds += 1;
            }
            Err(failed) => return Err(failed.into()),
        }
    }
}

async fn steps<'a>(
    context: &Context,
    kind: Kind<'a>,
    of: &EndOf<'a>,
    is_first_look: bool,
) -> Result<(), StepFailed> {
    let Some(mut ending) = kind.find(context, of, is_first_look).await? else { return Ok(()) };
    ending.deny_now(context).await?;
    ending.remove(context).await?;
    ending.verify_gone().await
}
