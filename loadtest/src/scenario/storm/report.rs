//! What `storm` shows: each spell's answers, memory, and how soon all was well again.

use serde_json::json;

use super::measured::{ANSWER_WITHIN, KIB_IN_MIB, MEMORY_MAX_MIB, Measured};
use crate::cli::{Programs, Storm};
use crate::latency::Latencies;
use crate::report::{Headline, Report, Table, figure};
use crate::scenario::{built, machine};
use crate::traffic::Answered;

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
