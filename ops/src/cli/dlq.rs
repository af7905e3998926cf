//! `keylease dlq`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `keylease dlq …`.
#[derive(Debug, Subcommand)]
pub enum Dlq {
    /// Lists what lies in the dead-letter queues, without taking it out
    #[command(after_help = "Example:\n  keylease dlq list revoke")]
    List {
        /// notify, provision, revoke or schedule, or a queue's own name or URL; all of them when left out
        queue: Option<String>,
    },
    /// Sends jobs back to the queue they belong on; it can be stopped, killed and run again, and loses none
    #[command(
        after_help = "Examples:\n  keylease dlq replay revoke --dry-run\n  keylease dlq replay provision --id 6f1c… --id 9b2e…"
    )]
    Replay(Replay),
    /// Removes jobs for good; asks first, unless they are saved to a file
    #[command(after_help = "Example:\n  keylease dlq drop notify --id 6f1c… --save dropped.jsonl")]
    Drop(Drop),
}

/// `keylease dlq replay`.
#[derive(Debug, Args)]
pub struct Replay {
    /// notify, provision, revoke or schedule, or a queue's own name or URL
    pub queue: String,
    /// Only the message of this id; may be given several times
    #[arg(long = "id", value_name = "MSG")]
    pub ids: Vec<String>,
    /// Shows what would be sent back, and sends nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Messages a second, at most
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub rate: u32,
}

/// `keylease dlq drop`.
#[derive(Debug, Args)]
pub struct Drop {
    /// notify, provision, revoke or schedule, or a queue's own name or URL
    pub queue: String,
    /// The message of this id; may be given several times
    #[arg(long = "id", value_name = "MSG", required = true)]
    pub ids: Vec<String>,
    /// Appends each message to this file before it is removed, as a JSON line
    #[arg(long)]
    pub save: Option<PathBuf>,
    /// Removes without asking
    #[arg(long)]
    pub yes: bool,
}
