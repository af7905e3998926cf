//! Checks of an installation: each looks at AWS or Slack, changes nothing, and says what it found and what to do about it.

mod boundary;
mod catalogue;
mod context;
mod credentials;
mod finding;
mod mail;
mod queues;
mod requests;
mod reviews;
mod schedules;
mod slack;
mod sweep;
mod tables;
mod variables;

use std::time::Duration;

use futures_util::future::{BoxFuture, join_all};

pub use context::Context;
pub use finding::{Finding, Outcome};

/// How long one group of checks may take.
const GROUP_LIMIT: Duration = Duration::from_secs(45);

/// Makes every check: the credentials first, then all groups at once; each may fail, or take too long, without the others.
/// Calls `done` when a group is.
pub async fn check(ctx: &Context<'_>, done: &(dyn Fn() + Sync)) -> Vec<Finding> {
    let variables = variables::check(ctx);
    let credentials = group("credentials", Box::pin(credentials::check(ctx)), done).await;
    if credentials.iter().any(|finding| finding.outcome == Outcome::Fail && finding.check == "credentials") {
        // Everything else would fail alike, and hide the cause.
        let rest = Finding::warn("all else", "skipped: no valid credentials", "fix these first");
        return [variables, credentials, vec![rest]].concat();
    }
    // On the heap: together they are too large for a stack.
    let groups: [(&str, BoxFuture<'_, Vec<Finding>>); 9] = [
        ("queues", Box::pin(queues::check(ctx))),
        ("tables", Box::pin(tables::check(ctx))),
        ("schedules", Box::pin(schedules::check(ctx))),
        ("mail", Box::pin(mail::check(ctx))),
        ("slack", Box::pin(slack::check(ctx))),
        ("boundary", Box::pin(boundary::check(ctx))),
        ("catalogue", Box::pin(catalogue::check(ctx))),
        ("sweep", Box::pin(sweep::check(ctx))),
        ("reviews", Box::pin(reviews::check(ctx))),
    ];
    let found = join_all(groups.map(|(name, looking)| group(name, looking, done))).await;
    [variables, credentials].into_iter().chain(found).flatten().collect()
}

/// One group, which is given up on when it takes too long.
async fn group(check: &str, looking: BoxFuture<'_, Vec<Finding>>, done: &(dyn Fn() + Sync)) -> Vec<Finding> {
    let found = tokio::time::timeout(GROUP_LIMIT, looking).await;
    done();
    found.unwrap_or_else(|_| {
        let what = format!("no answer within {} s", GROUP_LIMIT.as_secs());
        vec![Finding::fail(check, what, "see that this machine reaches AWS and Slack, and try again")]
    })
}
