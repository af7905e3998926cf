//! What `ack` shows: both servers side by side, and their ratios.

use serde_json::json;

use crate::cli::{Ack, Programs};
use crate::latency::PERCENTILES;
use crate::report::{Headline, Report, Table, figure, median};
use crate::scenario::{built, machine};

use super::side::Measured;

/// The goals: see docs/performance.md for where they come from.
const THROUGHPUT_RATIO: f64 = 0.25;
const CPU_SECONDS_FOR_1000: f64 = 0.12;
const P99_RATIO: f64 = 1.10;
const MEMORY_MIB: f64 = 15.0;

const KIB_IN_MIB: f64 = 1_024.0;

/// The medians over the rounds.
struct Medians {
    per_second: f64,
    cpu: f64,
    percentiles: Vec<f64>,
    memory_mib: f64,
    memory_most_mib: f64,
}

impl Medians {
    fn of(measured: &Measured) -> Self {
        let at = |percentile: f64| median(measured.at_rate.iter().map(|round| round.at(percentile)));
        Self {
            per_second: median(measured.per_second.iter().copied()),
            cpu: median(measured.cpu_for_1000.iter().copied()),
            percentiles: PERCENTILES.into_iter().map(at).collect(),
            memory_mib: measured.memory.now_kib as f64 / KIB_IN_MIB,
            memory_most_mib: measured.memory.most_kib as f64 / KIB_IN_MIB,
        }
    }

    fn p99(&self) -> f64 {
        let index = PERCENTILES.iter().position(|percentile| (*percentile - 99.0).abs() < f64::EPSILON);
        index.and_then(|index| self.percentiles.get(index)).copied().unwrap_or_default()
    }
}

pub(super) fn of(wanted: &Ack, programs: &Programs, measured: &[Measured]) -> Report {
    let medians: Vec<Medians> = measured.iter().map(Medians::of).collect();
    let (headlines, rows) = match medians.as_slice() {
        [ceiling, ingress] => (headlines(ceiling, ingress), rows(wanted, ceiling, ingress)),
        _ => (Vec::new(), Vec::new()),
    };
    let acknowledged: usize = measured.iter().map(|side| side.acknowledged).sum();
    Report {
        scenario: "ack",
        about:
            "A click on Approve, from Slack to its queue, beside a bare server that does nothing but post."
                .to_owned(),
        at: service::clock::now().rfc3339(),
        setting: setting(wanted, programs),
        problems: measured.iter().flat_map(|side| side.problems.clone()).collect(),
        correct: "every acknowledged click has its one job on the queue.",
        headlines,
        tables: vec![Table {
            title: format!(
                "Medians of {} rounds; {acknowledged} acknowledged clicks, each with its one job",
                wanted.rounds
            ),
            headings: ["", "ceiling", "ingress", "ratio"].map(str::to_owned).into(),
            rows,
        }],
        figures: json!({
            "sides": measured,
            "percentiles_ms": medians.iter().map(|side| &side.percentiles).collect::<Vec<_>>(),
        }),
    }
}

fn setting(wanted: &Ack, programs: &Programs) -> Vec<(String, String)> {
    [
        ("machine", machine()),
        ("programs", built(programs)),
        ("rounds", wanted.rounds.to_string()),
        ("each measurement", format!("{} s", wanted.seconds)),
        ("at full speed", format!("{} connections, queue at 0 ms", wanted.connections)),
        ("at a rate", format!("{} clicks/s, queue at {} ms", wanted.rate, wanted.queue_ms)),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

fn headlines(ceiling: &Medians, ingress: &Medians) -> Vec<Headline> {
    let throughput = ingress.per_second / ceiling.per_second;
    let p99 = ingress.p99() / ceiling.p99();
    let headline = |value: String, name: &str, goal: String, met: bool| Headline {
        value,
        name: name.to_owned(),
        goal: Some((goal, met)),
    };
    vec![
        headline(
            format!("{p99:.2}×"),
            "the ceiling's p99, at the given rate",
            format!("at most {P99_RATIO:.2}"),
            p99 <= P99_RATIO,
        ),
        headline(
            format!("{throughput:.2}×"),
            "the ceiling's throughput",
            format!("at least {THROUGHPUT_RATIO}"),
            throughput >= THROUGHPUT_RATIO,
        ),
        headline(
            format!("{} s", figure(ingress.cpu)),
            "on a CPU for 1,000 acknowledgements",
            format!("at most {CPU_SECONDS_FOR_1000}"),
            ingress.cpu <= CPU_SECONDS_FOR_1000,
        ),
        headline(
            format!("{} MiB", figure(ingress.memory_most_mib)),
            "resident at most",
            format!("at most {MEMORY_MIB}"),
            ingress.memory_most_mib <= MEMORY_MIB,
        ),
    ]
}

fn rows(wanted: &Ack, ceiling: &Medians, ingress: &Medians) -> Vec<Vec<String>> {
    let row = |name: String, ceiling: f64, ingress: f64| {
        vec![name, figure(ceiling), figure(ingress), format!("{:.2}", ingress / ceiling)]
    };
    let mut rows = vec![
        row("acknowledged/s at full speed".to_owned(), ceiling.per_second, ingress.per_second),
        row("CPU s for 1,000".to_owned(), ceiling.cpu, ingress.cpu),
    ];
    let percentiles = PERCENTILES.iter().zip(ceiling.percentiles.iter().zip(&ingress.percentiles));
    rows.extend(percentiles.map(|(percentile, (ceiling, ingress))| {
        row(
            format!("p{percentile} ms at {}/s, queue at {} ms", wanted.rate, wanted.queue_ms),
            *ceiling,
            *ingress,
        )
    }));
    rows.push(row("memory MiB".to_owned(), ceiling.memory_mib, ingress.memory_mib));
    rows.push(row("memory MiB, at most".to_owned(), ceiling.memory_most_mib, ingress.memory_most_mib));
    rows
}
