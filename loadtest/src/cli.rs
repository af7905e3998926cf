//! What can be typed.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

/// Starts each way that a short run makes.
const SHORT_STARTS: u32 = 3;

/// Measures Keylease's programs under load, and checks that no acknowledged click is lost.
///
/// Prints a table, and writes target/loadtest/SCENARIO.json. Exit status 1: the run was not correct.
#[derive(Debug, Parser)]
#[command(name = "loadtest", version)]
pub(crate) struct Options {
    #[command(flatten)]
    pub(crate) programs: Programs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Which programs are measured.
#[derive(Debug, Args)]
pub(crate) struct Programs {
    /// A folder of programs that are built already; without it, they are built as they are shipped
    #[arg(long, global = true, value_name = "FOLDER")]
    pub(crate) bin_dir: Option<PathBuf>,
    /// A short run, to see that everything is right; its figures mean little
    #[arg(long, global = true)]
    pub(crate) short: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// The ingress under load, in turns with a bare server that does the least that could be done
    Ack(Ack),
    /// The ingress from the start of its process to its first acknowledged click, as a server and on Lambda
    Cold(Cold),
    /// Many clicks while the queue is slow, throttles, is gone, and comes back
    Storm(Storm),
    /// Whole requests, asked, approved and ended, through all four programs on an embedded AWS and Slack
    Lifecycle(Lifecycle),
    /// The bare server itself
    #[command(hide = true)]
    Ceiling {
        /// Where it listens
        listen: SocketAddr,
        /// Where it posts to
        queue: SocketAddr,
    },
}

/// Options of `ack`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Ack {
    /// Clicks a second
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    pub(crate) rate: u32,
    /// How long the queue takes to answer, in milliseconds, when latency is measured
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u64).range(0..=900))]
    pub(crate) queue_ms: u64,
    /// Turns of each server; each figure is the median of them
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=50))]
    pub(crate) rounds: u32,
    /// Length of each measurement, in seconds
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub(crate) seconds: u64,
    /// Connections that click as fast as they are answered, when throughput is measured
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub(crate) connections: u32,
}

/// Options of `cold`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Cold {
    /// Starts each way
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub(crate) starts: u32,
}

impl Cold {
    /// How many starts are made each way.
    pub(crate) fn sized(&self, short: bool) -> u32 {
        if short { self.starts.min(SHORT_STARTS) } else { self.starts }
    }
}

/// Options of `storm`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Storm {
    /// Clicks in all
    #[arg(long, default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(100..=100_000))]
    pub(crate) clicks: u32,
    /// Length of the storm, in seconds; the queue is gone for half of it
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(2..=60))]
    pub(crate) seconds: u32,
}

impl Storm {
    /// As asked for, or just enough of it to see that it is right.
    pub(crate) fn sized(&self, short: bool) -> Self {
        if short { Self { clicks: 800, seconds: 4 } } else { self.clone() }
    }

    /// Clicks a second.
    pub(crate) fn rate(&self) -> u32 {
        self.clicks / self.seconds.max(1)
    }

    /// From the first click to the last.
    pub(crate) fn length(&self) -> Duration {
        Duration::from_secs(self.seconds.into())
    }
}

/// Options of `lifecycle`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Lifecycle {
    /// Requests in all
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) requests: u32,
    /// People who ask at the same time, each for one thing after the other
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub(crate) people: u32,
    /// Requests a second, whether or not those before are over, as far as there are people who ask for nothing yet
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) rate: Option<u32>,
    /// AWS and Slack answer as late as docs/performance.md assumes, and not at once
    #[arg(long)]
    pub(crate) delays: bool,
    /// Goes on for so long, such as 10m, whatever --requests says
    #[arg(long, value_name = "DURATION", value_parser = length)]
    pub(crate) soak: Option<Duration>,
}

impl Lifecycle {
    /// As asked for, or just enough of it to see that it is right.
    pub(crate) fn sized(&self, short: bool) -> Self {
        if short { Self { requests: 6, people: 2, soak: None, ..self.clone() } } else { self.clone() }
    }
}

fn length(text: &str) -> Result<Duration, String> {
    let length = domain::GrantDuration::parse(text).map_err(|why| why.to_string())?;
    Ok(Duration::from_secs(length.seconds().into()))
}

impl Ack {
    /// As asked for, or just enough of it to see that it is right.
    pub(crate) fn sized(&self, short: bool) -> Self {
        if !short {
            return self.clone();
        }
        Self { rate: 200, rounds: 1, seconds: 2, connections: 8, ..self.clone() }
    }

    /// Length of each measurement.
    pub(crate) fn length(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}
