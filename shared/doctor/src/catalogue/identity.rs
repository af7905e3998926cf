//! Whether Identity Center is there, and what the catalogue gives of it.

use aws::identity_center::{Fault, IdentityCenter, Looked, faults};
use domain::Project;

use super::promises::CHECK;
use crate::context::Context;
use crate::finding::Finding;

pub(super) async fn check(ctx: &Context<'_>, projects: &[Project]) -> Vec<Finding> {
    let center = ctx.settings.identity_center.as_ref().map(|settings| IdentityCenter::new(ctx.aws, settings));
    let mut found = Vec::new();
    if let Some(center) = &center {
        found.extend(instance(center).await);
    }
    for Looked { by, fault } in faults(center.as_ref(), projects).await {
        found.push(match fault {
            Ok(fault) => finding(&by, &fault),
            Err(error) => Finding::unknown(CHECK, &error),
        });
    }
    found
}

/// The instance, and whether the identity store is its own.
async fn instance(center: &IdentityCenter) -> Option<Finding> {
    let settings = center.settings();
    match center.store_of_instance().await {
        Ok(Some(store)) if store == settings.identity_store_id => None,
        Ok(Some(store)) => Some(Finding::fail(
            CHECK,
            format!("the identity store of {} is {store}", settings.instance_arn),
            "set IDENTITY_STORE_ID to that",
        )),
        Ok(None) => Some(Finding::fail(
            CHECK,
            format!(
                "there is no instance {} in {}",
                settings.instance_arn,
                settings.region.as_deref().unwrap_or("this region")
            ),
            "set IDENTITY_CENTER_INSTANCE_ARN and IDENTITY_CENTER_REGION to what aws sso-admin list-instances shows",
        )),
        Err(error) => Some(Finding::unknown(CHECK, &error)),
    }
}

fn finding(by: &str, fault: &Fault) -> Finding {
    let detail = format!("{by} {fault}");
    match fault {
        Fault::NotSetUp => {
            Finding::fail(CHECK, detail, "set IDENTITY_CENTER_INSTANCE_ARN and IDENTITY_STORE_ID")
        }
        Fault::NoAccountAccess => Finding::fail(
            CHECK,
            detail,
            "enable account access manager in the organisation's management account",
        ),
        Fault::NoPermissionSet(_) | Fault::NoGroup(_) => {
            Finding::fail(CHECK, detail, "make it, or name another with keylease projects apply")
        }
        Fault::TooShort { .. } => Finding::fail(
            CHECK,
            detail,
            "make the role's max_duration longer, or the permission set's sessions shorter",
        ),
        Fault::LongSessions { .. } => Finding::warn(
            CHECK,
            detail,
            "shorten the permission set's sessions to an hour, or set door_closes_early",
        ),
    }
}
