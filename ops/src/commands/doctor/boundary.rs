//! The permissions boundary of the users that are made.

use aws::inspect::permissions;

use super::finding::Finding;
use super::ground::Ground;

pub(super) async fn check(ground: &Ground<'_>) -> Vec<Finding> {
    let check = "boundary";
    let Some(arn) = ground.settings.permissions_boundary_arn.as_deref() else {
        let detail =
            "PERMISSIONS_BOUNDARY_ARN is not set: only the guard keeps a user from outgrowing a grant";
        return vec![Finding::warn(check, detail, "make a boundary, and set it for the provision worker")];
    };
    vec![match permissions::is_policy(ground.aws, arn).await {
        Ok(true) => Finding::ok(check, arn),
        Ok(false) => {
            let mend = "make it, or mend PERMISSIONS_BOUNDARY_ARN: no user can be made";
            Finding::fail(check, format!("there is no policy {arn}"), mend)
        }
        Err(error) => Finding::unknown(check, &error),
    }]
}
