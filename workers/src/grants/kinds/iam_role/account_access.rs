//! The door `account_access`: account access manager opens the role to the requester's user of Identity Center, last of all.

use aws::identity_center::{AccessApplication, IdentityCenter, IdentityUser, RoleOpening};
use domain::Request;
use domain::request::{RoleEntitlement, SignIn};
use tracing::info;

use crate::context::Context;
use crate::failure::Failure;
use crate::grants::holding::busy_or;
use crate::grants::kinds::entitlement::{center, refused, requester};
use crate::grants::kinds::making::Making;
use crate::grants::wanted::still_wanted;
use crate::unit_of_work::change::edit;

/// An entitlement of which no answer came may not be listed for so long, in seconds.
const UNLISTED_SECONDS: i64 = 60;
/// What is not seen yet, or still seen, is looked at again after so long, in seconds.
const LOOK_AGAIN_SECONDS: u32 = 5;
const CODE_NOT_VERIFIED: &str = "ValidationException";

/// Whom a role is opened to, and by what.
#[derive(Debug)]
pub(super) struct Opening<'a> {
    center: &'a IdentityCenter,
    pub(super) application: AccessApplication,
    user: IdentityUser,
}

/// Finds the requester's user and account access manager, before anything is made.
pub(super) async fn find<'a>(making: &Making<'a>) -> Result<Opening<'a>, Failure> {
    let center = center(making.context).map_err(|error| refused(&error))?;
    let user = requester(center, making.email).await?;
    let application = center.access_application().await?;
    let application = application.ok_or_else(|| {
        refused("account access manager is not enabled for the instance of Identity Center")
    })?;
    Ok(Opening { center, application, user })
}

/// Opens the role to the user; the entitlement's id.
pub(super) async fn open(
    making: &mut Making<'_>,
    request: &mut Request,
    opening: &Opening<'_>,
    role_arn: &str,
) -> Result<String, Failure> {
    let Opening { center, application, user } = opening;
    note(making, request, opening, role_arn).await?;
    info!(
        user_id = user.id,
        matched_by = user.matched_by.as_str(),
        "the requester's user in Identity Center"
    );
    let of_user = RoleOpening { application_arn: &application.arn, role_arn, user_id: &user.id };
    loop {
        making.held.has_time(making.context.now())?;
        match center.entitle(&of_user).await {
            Ok(id) => return Ok(id),
            // It verifies the role, which IAM does not show everywhere at once.
            Err(error) if error.is(CODE_NOT_VERIFIED) => {
                if let Err(error) = making.appearing.wait_unless_refused(true, error).await {
                    return Err(Failure::retry(format!(
                        "account access manager does not take the role yet: {error}"
                    )));
                }
            }
            Err(error) if error.is_denied() => making.appearing.wait_unless_refused(true, error).await?,
            Err(error) => return Err(busy_or(error)),
        }
    }
}

/// Written before the call: whatever ends the request from here on finds it.
async fn note(
    making: &Making<'_>,
    request: &mut Request,
    opening: &Opening<'_>,
    role_arn: &str,
) -> Result<(), Failure> {
    let now = making.context.now();
    let noted = RoleEntitlement {
        application_arn: opening.application.arn.clone(),
        role_arn: role_arn.to_owned(),
        user_id: opening.user.id.clone(),
        noted_at: now,
        id: None,
    };
    let sign_in = SignIn {
        portal_url: opening.application.portal_url.clone(),
        region: opening.center.settings().region.clone().unwrap_or_default(),
        role_name: None,
    };
    edit(making.context, request, |request| {
        still_wanted(request)?;
        making.held.holds(request)?;
        request.access.entitlement = Some(noted.clone());
        request.access.sign_in = Some(sign_in.clone());
        Ok(())
    })
    .await
}

/// Takes the entitlement away, once the role is gone. Where none was noted, none was made.
pub(super) async fn close(context: &Context, request: &Request) -> Result<(), Failure> {
    let Some(noted) = &request.access.entitlement else { return Ok(()) };
    let center = center(context).map_err(|error| Failure::NeedsOperator { error })?;
    let RoleEntitlement { application_arn, role_arn, user_id, noted_at, id } = noted;
    let opening = RoleOpening { application_arn, role_arn, user_id };
    if let Some(id) = id {
        center.delete_entitlement(application_arn, id).await.map_err(busy_or)?;
    }
    let listed = center.entitlements(&opening).await.map_err(busy_or)?;
    for id in &listed {
        center.delete_entitlement(application_arn, id).await.map_err(busy_or)?;
    }
    let may_appear = id.is_none() && context.now().seconds_since(*noted_at) < UNLISTED_SECONDS;
    if !listed.is_empty() || may_appear {
        return Err(Failure::Later { seconds: LOOK_AGAIN_SECONDS });
    }
    Ok(())
}
