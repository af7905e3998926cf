//! By IAM alone: users under our path whose own tags say that their time is over, or that belong to no live request.

use std::collections::BTreeSet;

use aws::iam::{Found, Iam};
use domain::request::aws_name;
use domain::{Job, Request, RequestId, Status};
use tracing::warn;

use crate::context::Context;
use crate::failure::Failure;
use crate::grants::kinds::iam_user::remove_user;
use crate::reconcile::Tally;

/// Looks at every user under our path: in this account first, which needs no table, and then in each that a project
/// acts in.
pub(crate) async fn sweep(context: &Context, tally: &mut Tally) {
    sweep_account(context, None, tally).await;
    match context.store.account_roles().await {
        Ok(roles) => {
            for role in roles.into_iter().collect::<BTreeSet<String>>() {
                sweep_account(context, Some(&role), tally).await;
            }
        }
        Err(error) => tally.cannot_list("catalogue", error.into()),
    }
}

async fn sweep_account(context: &Context, account: Option<&str>, tally: &mut Tally) {
    let iam = context.iam(account).await;
    match (iam.users().await, account) {
        (Ok(users), _) => {
            for user in users {
                let outcome = reconcile_user(context, account, &iam, &user).await;
                tally.add(&user.name, outcome);
            }
        }
        // One account that is closed must not make a sweep of all others fail.
        (Err(error), Some(role_arn)) => {
            // Where only the list is refused, what is left of ended grants is found by their records.
            if !error.is_final() && !error.is("AccessDenied") {
                tally.unreachable.insert(role_arn.to_owned());
            }
            tally.add(role_arn, Err(error.into()));
        }
        (Err(error), None) => tally.cannot_list("this account", error.into()),
    }
}

/// Removes a user that should not be, and says whether it did.
async fn reconcile_user(
    context: &Context,
    account: Option<&str>,
    iam: &Iam,
    user: &Found,
) -> Result<bool, Failure> {
    let Some(tags) = iam.tags(&user.name).await? else { return Ok(false) };
    if !tags.is_of(&context.deployment) {
        // Another installation shares this account, and its requests are in another table.
        return Ok(false);
    }
    let Some(request_id) = tags.request_id.as_deref().and_then(|id| RequestId::parse(id).ok()) else {
        warn!(user = user.name, "a user under our path carries no request id; it is left alone");
        return Ok(false);
    };
    if user.name != aws_name(&request_id) {
        warn!(user = user.name, "a user under our path is not named after its request; it is left alone");
        return Ok(false);
    }
    if tags.expires_at.is_some_and(|end| context.now() >= end) {
        remove_user(context, &request_id, account).await?;
        // The record and the people follow, each on their own.
        context.jobs.send(&Job::ExpireGrant { request_id }).await?;
        return Ok(true);
    }
    match context.store.request(&request_id).await? {
        Some(request) if request.status == Status::Active => {
            remove_unrecorded_keys(iam, &user.name, &request).await?;
            return Ok(false);
        }
        // Its keys are its maker's.
        Some(request) if request.status == Status::Approved => return Ok(false),
        Some(_) | None => {}
    }
    warn!(user = user.name, "a user belongs to no live request; it is removed");
    remove_user(context, &request_id, account).await?;
    Ok(true)
}

/// The key of a live grant is the one that its record names, and never changes. Any other was left by a try whose answer
/// was lost, at a time when IAM did not list it yet; nobody was sent it.
async fn remove_unrecorded_keys(iam: &Iam, user: &str, request: &Request) -> Result<(), Failure> {
    let Some(recorded) = &request.access.access_key_id else { return Ok(()) };
    for id in iam.key_ids(user).await? {
        if id != *recorded {
            warn!(
                user,
                access_key_id = id,
                "a key of a live user is not the one that was sent; it is deleted"
            );
            iam.delete_key(user, &id).await?;
        }
    }
    Ok(())
}
