//! `storm`: many clicks while the queue is slow, throttles, is gone, and comes back.
//!
//! What was answered 200 must be on the queue exactly once; all else must have been 503, in time for Slack.

mod report;
mod weather;

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::time::sleep;

use crate::cli::{Programs, Storm};
use crate::fault::Fault;
use crate::programs::PROGRAM_WAIT;
use crate::progress::Progress;
use crate::report::Report;
use crate::stand_in::{Mood, QueueStandIn};
use crate::tally::Tally;
use crate::traffic::click::Clicks;
use crate::traffic::{Answered, Open, Target, at_constant_rate};
use crate::usage::{self, Memory};

use super::ingress::{Ingress, SIGNING_SECRET};
use weather::Weather;

/// Clicks on their way at once, at most: more than come in the time that one may take.
const CONNECTIONS: u32 = 2_000;
/// Within so long, a click is answered, whatever the queue does.
const ANSWER_WITHIN: Duration = Duration::from_millis(2_500);
/// Resident memory that the ingress may have at most, in MiB, with over a thousand clicks waiting.
const MEMORY_MAX_MIB: u64 = 64;
const KIB_IN_MIB: u64 = 1_024;

/// What was measured.
#[derive(Debug, Serialize)]
struct Measured {
    #[serde(skip)]
    answers: Vec<Answered>,
    #[serde(skip)]
    tally: Tally,
    #[serde(skip)]
    weather: Weather,
    memory_at_end: Memory,
    /// From the queue's return to the first acknowledgement after it.
    first_after: Option<Duration>,
    /// From the queue's return until no click failed any more.
    well_after: Option<Duration>,
    /// Slowest answer that was not 200.
    slowest_refusal: Duration,
    problems: Vec<String>,
}

/// Lets the storm go over the ingress, and checks every answer.
pub(crate) async fn run(wanted: &Storm, programs: &Programs) -> Result<Report, Fault> {
    let wanted = wanted.sized(programs.short);
    let queue = QueueStandIn::start().await?;
    let mut ingress = Ingress::start(&programs.folder("ingress")?, &queue).await?;
    let weather = Weather::over(wanted.length());
    let load = Open { rate: wanted.rate(), count: wanted.clicks, connections: CONNECTIONS };
    let target = Target::Ingress(ingress.address);
    let clicks = Arc::new(Clicks::new(SIGNING_SECRET));
    let progress = Progress::of(weather.spells.len());
    let pid = ingress.process.pid();
    let turning = async {
        let start = Instant::now();
        for spell in &weather.spells {
            sleep(spell.from.saturating_sub(start.elapsed())).await;
            queue.be(spell.mood);
            progress.show(spell.name);
            progress.step();
        }
    };
    let (answers, ()) = tokio::join!(at_constant_rate(&load, &target, &clicks), turning);
    let memory_at_end = usage::memory(pid).unwrap_or_default();
    // An ingress that has come through also ends as it should.
    ingress.process.stop(PROGRAM_WAIT).await?;
    let measured = measure(answers, &queue.take_ledger(), weather, memory_at_end);
    Ok(report::of(&wanted, programs, &measured))
}

fn measure(answers: Vec<Answered>, jobs: &[u64], weather: Weather, memory_at_end: Memory) -> Measured {
    let tally = Tally::of(&answers, jobs);
    let mut problems = tally.problems_when_some_fail("ingress");
    let refusals = || answers.iter().filter(|answer| !answer.is_acknowledged());
    let late = refusals().filter(|answer| answer.service_time() > ANSWER_WITHIN).count();
    let slowest_refusal = refusals().map(Answered::service_time).max().unwrap_or_default();
    if late > 0 {
        let slowest = slowest_refusal.as_millis();
        problems.push(format!(
            "{late} clicks were refused later than after 2.5 s, the latest after {slowest} ms"
        ));
    }
    let most_mib = memory_at_end.most_kib / KIB_IN_MIB;
    if most_mib > MEMORY_MAX_MIB {
        problems.push(format!("the ingress took {most_mib} MiB of memory; {MEMORY_MAX_MIB} is the limit"));
    }
    let back = weather.back();
    let after = || answers.iter().filter(|answer| answer.sent >= back);
    let first_after = after()
        .filter(|answer| answer.is_acknowledged())
        .map(|answer| answer.done.saturating_sub(back))
        .min();
    let failed_after = after()
        .filter(|answer| !answer.is_acknowledged())
        .map(|answer| answer.done.saturating_sub(back))
        .max();
    if first_after.is_none() {
        problems.push("no click was acknowledged after the queue came back".to_owned());
    }
    Measured {
        well_after: first_after.map(|first| failed_after.map_or(first, |failed| failed.max(first))),
        answers,
        tally,
        weather,
        memory_at_end,
        first_after,
        slowest_refusal,
        problems,
    }
}

/// The names of the moods, for the report.
fn name(mood: Mood) -> &'static str {
    match mood {
        Mood::Takes(Duration::ZERO) => "well",
        Mood::Takes(_) => "slow",
        Mood::Throttles => "throttling",
        Mood::Gone => "gone",
    }
}
