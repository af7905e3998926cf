//! What `storm` shows: each spell's answers, memory, and how soon all was well again.

use serde_json::json;

use super::{ANSWER_WITHIN, KIB_IN_MIB, MEMORY_MAX_MIB, Measured};
use crate::cli::{Programs, Storm};
use crate::latency::Latencies;
use crate::report::{Axis, Headline, Line, Plot, Report, Scale, Span, Table, figure};
use crate::scenario::{built, machine};
use crate::traffic::Answered;

/// Length of a slot of the plot of answers, in seconds.
const SLOT_SECONDS: f64 = 0.2;

pub(super) fn of(wanted: &Storm, programs: &Programs, measured: &Measured) -> Report {
    let tally = &measured.tally;
    Report {
        scenario: "storm",
        about: "Clicks while the queue is slow, throttles, is gone, and comes back: a 200 is on the queue exactly once, \
                all else is a 503 in time."
            .to_owned(),
        at: service::clock::now().rfc3339(),
        setting: [
            ("machine", machine()),
            ("programs", built(programs)),
            ("clicks", format!("{} in {} s", wanted.clicks, wanted.seconds)),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into(),
        problems: measured.problems.clone(),
        correct: "every acknowledged click has its one job on the queue.",
        headlines: headlines(measured),
        tables: vec![
            Table {
                title: "All answers".to_owned(),
                headings: ["", "clicks"].map(str::to_owned).into(),
                rows: [
                    ("answered 200", tally.acknowledged),
                    ("answered 503", tally.unavailable),
                    ("answered otherwise, or not", tally.otherwise.len()),
                    ("200 and not on the queue", tally.missing.len()),
                    ("200 and twice on the queue", tally.doubled.len()),
                    ("503 and on the queue", tally.unacknowledged.len()),
                ]
                .map(|(name, count)| vec![name.to_owned(), count.to_string()])
                .into(),
            },
            by_spell(measured),
        ],
        plots: vec![answers_plot(measured), memory_plot(measured)],
        figures: json!({ "measured": measured, "acknowledged": tally.acknowledged, "unavailable": tally.unavailable }),
    }
}

fn headlines(measured: &Measured) -> Vec<Headline> {
    let ms = |duration: Option<std::time::Duration>| {
        duration.map_or("never".to_owned(), |time| format!("{} ms", figure(time.as_secs_f64() * 1_000.0)))
    };
    let lost = measured.tally.missing.len() + measured.tally.doubled.len();
    let most_mib = measured.memory_at_end.most_kib as f64 / KIB_IN_MIB as f64;
    vec![
        Headline {
            value: lost.to_string(),
            name: "acknowledged clicks lost or doubled".to_owned(),
            goal: Some(("none".to_owned(), lost == 0)),
        },
        Headline {
            value: ms(Some(measured.slowest_refusal)),
            name: "slowest refusal".to_owned(),
            goal: Some(("at most 2,500 ms".to_owned(), measured.slowest_refusal <= ANSWER_WITHIN)),
        },
        Headline {
            value: format!("{} MiB", figure(most_mib)),
            name: "resident at most".to_owned(),
            goal: Some((format!("at most {MEMORY_MAX_MIB} MiB"), most_mib <= MEMORY_MAX_MIB as f64)),
        },
        Headline {
            value: ms(measured.first_after),
            name: "from the queue's return to the first 200".to_owned(),
            goal: None,
        },
        Headline {
            value: ms(measured.well_after),
            name: "from the queue's return to the last failure".to_owned(),
            goal: None,
        },
    ]
}

fn by_spell(measured: &Measured) -> Table {
    let rows = measured.weather.spells.iter().map(|spell| {
        let sent = |answer: &&Answered| answer.meant >= spell.from && answer.meant < spell.to;
        let (mut taken, mut refused) = (Latencies::default(), Latencies::default());
        for answer in measured.answers.iter().filter(sent) {
            if answer.is_acknowledged() { taken.add(answer.latency()) } else { refused.add(answer.latency()) }
        }
        let at = |latencies: &Latencies, percentile: f64| match latencies.count() {
            0 => "–".to_owned(),
            _ => figure(latencies.at(percentile)),
        };
        vec![
            spell.name.to_owned(),
            taken.count().to_string(),
            at(&taken, 50.0),
            at(&taken, 99.0),
            refused.count().to_string(),
            at(&refused, 50.0),
            at(&refused, 100.0),
        ]
    });
    Table {
        title: "By what the queue did when the click was made".to_owned(),
        headings: ["queue", "200", "p50 ms", "p99 ms", "not 200", "p50 ms", "worst ms"]
            .map(str::to_owned)
            .into(),
        rows: rows.collect(),
    }
}

fn spans(measured: &Measured) -> Vec<Span> {
    let spells = measured.weather.spells.iter();
    spells
        .map(|spell| Span {
            name: spell.name.to_owned(),
            from: spell.from.as_secs_f64(),
            to: spell.to.as_secs_f64(),
        })
        .collect()
}

fn answers_plot(measured: &Measured) -> Plot {
    let line = |name: &str, acknowledged: bool| {
        let slot = |answer: &Answered| (answer.done.as_secs_f64() / SLOT_SECONDS) as usize;
        let last = measured.answers.iter().map(slot).max().unwrap_or(0);
        let mut slots = vec![0.0; last + 1];
        for answer in measured.answers.iter().filter(|answer| answer.is_acknowledged() == acknowledged) {
            if let Some(count) = slots.get_mut(slot(answer)) {
                *count += 1.0 / SLOT_SECONDS;
            }
        }
        let points = slots.into_iter().enumerate().map(|(index, count)| (index as f64 * SLOT_SECONDS, count));
        Line { name: name.to_owned(), points: points.collect() }
    };
    Plot {
        title: "Answers a second".to_owned(),
        x: Axis { name: "seconds".to_owned(), scale: Scale::Linear },
        y: Axis { name: "answers/s".to_owned(), scale: Scale::Linear },
        lines: vec![line("200", true), line("503", false)],
        spans: spans(measured),
    }
}

fn memory_plot(measured: &Measured) -> Plot {
    Plot {
        title: "Resident memory of the ingress, in MiB".to_owned(),
        x: Axis { name: "seconds".to_owned(), scale: Scale::Linear },
        y: Axis { name: "MiB".to_owned(), scale: Scale::Linear },
        lines: vec![Line { name: "ingress".to_owned(), points: measured.memory.clone() }],
        spans: spans(measured),
    }
}
