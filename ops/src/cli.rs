//! What can be typed. Types only: what a command does is in `commands`.

pub mod audit;
pub mod claim;
pub mod dlq;
pub mod doctor;
pub mod grants;
pub mod projects;
pub mod slack;

use clap::{Parser, Subcommand};
use clap_complete::Shell;

use crate::failure::{DONE, WRONG_USAGE};
use crate::terminal::Terminal;

/// Claim the access that you asked for; see, replay, end and prove what Keylease does.
#[derive(Debug, Parser)]
#[command(name = "keylease", version, arg_required_else_help = true, propagate_version = true)]
pub struct Cli {
    /// Prints JSON instead of text
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// A command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// The catalogue: what can be asked for, and who approves it
    #[command(subcommand)]
    Projects(projects::Projects),
    /// Requests and the grants that came of them
    #[command(subcommand)]
    Grants(grants::Grants),
    /// Jobs that could not be done, in the dead-letter queues
    #[command(subcommand)]
    Dlq(dlq::Dlq),
    /// Every transition: who, what, when, which request
    Audit(audit::Audit),
    /// Checks every dependency and suggests a fix for each problem
    Doctor(doctor::Doctor),
    /// The Slack app
    #[command(subcommand)]
    Slack(slack::Slack),
    /// Claims a credential on this machine
    Claim(claim::Claim),
    /// Prints a claimed credential for AWS's tools, renewed where the grant goes on
    Credentials(claim::Credentials),
    /// Opens the AWS console with a claimed session
    Console(claim::Console),
    /// Prints completions for a shell, to be sourced by it
    #[command(after_help = "Example:\n  keylease completions bash > /etc/bash_completion.d/keylease")]
    Completions {
        /// The shell
        shell: Shell,
    },
}

/// Writes help where it belongs, or what was wrong with the command line. Returns the exit status.
pub(crate) fn show(answer: &clap::Error, terminal: &Terminal) -> u8 {
    let text = answer.render().to_string();
    if answer.use_stderr() {
        terminal.note(text.trim_end());
        return WRONG_USAGE;
    }
    match terminal.print(text.trim_end()) {
        Ok(()) => DONE,
        Err(failure) => terminal.fail(&failure),
    }
}
