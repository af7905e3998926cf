//! What each command does: one file for each.

mod audit;
mod completions;
mod dlq;
mod doctor;
mod filter;
mod grants;
mod projects;
mod slack;

use crate::cli::{Cli, Command};
use crate::failure::Failure;
use crate::surroundings::Surroundings;

/// Runs one command.
pub(crate) async fn run(cli: &Cli, surroundings: &Surroundings) -> Result<(), Failure> {
    match &cli.command {
        Command::Projects(projects) => Box::pin(projects::run(projects, cli.json, surroundings)).await,
        Command::Grants(grants) => Box::pin(grants::run(grants, cli.json, surroundings)).await,
        Command::Dlq(dlq) => dlq::run(dlq, cli.json, surroundings).await,
        Command::Audit(audit) => Box::pin(audit::run(audit, cli.json, surroundings)).await,
        Command::Doctor(doctor) => Box::pin(doctor::run(doctor, cli.json, surroundings)).await,
        Command::Slack(slack) => slack::run(slack, surroundings),
        Command::Completions { shell } => completions::run(*shell, surroundings),
    }
}
