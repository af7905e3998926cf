//! `lifecycle`: whole requests, asked, approved and ended, through the real ingress and the three real workers, on the
//! embedded AWS and Slack, which this process serves to them over loopback.

mod calls;
mod delays;
mod journey;
mod measured;
mod people;
mod report;
mod stage;
mod watch;

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::interval;

use crate::cli::{Lifecycle, Programs};
use crate::fault::Fault;
use crate::progress::Progress;
use crate::report::Report;
use crate::usage;

use measured::{Measured, mib};
use stage::Stage;

/// How often memory is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Plays the requests, and checks that each goes its whole way and leaves nothing behind.
pub(crate) async fn run(wanted: &Lifecycle, programs: &Programs) -> Result<Report, Fault> {
    let wanted = wanted.sized(programs.short);
    let stage = Arc::new(Stage::start(programs, wanted.people, wanted.delays).await?);
    let mut measured = Measured { calls: calls::of_one(&stage).await?, ..Measured::default() };
    let progress = Arc::new(Progress::of(wanted.requests as usize));
    progress.show("requests");

    let start = Instant::now();
    let mut people = people::ask(&stage, &wanted, &progress);
    let pids = stage.programs();
    let mut memory: Vec<Vec<(f64, f64)>> = vec![Vec::new(); pids.len()];
    let mut look = interval(LOOK_EVERY);
    loop {
        tokio::select! {
            done = people.join_next() => match done {
                None => break,
                Some(Ok((legs, problems))) => {
                    measured.legs.extend(legs);
                    measured.problems.extend(problems);
                }
                Some(Err(error)) => measured.problems.push(format!("a person's task failed: {error}")),
            },
            _ = look.tick() => for ((_, pid), points) in pids.iter().zip(&mut memory) {
                points.push((start.elapsed().as_secs_f64(), mib(usage::memory(*pid).unwrap_or_default().now_kib)));
            },
        }
    }
    measured.took = start.elapsed();
    measured.memory = pids.iter().map(|(name, _)| *name).zip(memory).collect();
    measured.programs = pids
        .iter()
        .map(|(name, pid)| {
            (*name, usage::memory(*pid).unwrap_or_default(), usage::cpu(*pid).unwrap_or_default())
        })
        .collect();
    measured.problems.extend(stage.left_behind().await);
    drop(progress);
    let stage = Arc::try_unwrap(stage).map_err(|_| Fault::Stage("somebody still asks".to_owned()))?;
    stage.stop().await?;
    Ok(report::of(&wanted, programs, &measured))
}
