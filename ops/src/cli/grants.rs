//! `keylease grants`.

use clap::{Args, Subcommand, ValueEnum};
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
    #[arg(long, value_enum, ignore_case = true)]
    pub status: Option<StatusName>,
    /// Only those of this project
    #[arg(long)]
    pub project: Option<String>,
    /// Only those of this person, by Slack user id, name or email address
    #[arg(long)]
    pub requester: Option<String>,
    /// At most so many
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub limit: u32,
}

/// A status, as it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StatusName {
    /// Waits for an approver.
    Pending,
    /// An approver said no.
    Denied,
    /// Nobody decided in time.
    Lapsed,
    /// The credential is being made.
    Approved,
    /// The credential works.
    Active,
    /// Its time is over.
    Expired,
    /// Ended early.
    Revoked,
    /// The credential could not be made.
    Failed,
}

impl From<StatusName> for Status {
    fn from(name: StatusName) -> Self {
        match name {
            StatusName::Pending => Self::Pending,
            StatusName::Denied => Self::Denied,
            StatusName::Lapsed => Self::Lapsed,
            StatusName::Approved => Self::Approved,
            StatusName::Active => Self::Active,
            StatusName::Expired => Self::Expired,
            StatusName::Revoked => Self::Revoked,
            StatusName::Failed => Self::Failed,
        }
    }
}

/// `keylease grants revoke`.
#[derive(Debug, Args)]
#[group(id = "which", required = true, multiple = true, args = ["ids", "requester", "project", "all"])]
pub struct Revoke {
    /// The requests' ids
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
