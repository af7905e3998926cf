//! Whether what is claimed has a place where it waits for its claimer.

use domain::Project;

use super::promises::CHECK;
use crate::context::Context;
use crate::finding::Finding;

pub(super) fn check(ctx: &Context<'_>, projects: &[Project]) -> Option<Finding> {
    let (project, role) =
        projects.iter().find_map(|project| Some((&project.project, project.claimed_role()?)))?;
    if ctx.settings.claims.is_some() {
        return None;
    }
    Some(Finding::fail(
        CHECK,
        format!("{project}/{role} has `delivery: claim`, and there is no table of claims"),
        "set DYNAMODB_TABLE_CLAIMS and PUBLIC_URL, for the ingress and for the workers",
    ))
}
