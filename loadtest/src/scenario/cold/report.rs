//! What `cold` shows: how long a start takes each way, and where the time goes.

use serde_json::json;

use super::start::{Start, WAYS, Way};
use crate::cli::Programs;
use crate::report::{Headline, Report, Table, figure, median};
use crate::scenario::{built, machine};

/// The goals, in milliseconds.
const MEDIAN_MS: f64 = 10.0;
const WORST_MS: f64 = 15.0;

const KIB_IN_MIB: f64 = 1_024.0;
const BYTES_IN_MIB: f64 = 1_048_576.0;

pub(super) fn of(programs: &Programs, starts: &[Start], size_bytes: u64) -> Report {
    let each = starts.len() / WAYS.len();
    let mut headlines = Vec::new();
    for way in [Way::Server, Way::Lambda] {
        let times = times(starts, way);
        let (middle, worst) = (median(times.iter().copied()), times.iter().copied().fold(0.0, f64::max));
        let headline = |value: f64, what: &str, goal: f64| Headline {
            value: format!("{} ms", figure(value)),
            name: format!("as {}, {what}", way.name()),
            goal: Some((format!("at most {goal} ms"), value <= goal)),
        };
        headlines.push(headline(middle, "median", MEDIAN_MS));
        headlines.push(headline(worst, &format!("worst of {each}"), WORST_MS));
    }
    Report {
        scenario: "cold",
        about: "From the start of the ingress's process to its first acknowledged click.".to_owned(),
        at: service::clock::now().rfc3339(),
        setting: vec![
            ("machine".to_owned(), machine()),
            ("programs".to_owned(), built(programs)),
            ("starts each way".to_owned(), each.to_string()),
        ],
        problems: starts.iter().filter_map(|start| start.problem.clone()).collect(),
        correct: "every acknowledged click has its one job on the queue.",
        headlines,
        tables: vec![whole(starts, size_bytes), parts(starts)],
        figures: json!({ "starts": starts, "program_bytes": size_bytes }),
    }
}

fn whole(starts: &[Start], size_bytes: u64) -> Table {
    let rows = WAYS.map(|way| {
        let times = times(starts, way);
        let worst = times.iter().copied().fold(0.0, f64::max);
        let best = times.iter().copied().fold(f64::MAX, f64::min);
        let memory = starts.iter().filter(|start| start.way == way).map(|start| start.memory_kib as f64);
        let figures = [best, median(times), worst, median(memory) / KIB_IN_MIB].map(figure);
        [way.name().to_owned()].into_iter().chain(figures).collect()
    });
    Table {
        title: format!(
            "Start to first acknowledgement; the program has {} MiB",
            figure(size_bytes as f64 / BYTES_IN_MIB)
        ),
        headings: ["", "best ms", "median ms", "worst ms", "memory MiB"].map(str::to_owned).into(),
        rows: rows.into(),
    }
}

/// The medians of each stage.
fn parts(starts: &[Start]) -> Table {
    let mut names: Vec<&'static str> = Vec::new();
    for stage in starts.iter().flat_map(|start| &start.stages) {
        if !names.contains(&stage.name) {
            names.push(stage.name);
        }
    }
    let of = |way: Way, name: &str| {
        let stages = starts.iter().filter(|start| start.way == way).flat_map(|start| &start.stages);
        median(stages.filter(|stage| stage.name == name).map(|stage| stage.took.as_secs_f64() * 1_000.0))
    };
    let row = |name: &&str| {
        let figures = WAYS.map(|way| figure(of(way, name)));
        [(*name).to_owned()].into_iter().chain(figures).collect()
    };
    Table {
        title: "Where the time goes, medians in ms".to_owned(),
        headings: [""].into_iter().chain(WAYS.map(Way::name)).map(str::to_owned).collect(),
        rows: names.iter().map(row).collect(),
    }
}

/// In milliseconds.
fn times(starts: &[Start], way: Way) -> Vec<f64> {
    starts.iter().filter(|start| start.way == way).map(|start| start.took.as_secs_f64() * 1_000.0).collect()
}
