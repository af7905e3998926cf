//! Takes away what was made for a grant. It needs IAM and nothing else.

use aws::iam::{Denied, Prior, SESSION_MAX_SECONDS};
use domain::end_reason::was_cut_off;
use domain::project::RoleKind;
use domain::request::{Grant, aws_name};
use domain::{Request, RequestId, Status, UnixSeconds};
use service::CallError;
use tracing::{info, warn};

use crate::context::Context;
use crate::failure::Failure;
use crate::grants::cut_off;

/// For so long after a decision, or after the claim of a worker that made the credential, its user may be new, in seconds.
const MAY_BE_NEW_SECONDS: i64 = 60;

/// Ends what was made for the request: its user, or its session. It may be repeated, and what is gone stays gone.
///
/// The schedule goes last and may stay: it fires once more at most, and then finds nothing to do.
pub(crate) async fn remove(context: &Context, request: &Request) -> Result<(), Failure> {
    match &request.grant {
        Some(Grant { role, account_role_arn }) => match role {
            RoleKind::Session { role_arn, inline_policy: _ } => {
                end_session(context, request, role_arn, account_role_arn.as_deref()).await?;
            }
            RoleKind::User { policy_arns: _, inline_policy: _ } => {
                remove_own_user(context, request, account_role_arn.as_deref()).await?;
            }
        },
        None => remove_own_user(context, request, None).await?,
    }
    if needs_pruning_later(request, context) {
        return Ok(());
    }
    if let Err(error) = context.schedules.delete(&request.aws_name()).await {
        warn!(%error, "the schedule could not be deleted; it deletes itself when it fires");
    }
    Ok(())
}

/// Removes the user of a request. A user that the record does not name was perhaps never made for it: one whose tags
/// say that it is somebody else's is left alone.
async fn remove_own_user(
    context: &Context,
    request: &Request,
    account_role_arn: Option<&str>,
) -> Result<(), CallError> {
    if request.principal.is_none() {
        let iam = context.iam(account_role_arn).await;
        let tags = iam.tags(&request.aws_name()).await?;
        let is_anothers = tags.is_some_and(|tags| {
            !tags.is_of(&context.deployment)
                || tags.request_id.is_some_and(|id| id != request.request_id.as_str())
        });
        if is_anothers {
            warn!(user = request.aws_name(), "a user of that name is for something else; it is left alone");
            return Ok(());
        }
    }
    end_user(context, &request.request_id, account_role_arn, known(request, context.now())).await
}

/// Denies everything to the user of a request, and then removes it whole.
pub(crate) async fn remove_user(
    context: &Context,
    request_id: &RequestId,
    account_role_arn: Option<&str>,
) -> Result<(), CallError> {
    end_user(context, request_id, account_role_arn, Prior::Settled).await
}

async fn end_user(
    context: &Context,
    request_id: &RequestId,
    account_role_arn: Option<&str>,
    known: Prior,
) -> Result<(), CallError> {
    let iam = context.iam(account_role_arn).await;
    let user = aws_name(request_id);
    if iam.end_user(&user, known).await? {
        info!(user, "the user is gone");
    }
    Ok(())
}

/// What the record says of whether somebody may have made the user a moment ago.
fn known(request: &Request, now: UnixSeconds) -> Prior {
    let is_recent = |at: UnixSeconds| now.seconds_since(at) < MAY_BE_NEW_SECONDS;
    let was_made = request.making.as_ref().map(|claim| claim.until).or(request.decided_at);
    if request.gone_at.is_some() {
        Prior::Gone
    } else if was_made.is_some_and(is_recent) {
        Prior::MayBeNew
    } else {
        Prior::Settled
    }
}

/// A session cannot be deleted. Before its time it is denied by its id; after its time its own policy has ended it, and
/// the denial goes, so that the role's policies never fill up.
async fn end_session(
    context: &Context,
    request: &Request,
    role_arn: &str,
    account_role_arn: Option<&str>,
) -> Result<(), CallError> {
    let Some(id) = &request.assumed_role_id else { return Ok(()) };
    let iam = context.iam(account_role_arn).await;
    let now = context.now();
    if is_over(request, now) {
        // Earlier releases named a denial after its session.
        iam.delete_role_policy(role_arn, &request.aws_name()).await?;
        if let Err(error) = iam.prune_denials(role_arn, now).await {
            warn!(role_arn, %error, "denials that no session needs any more stay until a sweep");
        }
        return Ok(());
    }
    if was_cut_off(request) {
        // The policy that cut it off outlasts every session that began before it.
        return Ok(());
    }
    let until = request.expires_at.unwrap_or_else(|| now.plus_seconds(SESSION_MAX_SECONDS));
    match iam.deny_session(role_arn, id, until, now).await? {
        Denied::Alone => {}
        Denied::WithAllOthers => {
            warn!(
                request_id = %request.request_id,
                role_arn,
                "this session could be denied only together with every other session on the role that began before now"
            );
            cut_off::end_others(context, role_arn, now, Some(&request.request_id)).await;
        }
    }
    Ok(())
}

fn is_over(request: &Request, now: UnixSeconds) -> bool {
    request.expires_at.is_some_and(|end| now >= end)
}

/// The schedule of a session that ended early prunes its denial.
fn needs_pruning_later(request: &Request, context: &Context) -> bool {
    let session = request.grant.as_ref().is_some_and(|grant| grant.role.is_session());
    session && request.status == Status::Revoked && !is_over(request, context.now())
}
