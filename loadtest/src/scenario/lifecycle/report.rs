//! What `lifecycle` shows: throughput, legs, calls, and the programs' memory.

use std::time::Duration;

use serde_json::json;

use super::journey::Legs;
use super::measured::{Measured, mib};
use crate::cli::{Lifecycle, Programs};
use crate::latency::{Latencies, PERCENTILES};
use crate::report::{Headline, Report, Table, figure};
use crate::scenario::{built, machine};

/// The goal for a worker's memory.
const WORKER_MIB: f64 = 25.0;

/// A leg's name, and how to read it.
type Leg = (&'static str, fn(&Legs) -> Duration);
const LEGS: [Leg; 4] = [
    ("ask → approvers asked", |legs| legs.asked),
    ("approve → ACTIVE", |legs| legs.made),
    ("approve → requester told", |legs| legs.told),
    ("end → gone", |legs| legs.gone),
];

pub(super) fn of(wanted: &Lifecycle, programs: &Programs, measured: &Measured) -> Report {
    let length = wanted
        .soak
        .map_or_else(|| format!("{} requests", wanted.requests), |soak| format!("for {} s", soak.as_secs()));
    Report {
        scenario: "lifecycle",
        about: "Whole requests, asked, approved and ended, through the ingress and the three workers as processes, on \
                an embedded AWS and Slack."
            .to_owned(),
        at: service::clock::now().rfc3339(),
        setting: [
            ("machine", format!("{}, embedded AWS and Slack too", machine())),
            ("programs", built(programs)),
            ("people at once", wanted.people.to_string()),
            (
                "requests a second",
                wanted.rate.map_or_else(|| "each after the one before".to_owned(), |rate| rate.to_string()),
            ),
            ("AWS and Slack answer", if wanted.delays { "as late as assumed" } else { "at once" }.to_owned()),
            ("length", length),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into(),
        problems: measured.problems.clone(),
        correct: "every request went its whole way, and nothing is left behind.",
        headlines: headlines(measured),
        tables: vec![legs(measured), calls(measured), program_rows(measured)],
        figures: json!(measured),
    }
}

fn headlines(measured: &Measured) -> Vec<Headline> {
    let per_second = measured.legs.len() as f64 / measured.took.as_secs_f64().max(f64::MIN_POSITIVE);
    let workers = measured.programs.iter().filter(|(name, ..)| *name != "ingress");
    let largest = workers.map(|(_, memory, _)| mib(memory.most_kib)).fold(0.0, f64::max);
    let calls = |of: &std::collections::BTreeMap<String, usize>| of.values().sum::<usize>();
    let plain = |value: String, name: &str| Headline { value, name: name.to_owned(), goal: None };
    vec![
        plain(format!("{}/s", figure(per_second)), "whole requests"),
        plain(calls(&measured.calls.aws).to_string(), "AWS calls for one, polls aside"),
        plain(calls(&measured.calls.slack).to_string(), "Slack calls for one"),
        Headline {
            value: format!("{} MiB", figure(largest)),
            name: "resident at most, the largest worker".to_owned(),
            goal: Some((format!("at most {WORKER_MIB}"), largest <= WORKER_MIB)),
        },
    ]
}

fn latencies(measured: &Measured, leg: Leg) -> Latencies {
    let mut latencies = Latencies::default();
    measured.legs.iter().for_each(|legs| latencies.add((leg.1)(legs)));
    latencies
}

fn legs(measured: &Measured) -> Table {
    let rows = LEGS.map(|leg| {
        let latencies = latencies(measured, leg);
        let figures = PERCENTILES.into_iter().map(|percentile| figure(latencies.at(percentile)));
        [leg.0.to_owned()].into_iter().chain(figures).collect()
    });
    let headings = PERCENTILES.into_iter().map(|percentile| format!("p{percentile} ms"));
    Table {
        title: format!("Legs of {} requests", measured.legs.len()),
        headings: [String::new()].into_iter().chain(headings).collect(),
        rows: rows.into(),
    }
}

fn calls(measured: &Measured) -> Table {
    let slack = measured.calls.slack.iter().map(|(method, count)| (format!("slack {method}"), count));
    let all = measured.calls.aws.iter().map(|(action, count)| (action.clone(), count)).chain(slack);
    Table {
        title: "Calls of one request, alone".to_owned(),
        headings: ["", "calls"].map(str::to_owned).into(),
        rows: all.map(|(name, count)| vec![name, count.to_string()]).collect(),
    }
}

fn program_rows(measured: &Measured) -> Table {
    let done = measured.legs.len().max(1) as f64;
    let rows = measured.programs.iter().zip(&measured.memory).map(|((name, memory, cpu), (_, points))| {
        let early = points.get(points.len() / 10).map_or(0.0, |(_, mib)| *mib);
        let cpu_ms = cpu.as_secs_f64() * 1_000.0 / done;
        let figures = [early, mib(memory.now_kib), mib(memory.most_kib), cpu_ms].map(figure);
        [(*name).to_owned()].into_iter().chain(figures).collect()
    });
    Table {
        title: "Programs".to_owned(),
        headings: ["", "MiB after a tenth", "at the end", "at most", "CPU ms for a request"]
            .map(str::to_owned)
            .into(),
        rows: rows.collect(),
    }
}
