//! `keylease audit`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// `keylease audit`: exports events, or verifies them.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  keylease audit --since 2026-11-01 --format csv > november.csv\n  keylease audit verify --against november.jsonl"
)]
pub struct Audit {
    /// Verifies instead of exporting
    #[command(subcommand)]
    pub command: Option<AuditCommand>,
    /// What is exported
    #[command(flatten)]
    pub export: Export,
}

/// `keylease audit …`.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Checks every request's chain of events: an edited, removed or cut-off event is found
    #[command(after_help = "Example:\n  keylease audit verify --against november.jsonl")]
    Verify {
        /// An earlier export (JSON Lines): each event in it must still be there, unchanged
        #[arg(long, value_name = "FILE")]
        against: Option<PathBuf>,
    },
}

/// Which events are exported, and how.
#[derive(Debug, Args)]
pub struct Export {
    /// From this moment on: 2026-11-23, 2026-11-23T14:00:00Z, or an age such as 24h or 7d
    #[arg(long, value_name = "T")]
    pub since: Option<String>,
    /// Up to this moment and not including it, in the same forms
    #[arg(long, value_name = "T")]
    pub until: Option<String>,
    /// Only events of requests by this person or done by them, by Slack user id, name or email address
    #[arg(long)]
    pub person: Option<String>,
    /// Only events of this project's requests
    #[arg(long)]
    pub project: Option<String>,
    /// The form
    #[arg(long, value_enum, default_value_t = Format::Jsonl)]
    pub format: Format,
}

/// The form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// One JSON object a line.
    Jsonl,
    /// Comma-separated, with a heading.
    Csv,
}
