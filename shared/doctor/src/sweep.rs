//! Whether the sweep runs: nothing is left over that it would have taken up by now.
//!
//! The sweep keeps no record of its own; what it has not done is what shows that it has not run.

use std::collections::BTreeSet;

use aws::dynamodb::{Store, StoreError};
use aws::iam::{Iam, OwnTags};
use domain::sweep::overdue_since;
use domain::text::some_of;
use domain::{DeploymentId, Request, RequestId, UnixSeconds};
use service::CallError;

use crate::context::Context;
use crate::finding::Finding;
use crate::requests;

/// A sweep every 5 minutes that is tried again once leaves nothing older than this, in seconds.
const OVERDUE_SECONDS: i64 = 660;
/// Users and roles whose tags are read, at most: IAM throttles whole accounts.
const USERS_MAX: usize = 200;
/// Left-over requests or users that are named, at most.
const NAMED_MAX: usize = 3;

const BY_RECORDS: &str = "sweep, by records";
const BY_USERS: &str = "sweep, by IAM users";
const DEPLOYMENT: &str = "deployment";

/// A user or a role of this installation, by its name and its tags.
type OwnUser = (String, OwnTags);

pub(crate) async fn check(ctx: &Context<'_>) -> Vec<Finding> {
    let (store, mut found) = (ctx.store(), Vec::new());
    if let (Some(store), Some(pending_ttl)) = (&store, ctx.settings.pending_ttl) {
        // The sweep's own rule, and so long ago that it should have seen to it.
        let is_overdue = |request: &Request| {
            overdue_since(request, pending_ttl, ctx.now)
                .is_some_and(|(_, since)| ctx.now.seconds_since(since) > OVERDUE_SECONDS)
        };
        let overdue = requests::ids(store, is_overdue).await;
        let said = overdue.map(|overdue| said(BY_RECORDS, &overdue, "keylease grants show"));
        found.push(Finding::of(BY_RECORDS, said));
    }
    // Without an id of its own there is nothing to tell this installation's users by; the variable is named elsewhere.
    let Some(deployment) = &ctx.settings.deployment_id else { return found };
    match own_users(&Iam::new(ctx.aws), deployment).await {
        Ok(users) => {
            let is_late = |end: UnixSeconds| ctx.now.seconds_since(end) > OVERDUE_SECONDS;
            let late = users.iter().filter(|(_, tags)| tags.expires_at.is_some_and(is_late));
            let late: Vec<String> = late.map(|(name, _)| name.clone()).collect();
            found.push(said(BY_USERS, &late, "keylease grants show"));
            if let Some(store) = &store {
                found.push(Finding::of(DEPLOYMENT, strangers(store, deployment, &users).await));
            }
        }
        Err(error) => found.push(Finding::unknown(BY_USERS, &error)),
    }
    found
}

fn said(check: &str, overdue: &[String], look: &str) -> Finding {
    let Some(first) = overdue.first() else {
        return Finding::ok(check, "nothing is overdue");
    };
    let detail = format!("overdue: {} ({})", overdue.len(), some_of(overdue.iter(), NAMED_MAX));
    let fix = format!(
        "see that the revoke worker runs and gets the job sweep every 5 minutes (keylease dlq list revoke; {look} {first})"
    );
    Finding::fail(check, detail, fix)
}

async fn own_users(iam: &Iam, deployment: &DeploymentId) -> Result<Vec<OwnUser>, CallError> {
    let mut own = Vec::new();
    let (users, roles) = (iam.users().await?, iam.roles().await?);
    for found in users.into_iter().chain(roles).take(USERS_MAX) {
        let tags = iam.tags_of(&found).await?.filter(|tags| tags.is_of(deployment));
        own.extend(tags.map(|tags| (found.name, tags)));
    }
    Ok(own)
}

/// Users with this installation's tag that its table knows nothing of: a second installation has the same id, and the
/// sweeps of the two remove each other's users.
async fn strangers(
    store: &Store,
    deployment: &DeploymentId,
    users: &[OwnUser],
) -> Result<Finding, StoreError> {
    let id = |tags: &OwnTags| RequestId::parse(tags.request_id.as_deref()?).ok();
    let ids: BTreeSet<RequestId> = users.iter().filter_map(|(_, tags)| id(tags)).collect();
    let known = store.requests(&ids.iter().collect()).await?;
    let is_unknown = |(_, tags): &&OwnUser| id(tags).is_some_and(|id| !known.contains_key(&id));
    let unknown: Vec<&str> = users.iter().filter(is_unknown).map(|(name, _)| name.as_str()).collect();
    if unknown.is_empty() {
        let detail = format!("{deployment}; every user of its tag has a request in the table");
        return Ok(Finding::ok(DEPLOYMENT, detail));
    }
    let detail = format!(
        "users with the tag keylease:deployment={deployment} that the table of requests does not know: {} ({})",
        unknown.len(),
        some_of(unknown.iter().copied(), NAMED_MAX)
    );
    let fix = "give each installation in this account a DEPLOYMENT_ID of its own: with the same one, the sweep of each \
                removes the other's users; check DYNAMODB_TABLE_REQUESTS, too";
    Ok(Finding::fail(DEPLOYMENT, detail, fix))
}
