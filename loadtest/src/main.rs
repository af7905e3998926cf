//! `loadtest`: how fast and how small the programs are, measured beside what the machine can do at most.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line speaks on its standard streams"
)]

mod ceiling;
mod cli;
mod clock;
mod fault;
mod latency;
mod process;
mod programs;
mod progress;
mod report;
mod scenario;
mod stand_in;
mod tally;
mod traffic;
mod usage;

use std::process::ExitCode;

use clap::Parser;

use cli::{Command, Options};
use fault::Fault;

#[tokio::main]
async fn main() -> ExitCode {
    match run(Options::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("loadtest: {why}");
            ExitCode::FAILURE
        }
    }
}

/// Runs what was asked for. `false` when the run was measured and is not correct.
async fn run(options: Options) -> Result<bool, Fault> {
    let report = match options.command {
        Command::Ceiling { listen, queue } => return ceiling::serve(listen, queue).await.map(|()| true),
        Command::Ack(wanted) => scenario::ack::run(&wanted, &options.programs).await?,
        Command::Storm(wanted) => scenario::storm::run(&wanted, &options.programs).await?,
        Command::Lifecycle(wanted) => scenario::lifecycle::run(&wanted, &options.programs).await?,
        Command::Cold(wanted) => scenario::cold::run(&wanted, &options.programs).await?,
    };
    print!("{}", report::table::text(&report));
    for file in report::write(&report, &programs::target_folder().join("loadtest"))? {
        println!("{}", file.display());
    }
    for problem in &report.problems {
        eprintln!("loadtest: {problem}");
    }
    Ok(report.problems.is_empty())
}
