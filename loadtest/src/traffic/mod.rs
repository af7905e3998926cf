//! The load: clicks as Slack sends them, at a constant rate or as fast as they are answered.

pub(crate) mod click;
mod closed;
mod connection;
mod open;

use std::time::Duration;

pub(crate) use closed::{Closed, as_fast_as_answered};
pub(crate) use connection::{Connection, Target};
pub(crate) use open::{Open, at_constant_rate};

use crate::latency::Latencies;

/// Longest wait for an answer. Slack waits 3 s; what is later is a fault all the same.
pub(crate) const ANSWER_WAIT: Duration = Duration::from_secs(10);

/// What became of one click.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Answered {
    /// The click's serial number.
    pub(crate) serial: u64,
    /// The status of the answer; `None` where there was none.
    pub(crate) status: Option<u16>,
    /// When the click was meant to start, counted from the start of the load.
    pub(crate) meant: Duration,
    /// When it really started.
    pub(crate) sent: Duration,
    /// When the answer was there, or was given up.
    pub(crate) done: Duration,
}

impl Answered {
    /// How long the person waited: from when the click was meant to start, so that a server that holds the load up does
    /// not hide it.
    pub(crate) fn latency(&self) -> Duration {
        self.done.saturating_sub(self.meant)
    }

    /// How long the server took, from when the click was on its way.
    pub(crate) fn service_time(&self) -> Duration {
        self.done.saturating_sub(self.sent)
    }

    /// Whether the server said that the click is taken care of.
    pub(crate) fn is_acknowledged(&self) -> bool {
        self.status == Some(200)
    }
}

/// The latencies of the acknowledged ones.
pub(crate) fn latencies(answers: &[Answered]) -> Latencies {
    let mut latencies = Latencies::default();
    answers
        .iter()
        .filter(|answer| answer.is_acknowledged())
        .for_each(|answer| latencies.add(answer.latency()));
    latencies
}
