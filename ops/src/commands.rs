//! What each command does: one file for each.

mod audit;
mod claim;
mod completions;
mod console;
mod credentials;
mod dlq;
mod doctor;
mod filter;
mod grants;
mod projects;
mod scan;
mod slack;

use crate::cli::{Cli, Command};
use crate::env::Env;
use crate::failure::Failure;

pub(crate) async fn run(cli: &Cli, env: &Env) -> Result<(), Failure> {
    match &cli.command {
        Command::Projects(projects) => Box::pin(projects::run(projects, cli.json, env)).await,
        Command::Grants(grants) => Box::pin(grants::run(grants, cli.json, env)).await,
        Command::Dlq(dlq) => dlq::run(dlq, cli.json, env).await,
        Command::Audit(audit) => Box::pin(audit::run(audit, cli.json, env)).await,
        Command::Doctor(doctor) => Box::pin(doctor::run(doctor, cli.json, env)).await,
        Command::Slack(slack) => slack::run(slack, cli.json, env).await,
        Command::Claim(claim) => Box::pin(claim::run(claim, cli.json, env)).await,
        Command::Credentials(credentials) => credentials::run(credentials, env).await,
        Command::Console(console) => console::run(console, cli.json, env).await,
        Command::Completions { shell } => completions::run(*shell, env),
    }
}
