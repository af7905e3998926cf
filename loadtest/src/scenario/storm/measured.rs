//! What is measured of a storm, and what must be true of it.

use std::time::Duration;

use serde::Serialize;

use super::weather::Weather;
use crate::tally::Tally;
use crate::traffic::Answered;
use crate::usage::Memory;

/// Within so long, a click is answered, whatever the queue does.
pub(super) const ANSWER_WITHIN: Duration = Duration::from_millis(2_500);
/// Resident memory that the ingress may have at most, in MiB, with over a thousand clicks waiting.
pub(super) const MEMORY_MAX_MIB: u64 = 64;
pub(super) const KIB_IN_MIB: u64 = 1_024;

/// What was measured.
#[derive(Debug, Serialize)]
pub(super) struct Measured {
    #[serde(skip)]
    pub(super) answers: Vec<Answered>,
    #[serde(skip)]
    pub(super) tally: Tally,
    #[serde(skip)]
    pub(super) weather: Weather,
    pub(super) memory_at_end: Memory,
    /// From the queue's return to the first acknowledgement after it.
    pub(super) first_after: Option<Duration>,
    /// From the queue's return until no click failed any more.
    pub(super) well_after: Option<Duration>,
    /// Slowest answer that was not 200.
    pub(super) slowest_refusal: Duration,
    pub(super) problems: Vec<String>,
}

pub(super) fn measure(
    answers: Vec<Answered>,
    jobs: &[u64],
    weather: Weather,
    memory_at_end: Memory,
) -> Measured {
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
