//! `keylease completions`.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::cli::Cli;
use crate::env::Env;
use crate::failure::Failure;

pub(super) fn run(shell: Shell, env: &Env) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "keylease", &mut script);
    env.terminal.print(String::from_utf8_lossy(&script).trim_end())
}
