//! `keylease claim`, `keylease credentials` and `keylease console`: for people who asked for access.

use clap::Args;

/// `keylease claim`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  keylease claim https://in.example.com/claim/mZ3…\n  keylease claim https://in.example.com/claim/mZ3… --profile payments\n  keylease claim https://in.example.com/claim/mZ3… --json > credential.json\n\nIt needs no AWS credentials and no variables."
)]
pub struct Claim {
    /// The link in Keylease's message in Slack: https://…/claim/…
    pub url: String,
    /// The AWS profile that is written; `keylease` or a name like it when left out
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// What Slack calls this machine when it asks you; the name of the host when left out
    #[arg(long, value_name = "TEXT")]
    pub label: Option<String>,
    /// Replaces a profile of this name that Keylease did not write
    #[arg(long)]
    pub force: bool,
}

/// `keylease credentials`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  keylease credentials payments\n\nAWS's tools call it by `credential_process`; nobody has to type it."
)]
pub struct Credentials {
    /// The profile that `keylease claim` wrote
    pub profile: String,
}

/// `keylease console`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  keylease console payments\n  keylease console payments --print")]
pub struct Console {
    /// The profile that `keylease claim` wrote
    pub profile: String,
    /// Prints the link instead of opening it; whoever has the link is signed in
    #[arg(long)]
    pub print: bool,
}
