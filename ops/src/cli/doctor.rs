//! `keylease doctor`.

use clap::Args;

/// `keylease doctor`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  keylease doctor\n  keylease doctor --canary payments --role ReadOnly")]
pub struct Doctor {
    /// Makes and ends a real grant of one minute of this project, and says how long each step took; asks first. The
    /// credential is sent to the project's owner
    #[arg(long, value_name = "PROJECT")]
    pub canary: Option<String>,
    /// The canary's role; the project's first of an IAM user when absent
    #[arg(long, requires = "canary")]
    pub role: Option<String>,
    /// Makes the canary without asking
    #[arg(long, requires = "canary")]
    pub yes: bool,
}
