//! `keylease doctor`: checks every dependency and suggests a fix for each problem.
//!
//! It changes nothing, except with `--canary`, which makes and ends a real grant.

mod boundary;
mod canary;
mod catalogue;
mod context;
mod credentials;
mod finding;
mod mail;
mod queues;
mod report;
mod reviews;
mod schedules;
mod slack;
mod sweep;
mod tables;
mod variables;

use std::time::Duration;

use crate::cli::doctor::Doctor;
use crate::env::Env;
use crate::failure::Failure;
use crate::progress::Progress;
use context::DoctorContext;
use finding::{Finding, Outcome};
use report::Report;

/// How long one group of checks may take.
const GROUP_LIMIT: Duration = Duration::from_secs(45);

/// Runs every check, and the canary where it is wanted.
pub(super) async fn run(wanted: &Doctor, as_json: bool, env: &Env) -> Result<(), Failure> {
    let ctx = DoctorContext::read(env).await?;
    let checks = env.unless_stopped(Box::pin(look(&ctx, env))).await?;
    let mut report = Report { checks, canary: None };
    // A canary in a system that is known to be broken would only be one more thing to clean up.
    if let Some(project) = &wanted.canary
        && report.failed() == 0
    {
        let canary = canary::run(project, wanted.role.as_deref(), wanted.yes, env);
        report.canary = Some(Box::pin(canary).await?);
    }
    env.terminal.show(&report, as_json)?;
    report.exit_status(wanted.canary.is_some())
}

/// The credentials first, then all groups at once; each may fail, or take too long, without the others. Each is boxed:
/// together they are too large for a stack.
async fn look(ctx: &DoctorContext<'_>, env: &Env) -> Vec<Finding> {
    let progress = &Progress::counting(&env.terminal, "groups of checks done");
    let variables = variables::check(ctx);
    let credentials = group("credentials", Box::pin(credentials::check(ctx)), progress).await;
    if credentials.iter().any(|finding| finding.outcome == Outcome::Fail && finding.check == "credentials") {
        // Everything else would fail alike, and hide the cause.
        let rest = Finding::warn("all else", "skipped: no valid credentials", "fix these first");
        return [variables, credentials, vec![rest]].concat();
    }
    let (queues, tables, schedules, mail, slack, boundary, catalogue, sweep, reviews) = tokio::join!(
        group("queues", Box::pin(queues::check(ctx)), progress),
        group("tables", Box::pin(tables::check(ctx)), progress),
        group("schedules", Box::pin(schedules::check(ctx)), progress),
        group("mail", Box::pin(mail::check(ctx)), progress),
        group("slack", Box::pin(slack::check(ctx)), progress),
        group("boundary", Box::pin(boundary::check(ctx)), progress),
        group("catalogue", Box::pin(catalogue::check(ctx)), progress),
        group("sweep", Box::pin(sweep::check(ctx)), progress),
        group("reviews", Box::pin(reviews::check(ctx)), progress),
    );
    [variables, credentials, queues, tables, schedules, mail, slack, boundary, catalogue, sweep, reviews]
        .concat()
}

/// One group, which is given up on when it takes too long.
async fn group(
    check: &str,
    looking: impl Future<Output = Vec<Finding>>,
    progress: &Progress,
) -> Vec<Finding> {
    let found = tokio::time::timeout(GROUP_LIMIT, looking).await;
    progress.step();
    found.unwrap_or_else(|_| {
        let what = format!("no answer within {} s", GROUP_LIMIT.as_secs());
        vec![Finding::fail(check, what, "see that this machine reaches AWS and Slack, and try again")]
    })
}
