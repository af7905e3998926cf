//! `keylease grants`.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{ArgGroup, Args, Subcommand};
use domain::{GrantDuration, Status};

/// How long `grants revoke` waits for the next grant to be gone: longer than the workers need when nothing is wrong.
const WAIT_DEFAULT: &str = "2m";

/// `keylease grants …`.
#[derive(Debug, Subcommand)]
pub enum Grants {
    /// Lists requests, newest first
    #[command(after_help = "Example:\n  keylease grants list --status active --project payments")]
    List(List),
    /// Shows one request: its history, who could approve it and why, and what lives in AWS for it
    #[command(after_help = "Example:\n  keylease grants show y6n3z9kgswk181w4-0")]
    Show {
        /// The request's id
        id: String,
    },
    /// Ends grants and closes pending requests now, through the revoke queue; asks first
    #[command(
        after_help = "Examples:\n  keylease grants revoke y6n3z9kgswk181w4-0\n  keylease grants revoke --all --yes"
    )]
    Revoke(Revoke),
}

/// `keylease grants list`.
#[derive(Debug, Args)]
pub struct List {
    /// Only those in this status
    #[arg(long, value_parser = status(), ignore_case = true)]
    pub status: Option<Status>,
    /// Only those of this project
    #[arg(long)]
    pub project: Option<String>,
    /// Only those of this person, by Slack user id, name or email address
    #[arg(long)]
    pub requester: Option<String>,
    /// Only those that were granted by break-glass and that nobody has reviewed
    #[arg(long)]
    pub unreviewed: bool,
    /// At most so many
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub limit: u32,
}

/// Reads a status in whatever case.
fn status() -> impl TypedValueParser<Value = Status> {
    let values = Status::ALL.map(|status| PossibleValue::new(status.typed()).help(status.meaning()));
    PossibleValuesParser::new(values).try_map(|typed| {
        let is_typed = |status: &Status| status.typed().eq_ignore_ascii_case(&typed);
        Status::ALL.into_iter().find(is_typed).ok_or("is no status")
    })
}

/// `keylease grants revoke`.
#[derive(Debug, Args)]
// A group that is derived from the whole struct has `--yes` in it too, and is then met by that alone.
#[group(skip)]
#[command(group = ArgGroup::new("which").required(true).multiple(true).args(["ids", "requester", "project", "all"]))]
pub struct Revoke {
    /// The requests' ids, with spaces or commas between them
    #[arg(conflicts_with_all = ["requester", "project", "all"])]
    pub ids: Vec<String>,
    /// Everything live or pending of this person, by Slack user id, name or email address
    #[arg(long, conflicts_with = "all")]
    pub requester: Option<String>,
    /// Everything live or pending of this project
    #[arg(long, conflicts_with = "all")]
    pub project: Option<String>,
    /// Everything live or pending
    #[arg(long)]
    pub all: bool,
    /// Ends them without asking
    #[arg(long)]
    pub yes: bool,
    /// Gives up waiting when no grant was gone for so long; nothing is lost by that
    #[arg(long, value_name = "DURATION", default_value = WAIT_DEFAULT, value_parser = GrantDuration::parse)]
    pub wait: GrantDuration,
    /// Returns when the jobs are on the queue, without waiting until everything is gone
    #[arg(long)]
    pub no_wait: bool,
}
