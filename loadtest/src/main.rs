//! `loadtest`: how fast and how small the programs are, measured beside what the machine can do at most.
#![expect(clippy::print_stderr, reason = "a command line says on standard error why it failed")]

mod ceiling;
mod cli;
mod clock;
mod fault;
mod latency;
mod programs;
mod progress;
mod report;
mod scenario;
mod stand_in;
mod tally;
mod traffic;
mod usage;

use std::io::Write;
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
    let mut said = report::table::text(&report);
    let file = report::write(&report, &programs::target_folder().join("loadtest"))?;
    said.push_str(&format!("{}\n", file.display()));
    // Whoever reads it may have seen enough; the file is written all the same.
    let _read_or_not = std::io::stdout().write_all(said.as_bytes());
    for problem in &report.problems {
        eprintln!("loadtest: {problem}");
    }
    Ok(report.problems.is_empty())
}
