//! `ack`: how fast a click is acknowledged, beside the least that a server can do.
//!
//! In each round, both servers are loaded in turn: without pauses on a queue that answers at once (throughput, CPU), then at
//! a constant rate on a queue that takes its time (latency). What is reported is the median of the rounds, and the
//! ratio of the two, which the machine's own speed is not in.

mod report;
mod side;

use crate::cli::{Ack, Programs};
use crate::fault::Fault;
use crate::progress::Progress;
use crate::report::Report;
use crate::stand_in::QueueStandIn;

use side::Side;

/// Measures, and checks every acknowledgement.
pub(crate) async fn run(wanted: &Ack, programs: &Programs) -> Result<Report, Fault> {
    let wanted = wanted.sized(programs.short);
    let folder = programs.folder("ingress")?;
    let queue = QueueStandIn::start().await?;
    let mut sides = [Side::ceiling(&queue).await?, Side::ingress(&folder, &queue).await?];
    let progress = Progress::of(wanted.rounds as usize * sides.len() * 2);
    for side in &mut sides {
        side.warm_up(&queue).await;
    }
    for round in 1..=wanted.rounds {
        for side in &mut sides {
            progress.show(format!("round {round}: {} as fast as it can", side.name));
            side.at_full_speed(&wanted, &queue).await;
            progress.step();
        }
        for side in &mut sides {
            progress.show(format!("round {round}: {} at {} a second", side.name, wanted.rate));
            side.at_rate(&wanted, &queue).await;
            progress.step();
        }
    }
    let mut measured = Vec::new();
    for side in sides {
        measured.push(side.finish().await?);
    }
    Ok(report::of(&wanted, programs, &measured))
}
