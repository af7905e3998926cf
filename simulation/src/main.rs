//! `simulate`: plays histories until something that must always hold does not, or until enough were played.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line speaks on its standard streams"
)]

mod show;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use simulation::many::{self, Limits, Tally, Which};
use simulation::{Fault, Plan, Scenario, SetUpFailed};

/// Random histories of a run that is not told otherwise.
const HISTORIES: u64 = 2_000;

/// Plays the whole system under a seeded schedule of faults, and checks what must always hold.
///
/// Without an option: every single fault at every call of every happy path, and then 2,000 random histories.
#[derive(Debug, Parser)]
#[command(name = "simulate")]
struct Arguments {
    /// Plays random histories for so many seconds
    #[arg(long)]
    seconds: Option<u64>,
    /// Plays so many random histories
    #[arg(long)]
    histories: Option<u64>,
    /// The seed of the first random history
    #[arg(long, default_value_t = 0)]
    first: u64,
    /// Plays the random history of this seed, and prints its trace
    #[arg(long, conflicts_with_all = ["seconds", "histories", "single", "path"])]
    seed: Option<u64>,
    /// Plays every single fault at every call of every happy path
    #[arg(long)]
    single: bool,
    /// Plays one happy path, and prints its trace; with --single, every single fault on it
    #[arg(long, value_parser = path)]
    path: Option<Scenario>,
    /// The call of that path that goes wrong, from 0; twice for a second one
    #[arg(long, requires = "path", requires = "fault", conflicts_with = "single")]
    call: Vec<u32>,
    /// How it goes wrong: fail, lose, throttle, fail-wholly, …, slow-before-61, slow-after-33, die-before, die-after
    #[arg(long, requires = "call", value_parser = fault)]
    fault: Vec<Fault>,
    /// The next call of the same name goes wrong too
    #[arg(long, requires = "call")]
    again: bool,
    /// Plays so many pairs of faults on happy paths, drawn from --first on; with --path, on that one
    #[arg(long, conflicts_with_all = ["seed", "single", "call", "histories", "seconds"])]
    pairs: Option<u64>,
    /// Goes on after a history in which something did not hold
    #[arg(long)]
    keep_going: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match play(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("simulate: {error}");
            ExitCode::FAILURE
        }
    }
}

fn play(arguments: &Arguments) -> Result<ExitCode, SetUpFailed> {
    if let Some(seed) = arguments.seed {
        return one(Which::Seed(seed));
    }
    let paths = arguments.path.map_or_else(|| Scenario::ALL.to_vec(), |path| vec![path]);
    if let Some(count) = arguments.pairs {
        let all = many::pairs(&paths, arguments.first, count)?;
        println!("{} pairs of faults on happy paths, from {} on", all.len(), arguments.first);
        let failures = if arguments.keep_going { u64::MAX } else { 1 };
        let meter = show::Meter::of_histories(all.len() as u64);
        let tally = many::these(&all, Limits { time: None, failures }, &|tally| meter.show(tally))?;
        meter.finish();
        show::report(&tally);
        return Ok(code(&tally));
    }
    if let Some(path) = arguments.path.filter(|_| !arguments.single) {
        return one(Which::Scripted(path, plan(arguments)));
    }
    let time = arguments.seconds.map(Duration::from_secs);
    let failures = if arguments.keep_going { u64::MAX } else { 1 };
    let random_only = arguments.seconds.is_some() || arguments.histories.is_some();
    if arguments.single || !random_only {
        let all = many::single_faults(&paths)?;
        let all = if arguments.single { all } else { many::ordinary(all) };
        println!("{} histories, each with one fault at one call of a happy path", all.len());
        let meter = show::Meter::of_histories(all.len() as u64);
        let tally = many::these(&all, Limits { time: None, failures }, &|tally| meter.show(tally))?;
        meter.finish();
        if !show::report(&tally) || arguments.single {
            return Ok(code(&tally));
        }
    }
    let histories = match (arguments.histories, time) {
        (None, None) => Some(HISTORIES),
        (histories, _) => histories,
    };
    println!("random histories from seed {} on", arguments.first);
    let meter = match (histories, time) {
        (Some(histories), _) => show::Meter::of_histories(histories),
        (None, time) => show::Meter::of_time(time.unwrap_or_default()),
    };
    let limits = Limits { time, failures };
    let tally = many::seeds(arguments.first, histories, limits, &|tally| meter.show(tally))?;
    meter.finish();
    show::report(&tally);
    Ok(code(&tally))
}

/// What the arguments say goes wrong.
fn plan(arguments: &Arguments) -> Plan {
    let mut faults = arguments.call.iter().copied().zip(arguments.fault.iter().copied());
    match (faults.next(), faults.next()) {
        (None, _) => Plan::Nothing,
        (Some((call, fault)), None) if arguments.again => Plan::Again(call, fault),
        (Some((call, fault)), None) => Plan::One(call, fault),
        (Some(first), Some(second)) => Plan::Two(first, second),
    }
}

fn one(which: Which) -> Result<ExitCode, SetUpFailed> {
    let outcome = which.play()?;
    for line in &outcome.trace {
        println!("{line}");
    }
    println!("{} calls, {} faults", outcome.names.len(), outcome.faults);
    Ok(if outcome.violation.is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn code(tally: &Tally) -> ExitCode {
    if tally.failures == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn path(name: &str) -> Result<Scenario, String> {
    Scenario::from_name(name).ok_or_else(|| {
        let names = Scenario::ALL.map(Scenario::name).join(", ");
        format!("there is no such path; the paths are {names}")
    })
}

fn fault(name: &str) -> Result<Fault, String> {
    Fault::from_name(name).ok_or_else(|| {
        let names = Fault::ALL.map(Fault::name).join(", ");
        format!("there is no such fault; the faults are {names}, with any number of seconds")
    })
}
