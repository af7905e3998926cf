//! The permissions boundary of the users that are made.

use aws::inspect::permissions;

use super::context::DoctorContext;
use super::finding::Finding;

pub(super) async fn check(ctx: &DoctorContext<'_>) -> Vec<Finding> {
    let check = "boundary";
    let Some(arn) = ctx.settings.permissions_boundary_arn.as_deref() else {
        let detail =
            "PERMISSIONS_BOUNDARY_ARN is not set: only the guard keeps a user from outgrowing a grant";
        return vec![Finding::warn(check, detail, "make a boundary, and set it for the provision worker")];
    };
    vec![match permissions::is_policy(ctx.aws, arn).await {
        Ok(true) => Finding::ok(check, arn),
        Ok(false) => {
            let fix = "make it, or fix PERMISSIONS_BOUNDARY_ARN: no user can be made";
            Finding::fail(check, format!("there is no policy {arn}"), fix)
        }
        Err(error) => Finding::unknown(check, &error),
    }]
}
