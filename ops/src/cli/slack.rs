//! `keylease slack`.

use std::path::PathBuf;

use clap::Subcommand;

/// `keylease slack …`.
#[derive(Debug, Subcommand)]
pub enum Slack {
    /// Prints the manifest that the Slack app is made from
    #[command(
        after_help = "Example:\n  keylease slack manifest --url https://abc123.execute-api.eu-west-1.amazonaws.com > manifest.json\n\nThen: https://api.slack.com/apps, Create New App, From a manifest."
    )]
    Manifest {
        /// Where the ingress is reached, without a path: https://…
        #[arg(long)]
        url: String,
        /// What the app is called in Slack
        #[arg(long, default_value = "Keylease")]
        name: String,
        /// Say what changed since this manifest, which was installed, instead of printing the new one; - for standard input
        #[arg(long, value_name = "FILE")]
        installed: Option<PathBuf>,
    },
}
