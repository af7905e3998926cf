//! CloudWatch's embedded metric format: a log line that CloudWatch reads metrics from. Pure.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>

use serde_json::{Map, Value, json};

use super::amount::Amount;
use super::catalogue::Metric;
use super::declare::Label;
use super::series::{Labelled, value};

/// Where CloudWatch keeps the metrics, unless configured otherwise.
pub const NAMESPACE: &str = "Keylease";
/// Metrics of one directive, at most (the format's own limit).
pub const METRICS_MAX: usize = 100;
/// Dimensions of one set, at most (the format's own limit).
pub const DIMENSIONS_MAX: usize = 30;

/// One line for what one event had to record, without its end; `None` when there is nothing that CloudWatch takes.
///
/// Metrics with the same dimensions share a directive. `at_ms` is Unix time in milliseconds.
#[must_use]
pub fn line(
    at_ms: i64,
    namespace: &str,
    labels: &[Labelled],
    samples: &[(Metric, Amount)],
) -> Option<String> {
    let mut root = Map::new();
    let mut directives: Vec<(&[&[Label]], Vec<Value>)> = Vec::new();
    for (metric, amount) in samples {
        // JSON has no infinity, and CloudWatch refuses a line with a null.
        let Some(amount) = amount.json() else { continue };
        let declared = metric.declared();
        for label in declared.dimensions.iter().copied().flatten() {
            root.insert(label.as_str().to_owned(), Value::from(dimension(labels, *label)));
        }
        root.insert(declared.name.to_owned(), amount);
        let definition = json!({ "Name": declared.name, "Unit": declared.unit.as_str() });
        match directives.iter_mut().find(|(dimensions, _)| *dimensions == declared.dimensions) {
            Some((_, definitions)) => definitions.push(definition),
            None => directives.push((declared.dimensions, vec![definition])),
        }
    }
    if directives.is_empty() {
        return None;
    }
    let directives: Vec<Value> = directives.into_iter().map(|found| directive(namespace, found)).collect();
    root.insert("_aws".to_owned(), json!({ "Timestamp": at_ms, "CloudWatchMetrics": directives }));
    Some(Value::Object(root).to_string())
}

fn directive(namespace: &str, (dimensions, metrics): (&[&[Label]], Vec<Value>)) -> Value {
    let names = |set: &&[Label]| set.iter().map(|label| label.as_str()).collect::<Vec<_>>();
    json!({
        "Namespace": namespace,
        "Dimensions": dimensions.iter().map(names).collect::<Vec<_>>(),
        "Metrics": metrics,
    })
}

/// CloudWatch refuses an empty dimension.
fn dimension(labels: &[Labelled], label: Label) -> &'static str {
    match value(labels, label) {
        "" => "none",
        value => value,
    }
}

#[cfg(test)]
mod tests;
