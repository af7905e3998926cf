//! `keylease doctor`.

use clap::Args;

/// `keylease doctor`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  keylease doctor\n  keylease doctor --canary payments")]
pub struct Doctor {
    /// Makes a real one-minute grant of this project, ends it, and reports how long each step took
    #[arg(long, value_name = "PROJECT")]
    pub canary: Option<String>,
    /// The role of the canary; the project's first one of an IAM user when left out
    #[arg(long, requires = "canary")]
    pub role: Option<String>,
}
