//! `storm`: many clicks while the queue is slow, throttles, is gone, and comes back.
//!
//! What was answered 200 must be on the queue exactly once; all else must have been 503, in time for Slack.

mod measured;
mod report;
mod weather;

use std::sync::Arc;
use std::time::Instant;

use tokio::time::sleep;

use crate::cli::{Programs, Storm};
use crate::fault::Fault;
use crate::programs::PROGRAM_WAIT;
use crate::progress::Progress;
use crate::report::Report;
use crate::stand_in::QueueStandIn;
use crate::traffic::click::Clicks;
use crate::traffic::{Open, Target, at_constant_rate};
use crate::usage;

use super::ingress::{Ingress, SIGNING_SECRET};
use measured::measure;
use weather::Weather;

/// Clicks on their way at once, at most: more than come in the time that one may take.
const CONNECTIONS: u32 = 2_000;
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
