//! Many histories, on every core.

use std::collections::BTreeSet;
use std::num::NonZero;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use domain::Status;

use crate::faults::{Fault, Plan};
use crate::play::{Outcome, random, scripted};
use crate::scenario::Scenario;
use crate::stage::SetUpFailed;
use crate::violation::Violation;

/// Failing histories that are told apart; the rest is only counted.
const FAILURES_MAX: usize = 100;

/// The stack of a thread that plays: as large as a program's main thread has. Without optimisation a sweep needs more than the 2
/// MiB that other threads get.
const STACK_BYTES: usize = 8 * 1024 * 1024;

/// Which history it was, so that it can be played again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// A random one.
    Seed(u64),
    /// A happy path, and what went wrong on it.
    Scripted(Scenario, Plan),
}

impl std::fmt::Display for Which {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Seed(seed) => write!(f, "--seed {seed}"),
            Self::Scripted(scenario, plan) => write!(f, "--path {}{plan}", scenario.name()),
        }
    }
}

impl Which {
    /// Plays it.
    pub fn play(self) -> Result<Outcome, SetUpFailed> {
        match self {
            Self::Seed(seed) => random(seed),
            Self::Scripted(scenario, plan) => scripted(scenario, plan),
        }
    }
}

/// A history in which something did not hold.
#[derive(Debug)]
pub struct Failing {
    /// Which.
    pub which: Which,
    /// What did not hold.
    pub violation: Violation,
    /// What happened, a line each.
    pub trace: Vec<String>,
}

/// How many histories went.
#[derive(Debug, Default)]
pub struct Tally {
    /// Histories that were played.
    pub histories: u64,
    /// Their calls to AWS and Slack.
    pub calls: u64,
    /// Faults that they met.
    pub faults: u64,
    /// What requests became in them.
    pub reached: BTreeSet<Status>,
    /// Histories in which something did not hold.
    pub failures: u64,
    /// The first of them.
    pub failing: Vec<Failing>,
}

/// When to stop.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// After this long.
    pub time: Option<Duration>,
    /// After this many histories have failed.
    pub failures: u64,
}

impl Limits {
    /// Everything is played, whatever fails.
    pub const NONE: Self = Self { time: None, failures: u64::MAX };
}

/// Plays random histories, from this seed on: so many, or until a limit stops it.
pub fn seeds(
    first: u64,
    histories: Option<u64>,
    limits: Limits,
    watch: &(dyn Fn(&Tally) + Sync),
) -> Result<Tally, SetUpFailed> {
    let next = AtomicU64::new(0);
    let draw = || {
        let number = next.fetch_add(1, Ordering::Relaxed);
        histories.is_none_or(|most| number < most).then(|| Which::Seed(first.wrapping_add(number)))
    };
    on_every_core(&draw, limits, watch)
}

/// Plays these histories.
pub fn these(all: &[Which], limits: Limits, watch: &(dyn Fn(&Tally) + Sync)) -> Result<Tally, SetUpFailed> {
    let next = AtomicU64::new(0);
    let draw = || all.get(next.fetch_add(1, Ordering::Relaxed) as usize).copied();
    on_every_core(&draw, limits, watch)
}

/// These happy paths, and every single fault at every one of its calls, in full.
///
/// The paths begin alike; what one has in common with those before it is not played again.
pub fn single_faults(paths: &[Scenario]) -> Result<Vec<Which>, SetUpFailed> {
    let mut all = Vec::new();
    let mut played: Vec<Vec<String>> = Vec::new();
    for scenario in paths.iter().copied() {
        all.push(Which::Scripted(scenario, Plan::Nothing));
        let Outcome { mut names, settled_after, .. } = scripted(scenario, Plan::Nothing)?;
        if scenario.ends_like_another() {
            names.truncate(settled_after);
        }
        let alike = |other: &Vec<String>| names.iter().zip(other).take_while(|(a, b)| a == b).count();
        // Calls of the same name are other workers' where two releases are at work.
        let first = if scenario.is_rolling() { 0 } else { played.iter().map(alike).max().unwrap_or(0) };
        let calls = (first..names.len()).filter_map(|call| u32::try_from(call).ok());
        let each = |call| Fault::ALL.map(|fault| Which::Scripted(scenario, Plan::One(call, fault)));
        all.extend(calls.flat_map(each));
        played.push(names);
    }
    Ok(all)
}

