//! `keylease completions`.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::cli::Cli;
use crate::failure::Failure;
use crate::surroundings::Surroundings;

/// Prints what the shell sources.
pub(super) fn run(shell: Shell, surroundings: &Surroundings) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "keylease", &mut script);
    surroundings.terminal.print(String::from_utf8_lossy(&script).trim_end())
}
