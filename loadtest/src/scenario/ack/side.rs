//! One of the two servers, and what was measured of it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use testkit::program::Program;

use crate::cli::Ack;
use crate::fault::Fault;
use crate::latency::Latencies;
use crate::programs::{PROGRAM_WAIT, free_address, start};
use crate::scenario::ingress::{Ingress, SIGNING_SECRET};
use crate::stand_in::{Mood, QueueStandIn};
use crate::tally::Tally;
use crate::traffic::click::Clicks;
use crate::traffic::{Answered, Closed, Open, Target, as_fast_as_answered, at_constant_rate, latencies};
use crate::usage::{self, Memory};

/// Load before the first measurement, so that no measurement has the first connections in it.
const WARM_UP: Closed = Closed { connections: 8, length: Duration::from_millis(500) };
/// Clicks on their way at once at a constant rate, at most.
const CONNECTIONS_AT_RATE: u32 = 256;
/// Time on a CPU is told for so many acknowledgements.
const ACKS: f64 = 1_000.0;

/// A server under load.
#[derive(Debug)]
pub(super) struct Side {
    pub(super) name: &'static str,
    process: Program,
    target: Target,
    clicks: Arc<Clicks>,
    measured: Measured,
}

/// What was measured of one server.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Measured {
    pub(super) name: &'static str,
    /// Acknowledged clicks a second at full speed, by round.
    pub(super) per_second: Vec<f64>,
    /// CPU seconds of the server for 1,000 of them, by round.
    pub(super) cpu_for_1000: Vec<f64>,
    /// Latencies at the given rate, by round.
    #[serde(skip)]
    pub(super) at_rate: Vec<Latencies>,
    /// Memory at the end.
    pub(super) memory: Memory,
    /// Acknowledged clicks in all, each matched with its job.
    pub(super) acknowledged: usize,
    /// Why the run is not correct.
    pub(super) problems: Vec<String>,
}

impl Side {
    pub(super) async fn ingress(programs: &Path, queue: &QueueStandIn) -> Result<Self, Fault> {
        let Ingress { process, address } = Ingress::start(programs, queue).await?;
        Ok(Self::of("ingress", process, Target::Ingress(address)))
    }

    pub(super) async fn ceiling(queue: &QueueStandIn) -> Result<Self, Fault> {
        let address = free_address().await?;
        let own = std::env::current_exe().map_err(Fault::io("this program does not know where it is"))?;
        let (listen, queue_address) = (address.to_string(), queue.address.to_string());
        let mut process = start("ceiling", &own, &["ceiling", &listen, &queue_address], &Vec::new())?;
        process.listens(address, PROGRAM_WAIT).await?;
        Ok(Self::of("ceiling", process, Target::Ceiling { address, queue_url: queue.queue_url("provision") }))
    }

    fn of(name: &'static str, process: Program, target: Target) -> Self {
        let clicks = Arc::new(Clicks::new(SIGNING_SECRET));
        Self { name, process, target, clicks, measured: Measured { name, ..Measured::default() } }
    }

    pub(super) async fn warm_up(&mut self, queue: &QueueStandIn) {
        queue.be(Mood::Takes(Duration::ZERO));
        let answers = as_fast_as_answered(&WARM_UP, &self.target, &self.clicks).await;
        self.check(&answers, queue);
    }

    pub(super) async fn at_full_speed(&mut self, wanted: &Ack, queue: &QueueStandIn) {
        queue.be(Mood::Takes(Duration::ZERO));
        let load = Closed { connections: wanted.connections, length: wanted.length() };
        let before = usage::cpu(self.process.pid());
        let answers = as_fast_as_answered(&load, &self.target, &self.clicks).await;
        let after = usage::cpu(self.process.pid());
        let acknowledged = self.check(&answers, queue) as f64;
        let took = answers.iter().map(|answer| answer.done).max().unwrap_or(load.length);
        self.measured.per_second.push(acknowledged / took.as_secs_f64().max(f64::MIN_POSITIVE));
        if let (Some(before), Some(after)) = (before, after) {
            let cpu = after.saturating_sub(before).as_secs_f64();
            self.measured.cpu_for_1000.push(cpu / acknowledged.max(1.0) * ACKS);
        }
    }

    pub(super) async fn at_rate(&mut self, wanted: &Ack, queue: &QueueStandIn) {
        queue.be(Mood::Takes(Duration::from_millis(wanted.queue_ms)));
        let count = u32::try_from(wanted.seconds).unwrap_or(u32::MAX).saturating_mul(wanted.rate);
        let load = Open { rate: wanted.rate, count, connections: CONNECTIONS_AT_RATE };
        let answers = at_constant_rate(&load, &self.target, &self.clicks).await;
        self.check(&answers, queue);
        self.measured.at_rate.push(latencies(&answers));
    }

    /// Ends the server.
    pub(super) async fn finish(mut self) -> Result<Measured, Fault> {
        self.measured.memory = usage::memory(self.process.pid()).unwrap_or_default();
        if self.name == "ingress" {
            self.process.stop(PROGRAM_WAIT).await?;
        }
        Ok(self.measured)
    }

    /// Matches the answers with what is on the queue; gives how many were acknowledged.
    fn check(&mut self, answers: &[Answered], queue: &QueueStandIn) -> usize {
        let tally = Tally::of(answers, &queue.take_ledger());
        self.measured.acknowledged += tally.acknowledged;
        self.measured.problems.extend(tally.problems(self.name));
        tally.acknowledged
    }
}
