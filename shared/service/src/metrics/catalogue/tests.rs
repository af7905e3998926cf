//! The declarations are sound, and the documentation lists the same metrics.

use std::collections::BTreeSet;

use super::*;
use crate::metrics::declare::{Kind, LABELS_MAX, Label, PREFIX, Unit};
use crate::metrics::emf::{DIMENSIONS_MAX, METRICS_MAX};

const DOCUMENTATION: &str = include_str!("../../../../../docs/metrics.md");

/// A metric's line in the documentation's table.
fn row(metric: Metric) -> String {
    let Declared { name, kind, unit, labels, help, .. } = metric.declared();
    let total = if *kind == Kind::Counter { "_total" } else { "" };
    let labels: Vec<String> = labels.iter().map(|label| format!("`{}`", label.as_str())).collect();
    let labels = if labels.is_empty() { "–".to_owned() } else { labels.join(", ") };
    let (kind, unit) = (kind.as_str(), unit.as_str());
    format!("| `{name}` | `{PREFIX}_{name}{total}` | {kind} | {unit} | {labels} | {help}. |")
}

#[test]
fn the_documentation_lists_the_same_metrics() {
    let declared: Vec<String> = Metric::ALL.iter().map(|metric| row(*metric)).collect();
    let is_row = |line: &&str| line.starts_with("| `") && line.contains(&format!("`{PREFIX}_"));
    let documented: Vec<&str> = DOCUMENTATION.lines().filter(is_row).collect();
    assert_eq!(documented, declared, "docs/metrics.md should have:\n{}", declared.join("\n"));
}

#[test]
fn the_documentation_says_under_which_dimensions_cloudwatch_keeps_each() {
    for metric in Metric::ALL {
        let Declared { name, dimensions, .. } = metric.declared();
        let set = |set: &&[Label]| {
            let names: Vec<&str> = set.iter().map(|label| label.as_str()).collect();
            format!("[{}]", names.join(", "))
        };
        let sets: Vec<String> = dimensions.iter().map(set).collect();
        let line = format!("| `{name}` | `{}` |", sets.join(" "));
        assert!(DOCUMENTATION.contains(&line), "docs/metrics.md should have: {line}");
    }
}

#[test]
fn names_are_unique_and_say_their_unit() {
    let names: BTreeSet<&str> = Metric::ALL.iter().map(|metric| metric.declared().name).collect();
    assert_eq!(names.len(), Metric::ALL.len());
    for metric in Metric::ALL {
        let Declared { name, unit, .. } = metric.declared();
        assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{name}");
        assert_eq!(name.ends_with("_seconds"), *unit == Unit::Seconds, "{name}");
    }
}

#[test]
fn each_fits_the_formats() {
    assert!(Metric::ALL.len() <= METRICS_MAX);
    for (index, metric) in Metric::ALL.iter().enumerate() {
        assert_eq!(*metric as usize, index);
        let Declared { name, labels, dimensions, .. } = metric.declared();
        assert!(labels.len() <= LABELS_MAX, "{name} has too many labels");
        assert!(!dimensions.is_empty(), "{name} would not reach CloudWatch");
        for set in *dimensions {
            assert!(set.len() <= DIMENSIONS_MAX && set.iter().all(|label| labels.contains(label)), "{name}");
        }
        // Both stand side by side in a line for CloudWatch.
        assert!(labels.iter().all(|label| label.as_str() != *name), "{name}");
    }
}

#[test]
fn bounds_rise_and_have_what_is_promised_among_them() {
    for metric in Metric::ALL {
        let Declared { name, kind: Kind::Histogram(bounds), .. } = metric.declared() else { continue };
        assert!(bounds.first().is_some_and(|first| *first > 0.0), "{name}");
        assert!(bounds.windows(2).all(|pair| pair[0] < pair[1]), "{name}");
    }
    let has = |bounds: &[f64], wanted: f64| bounds.iter().any(|bound| (bound - wanted).abs() < f64::EPSILON);
    assert!(has(ACK_SECONDS, 2.5) && has(ACK_SECONDS, 3.0), "the promise, and Slack's patience");
    assert!(
        has(LATENESS_SECONDS, 60.0) && has(LATENESS_SECONDS, 300.0),
        "Scheduler's minute, and the sweep's five"
    );
}
