//! The permissions boundary of the users that are made.

use aws::inspect::permissions;
use service::CallError;

use crate::context::Context;
use crate::finding::Finding;

const CHECK: &str = "boundary";

pub(crate) async fn check(ctx: &Context<'_>) -> Vec<Finding> {
    vec![Finding::of(CHECK, look(ctx).await)]
}

async fn look(ctx: &Context<'_>) -> Result<Finding, CallError> {
    let Some(arn) = ctx.settings.permissions_boundary_arn.as_deref() else {
        let detail =
            "PERMISSIONS_BOUNDARY_ARN is not set: only the guard keeps a user from outgrowing a grant";
        return Ok(Finding::warn(CHECK, detail, "make a boundary, and set it for the provision worker"));
    };
    if permissions::is_policy(ctx.aws, arn).await? {
        return Ok(Finding::ok(CHECK, arn));
    }
    let fix = "make it, or fix PERMISSIONS_BOUNDARY_ARN: no user can be made";
    Ok(Finding::fail(CHECK, format!("there is no policy {arn}"), fix))
}
