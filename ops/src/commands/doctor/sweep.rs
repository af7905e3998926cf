//! Whether the sweep runs: nothing is left over that it would have taken up by now.
//!
//! The sweep keeps no record of its own; what it has not done is what shows that it has not run.

use domain::sweep::overdue_since;
use domain::{DeploymentId, GrantDuration, Request, UnixSeconds};
use platform::iam::Iam;
use platform::store::Store;

use super::finding::Finding;
use super::ground::Ground;

/// A sweep every 5 minutes that is tried again once leaves nothing older than this, in seconds.
const OVERDUE_SECONDS: i64 = 660;
/// Pages of requests that are read, at most.
const PAGES_MAX: u32 = 10_000;
/// Users whose tags are read, at most: IAM throttles whole accounts.
const USERS_MAX: usize = 200;
/// Left-over requests or users that are named, at most.
const NAMED_MAX: usize = 3;

pub(super) async fn check(ground: &Ground<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    if let (Some(store), Some(pending_ttl)) = (ground.store(), ground.settings.pending_ttl) {
        found.push(match overdue_requests(&store, pending_ttl, ground.now).await {
            Ok(overdue) => said("sweep, by records", &overdue, "keylease grants show"),
            Err(error) => Finding::unreadable("sweep, by records", &error),
        });
    }
    // Without an id of its own there is nothing to tell this installation's users by; the variable is named elsewhere.
    if let Some(deployment) = &ground.settings.deployment_id {
        found.push(match overdue_users(&Iam::new(ground.aws), deployment, ground.now).await {
            Ok(overdue) => said("sweep, by IAM users", &overdue, "aws iam list-user-tags --user-name"),
            Err(error) => Finding::unknown("sweep, by IAM users", &error),
        });
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
    let mend = format!(
        "see that the revoke worker runs and gets the job sweep every 5 minutes (keylease dlq list revoke; {look} {first})"
    );
    Finding::fail(check, detail, mend)
}

async fn overdue_requests(
    store: &Store,
    pending_ttl: GrantDuration,
    now: UnixSeconds,
) -> Result<Vec<String>, platform::store::StoreError> {
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

async fn overdue_users(
    iam: &Iam,
    deployment: &DeploymentId,
    now: UnixSeconds,
) -> Result<Vec<String>, platform::CallError> {
    let mut overdue = Vec::new();
    for user in iam.users().await?.into_iter().take(USERS_MAX) {
        let tags = iam.tags(&user.name).await?.filter(|tags| tags.is_of(deployment));
        let ends = tags.and_then(|tags| tags.expires_at);
        if ends.is_some_and(|end| now.seconds_since(end) > OVERDUE_SECONDS) {
            overdue.push(user.name);
        }
    }
    Ok(overdue)
}