/// What the ordinary run plays of these: of the paths that end like another only every so many faults, other ones at each call.
#[must_use]
pub fn ordinary(all: Vec<Which>) -> Vec<Which> {
    let is_kept = |(place, which): &(usize, Which)| match which {
        Which::Scripted(_, Plan::Nothing) | Which::Seed(_) => true,
        Which::Scripted(scenario, Plan::One(..) | Plan::Two(..) | Plan::Again(..)) => {
            place % scenario.kept_of() == 0
        }
    };
    all.into_iter().enumerate().filter(is_kept).map(|(_, which)| which).collect()
}

/// Of so many pairs, how many are two faults within so many calls of each other; of the rest, each is one call that goes wrong
/// twice.
const NEAR_OF_FOUR: u32 = 3;
const NEAR_CALLS: u32 = 24;

/// So many pairs of faults, drawn from this number on: on any of these paths, the second soon after the first, or with the next call of
/// the same name.
pub fn pairs(paths: &[Scenario], first: u64, count: u64) -> Result<Vec<Which>, SetUpFailed> {
    let mut lengths = Vec::new();
    for scenario in paths.iter().copied() {
        let calls = scripted(scenario, Plan::Nothing)?.names.len();
        lengths.push((scenario, u32::try_from(calls).unwrap_or(u32::MAX)));
    }
    let draw = |number: u64| {
        let mut rng = fastrand::Rng::with_seed(first.wrapping_add(number));
        let (scenario, calls) = rng.choice(&lengths).copied()?;
        let mut fault = || rng.choice(Fault::ALL).unwrap_or(Fault::Lose);
        let (one, other) = (fault(), fault());
        let call = rng.u32(0..calls.max(1));
        let plan = if rng.u32(0..4) < NEAR_OF_FOUR {
            Plan::Two((call, one), (call + rng.u32(1..=NEAR_CALLS), other))
        } else {
            Plan::Again(call, one)
        };
        Some(Which::Scripted(scenario, plan))
    };
    Ok((0..count).filter_map(draw).collect())
}

fn on_every_core(
    draw: &(dyn Fn() -> Option<Which> + Sync),
    limits: Limits,
    watch: &(dyn Fn(&Tally) + Sync),
) -> Result<Tally, SetUpFailed> {
    let started = Instant::now();
    let tally = Mutex::new(Tally::default());
    let stop = AtomicBool::new(false);
    let play = || -> Result<(), SetUpFailed> {
        while !stop.load(Ordering::Relaxed) && limits.time.is_none_or(|limit| started.elapsed() < limit) {
            let Some(which) = draw() else { break };
            let outcome = which.play().inspect_err(|_| stop.store(true, Ordering::Relaxed))?;
            let mut tally = tally.lock().unwrap_or_else(PoisonError::into_inner);
            tally.add(which, outcome);
            if tally.failures >= limits.failures {
                stop.store(true, Ordering::Relaxed);
            }
            watch(&tally);
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let builder = || std::thread::Builder::new().stack_size(STACK_BYTES);
        let threads: Result<Vec<_>, _> = (0..cores).map(|_| builder().spawn_scoped(scope, play)).collect();
        let threads = threads.map_err(|error| SetUpFailed::new(&error))?;
        threads.into_iter().try_for_each(|thread| {
            thread.join().unwrap_or_else(|_| Err(SetUpFailed::new(&"a thread of the simulation panicked")))
        })
    })?;
    let mut tally = tally.into_inner().unwrap_or_else(PoisonError::into_inner);
    // Threads finish in any order; the report does not.
    tally.failing.sort_by_key(|failing| match failing.which {
        Which::Seed(seed) => seed,
        Which::Scripted(..) => 0,
    });
    Ok(tally)
}

impl Tally {
    fn add(&mut self, which: Which, outcome: Outcome) {
        self.histories += 1;
        self.calls += outcome.names.len() as u64;
        self.faults += u64::from(outcome.faults);
        self.reached.extend(outcome.reached);
        let Some(violation) = outcome.violation else { return };
        self.failures += 1;
        if self.failing.len() < FAILURES_MAX {
            self.failing.push(Failing { which, violation, trace: outcome.trace });
        }
    }
}
