//! `keylease grants revoke`: ends grants now and closes pending requests, through the revoke queue, and waits until each
//! is over and gone.
//!
//! It may be stopped at any time and typed again: a grant that is ended already is only waited for.

mod choose;
mod outcome;
mod wait;

use aws::sqs::JobSender;
use domain::sweep::WhenEnded;
use domain::{Job, OperatorName, Request};

use super::list::Listed;
use crate::cli::grants::Revoke;
use crate::commands::scan::all_readable;
use crate::env::Env;
use crate::failure::Failure;
use crate::operator::operator;
use crate::progress::Progress;
use choose::Chosen;
use outcome::Outcome;

pub(super) async fn revoke(wanted: &Revoke, as_json: bool, env: &Env) -> Result<(), Failure> {
    let jobs = JobSender::new(env.aws().await?, env.settings()?.queues);
    let (chosen, unreadable) = choose::choose(wanted, env).await?;
    chosen.note_skipped(&env.terminal);
    if !chosen.to_end.is_empty() {
        let operator = operator(env).await?;
        ask(&chosen, &operator, wanted.yes, env).await?;
        send(&chosen, &operator, &jobs, env).await?;
    }
    let mut outcome = Outcome::of(chosen);
    if !wanted.no_wait {
        wait::until_gone(&mut outcome, wanted.wait, env).await?;
    }
    env.terminal.show(&outcome, as_json)?;
    outcome.exit_status(!wanted.no_wait)?;
    all_readable(unreadable)
}

/// Shows which grants would end and which requests be closed, and asks.
async fn ask(chosen: &Chosen, by: &OperatorName, yes: bool, env: &Env) -> Result<(), Failure> {
    let terminal = &env.terminal;
    let listed = Listed::of(&chosen.to_end, env.clock.now());
    terminal.note(&listed.table(terminal));
    env.confirm(&question(&chosen.to_end, by), yes).await
}

fn question(to_end: &[Request], by: &OperatorName) -> String {
    let pending = to_end.iter().filter(|request| request.when_ended() == WhenEnded::Closes).count();
    let these = |count: usize, what: &str| match count {
        1 => format!("this {what}"),
        many => format!("these {many} {what}s"),
    };
    let (grants, requests) = (these(to_end.len() - pending, "grant"), these(pending, "pending request"));
    match (to_end.len() - pending, pending) {
        (_, 0) => format!("End {grants} now, as {by}? The credentials stop working, for good."),
        (0, _) => format!("Close {requests} now, as {by}? Nobody can approve them any more."),
        _ => {
            format!("End {grants} and close {requests} now, as {by}? The credentials stop working, for good.")
        }
    }
}

async fn send(chosen: &Chosen, by: &OperatorName, jobs: &JobSender, env: &Env) -> Result<(), Failure> {
    let all = chosen.to_end.len();
    let progress = Progress::of(&env.terminal, u64::try_from(all).unwrap_or(u64::MAX), "jobs sent");
    for (sent, request) in chosen.to_end.iter().enumerate() {
        let so_far = format!("{sent} of {all} jobs are on the revoke queue");
        if env.should_stop() {
            return Err(Failure::new(format!("stopped: {so_far}")).hint("run it again to end the rest"));
        }
        let job = Job::EndByOperator {
            request_id: request.request_id.clone(),
            by: by.clone(),
            requested_at: Some(env.clock.now()),
        };
        jobs.send(&job).await.map_err(|error| {
            Failure::new(format!("a job cannot be sent: {so_far}")).because(error).hint(
                "run it again to end the rest; see what was dead-lettered with: keylease dlq list revoke",
            )
        })?;
        progress.step();
    }
    Ok(())
}
