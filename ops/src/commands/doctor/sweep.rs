//! Whether the sweep runs: nothing is left over that it would have taken up by now.
//!
//! The sweep keeps no record of its own; what it has not done is what shows that it has not run.

use std::collections::BTreeSet;

use aws::dynamodb::Store;
use aws::iam::Iam;
use domain::sweep::overdue_since;
use domain::{DeploymentId, GrantDuration, Request, RequestId, UnixSeconds};

use super::context::DoctorContext;
use super::finding::Finding;

/// A sweep every 5 minutes that is tried again once leaves nothing older than this, in seconds.
const OVERDUE_SECONDS: i64 = 660;
/// Pages of requests that are read, at most.
const PAGES_MAX: u32 = 10_000;
/// Users whose tags are read, at most: IAM throttles whole accounts.
const USERS_MAX: usize = 200;
/// Left-over requests or users that are named, at most.
const NAMED_MAX: usize = 3;

pub(super) async fn check(ctx: &DoctorContext<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    if let (Some(store), Some(pending_ttl)) = (ctx.store(), ctx.settings.pending_ttl) {
        found.push(match overdue_requests(&store, pending_ttl, ctx.now).await {
            Ok(overdue) => said("sweep, by records", &overdue, "keylease grants show"),
            Err(error) => Finding::unreadable("sweep, by records", &error),
        });
    }
    // Without an id of its own there is nothing to tell this installation's users by; the variable is named elsewhere.
    if let Some(deployment) = &ctx.settings.deployment_id {
        match own_users(&Iam::new(ctx.aws), deployment).await {
            Ok(users) => {
                let is_late = |user: &&OwnUser| {
                    user.expires_at.is_some_and(|end| ctx.now.seconds_since(end) > OVERDUE_SECONDS)
                };
                let overdue: Vec<String> =
                    users.iter().filter(is_late).map(|user| user.name.clone()).collect();
                found.push(said("sweep, by IAM users", &overdue, "aws iam list-user-tags --user-name"));
                found.extend(strangers(ctx, deployment, &users).await);
            }
            Err(error) => found.push(Finding::unknown("sweep, by IAM users", &error)),
        }
    }
    found
}

fn said(check: &str, overdue: &[String], look: &str) -> Finding {
    let Some(first) = overdue.first() else {
        return Finding::ok(check, "nothing is overdue");
    };
    let named: Vec<&str> = overdue.iter().take(NAMED_MAX).map(String::as_str).collect();
    let more = if overdue.len() > NAMED_MAX { ", …" } else { "" };
    let detail = format!("overdue: {} ({}{more})", overdue.len(), named.join(", "));
    let fix = format!(
        "see that the revoke worker runs and gets the job sweep every 5 minutes (keylease dlq list revoke; {look} {first})"
    );
    Finding::fail(check, detail, fix)
}

async fn overdue_requests(
    store: &Store,
    pending_ttl: GrantDuration,
    now: UnixSeconds,
) -> Result<Vec<String>, aws::dynamodb::StoreError> {
    let mut overdue = Vec::new();
    let mut start = None;
    for _ in 0..PAGES_MAX {
        let page = store.requests_page(start).await?;
        let late = page.requests.iter().filter(|request| is_overdue(request, pending_ttl, now));
        overdue.extend(late.map(|request| request.request_id.to_string()));
        start = page.next;
        if start.is_none() {
            break;
        }
    }
    Ok(overdue)
}

/// The sweep's own rule, and so long ago that it should have seen to it.
fn is_overdue(request: &Request, pending_ttl: GrantDuration, now: UnixSeconds) -> bool {
    overdue_since(request, pending_ttl, now)
        .is_some_and(|(_, since)| now.seconds_since(since) > OVERDUE_SECONDS)
}

/// A user of this installation.
struct OwnUser {
    name: String,
    request_id: Option<RequestId>,
    expires_at: Option<UnixSeconds>,
}

async fn own_users(iam: &Iam, deployment: &DeploymentId) -> Result<Vec<OwnUser>, service::CallError> {
    let mut own = Vec::new();
    for user in iam.users().await?.into_iter().take(USERS_MAX) {
        if let Some(tags) = iam.tags(&user.name).await?.filter(|tags| tags.is_of(deployment)) {
            let request_id = tags.request_id.as_deref().and_then(|id| RequestId::parse(id).ok());
            own.push(OwnUser { name: user.name, request_id, expires_at: tags.expires_at });
        }
    }
    Ok(own)
}

/// Users with this installation's tag that its table knows nothing of: a second installation has the same id, and the
/// sweeps of the two remove each other's users.
async fn strangers(ctx: &DoctorContext<'_>, deployment: &DeploymentId, users: &[OwnUser]) -> Option<Finding> {
    let check = "deployment";
    let store = ctx.store()?;
    let ids: BTreeSet<&RequestId> = users.iter().filter_map(|user| user.request_id.as_ref()).collect();
    let known = match store.requests(&ids).await {
        Ok(known) => known,
        Err(error) => return Some(Finding::unreadable(check, &error)),
    };
    let is_known = |user: &&OwnUser| user.request_id.as_ref().is_none_or(|id| known.contains_key(id));
    let unknown: Vec<&str> =
        users.iter().filter(|user| !is_known(user)).map(|user| user.name.as_str()).collect();
    if unknown.is_empty() {
        return Some(Finding::ok(
            check,
            format!("{deployment}; every user of its tag has a request in the table"),
        ));
    }
    let named = unknown.iter().take(NAMED_MAX).copied().collect::<Vec<_>>().join(", ");
    let detail = format!(
        "users with the tag keylease:deployment={deployment} that the table of requests does not know: {} ({named})",
        unknown.len()
    );
    let fix = "give each installation in this account a DEPLOYMENT_ID of its own: with the same one, the sweep of each \
                removes the other's users; check DYNAMODB_TABLE_REQUESTS, too";
    Some(Finding::fail(check, detail, fix))
}
