//! `keylease`, the command line of operators and of people who ask: what is typed ([`cli`]), what each command does (`commands`, one file each),
//! and how it speaks ([`terminal`], [`failure`]).
//!
//! A command takes its arguments and its [`Env`], shows one typed result, and ends with a status:
//! 0 done, 1 failed, 2 wrong usage.

pub mod cli;
mod commands;
pub mod env;
pub mod failure;
mod input;
mod moment;
mod operator;
pub mod progress;
mod table;
pub mod terminal;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

pub use cli::Cli;
pub use env::Env;
pub use failure::Failure;
pub use terminal::Terminal;

/// The whole `main` of `keylease`.
#[must_use]
pub fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let terminal = Terminal::system();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            let failure = Failure::new("the command cannot start").because(error);
            return ExitCode::from(terminal.fail(&failure));
        }
    };
    let status = runtime.block_on(async {
        let env = Env::of_this_process(terminal);
        tokio::select! {
            status = Box::pin(run(std::env::args_os(), &env)) => status,
            () = env.stopped_at_once() => failure::INTERRUPTED,
        }
    });
    // A look-up of a name may go on in a thread, and is not waited for.
    runtime.shutdown_background();
    ExitCode::from(status)
}

/// Runs one command line, the program's name first, and returns its exit status.
pub async fn run(arguments: impl IntoIterator<Item = OsString>, env: &Env) -> u8 {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(answer) => return cli::show(&answer, &env.terminal),
    };
    match commands::run(&cli, env).await {
        Ok(()) => failure::DONE,
        Err(failure) => env.terminal.fail(&failure),
    }
}
