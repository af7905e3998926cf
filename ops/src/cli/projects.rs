//! `keylease projects`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `keylease projects …`.
#[derive(Debug, Subcommand)]
pub enum Projects {
    /// Creates or updates projects from a YAML or JSON file
    #[command(after_help = "Example:\n  keylease projects apply -f projects.yaml --dry-run")]
    Apply(Apply),
    /// Lists the catalogue
    #[command(after_help = "Example:\n  keylease projects list --json")]
    List,
    /// Prints the JSON Schema of the file that `apply` takes
    #[command(after_help = "Example:\n  keylease projects schema > catalogue.schema.json")]
    Schema,
}

/// `keylease projects apply`.
#[derive(Debug, Args)]
pub struct Apply {
    /// The file; `-` for standard input
    #[arg(short, long)]
    pub file: PathBuf,
    /// Also removes projects that the file does not name; asks first
    #[arg(long)]
    pub prune: bool,
    /// Shows what would change, and changes nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Removes without asking
    #[arg(long)]
    pub yes: bool,
}
