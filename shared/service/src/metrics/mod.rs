//! Metrics: counted once, shown twice. On Lambda each event is a line in CloudWatch's embedded metric format, written
//! before the function answers; elsewhere Prometheus scrapes them from `METRICS_ADDR`.
//!
//! `catalogue.rs` declares each of them. To record is a few atomic operations; it never waits and never fails a job.

mod amount;
mod catalogue;
pub mod declare;
pub mod emf;
mod exporter;
mod instrument;
mod series;

use std::io::Write;
use std::sync::Arc;

use prometheus_client::encoding::prometheus_text;
use prometheus_client::registry::Registry;

pub use amount::Amount;
pub use catalogue::Metric;
pub use declare::Label;
pub use exporter::{Exporter, MetricsUnavailable, Serving};
pub use prometheus_text::CONTENT_TYPE;
pub use series::Labelled;

use declare::PREFIX;
use instrument::Instrument;
use series::Series;

/// What one program counts and measures. Clones count together; two that were made separately know nothing of each
/// other, so that several workers fit into one process.
#[derive(Debug, Clone)]
pub struct Metrics(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    program: &'static str,
    registry: Registry,
    /// One for each of [`Metric::ALL`], in that order.
    instruments: Vec<Instrument>,
    lines: Option<Lines>,
}

/// Takes lines of the embedded metric format.
struct Lines {
    namespace: String,
    take: Box<dyn Fn(&str) + Send + Sync>,
}

impl std::fmt::Debug for Lines {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Lines")
    }
}

impl Metrics {
    /// Those of a program, to be scraped. Its name is the value of the label `worker`.
    #[must_use]
    pub fn of(program: &'static str) -> Self {
        Self::new(program, None)
    }

    /// Those of a program that hands each event's line to `take`.
    pub fn with_lines(program: &'static str, take: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self::with_lines_in(program, emf::NAMESPACE.to_owned(), take)
    }

    /// Those of a program on Lambda, which prints each event's line for CloudWatch to keep under `namespace`.
    #[must_use]
    pub fn printed(program: &'static str, namespace: String) -> Self {
        Self::with_lines_in(program, namespace, print)
    }

    fn with_lines_in(
        program: &'static str,
        namespace: String,
        take: impl Fn(&str) + Send + Sync + 'static,
    ) -> Self {
        Self::new(program, Some(Lines { namespace, take: Box::new(take) }))
    }

    fn new(program: &'static str, lines: Option<Lines>) -> Self {
        let mut registry = Registry::with_prefix(PREFIX);
        let instruments =
            Metric::ALL.iter().map(|metric| Instrument::register(metric.declared(), &mut registry)).collect();
        Self(Arc::new(Inner { program, registry, instruments, lines }))
    }

    /// Records what one event had: of its labels, each metric takes those that it is declared with.
    pub fn record(&self, labels: &[Labelled], samples: &[(Metric, Amount)]) {
        let given = self.labels(labels);
        for (metric, amount) in samples {
            if let Some(instrument) = self.instrument(*metric) {
                instrument.take(&Series::of(metric.declared(), &given), *amount);
            }
        }
        if let Some(Lines { namespace, take }) = &self.0.lines
            && let Some(mut line) = emf::line(crate::clock::now_ms(), namespace, &given, samples)
        {
            line.push('\n');
            take(&line);
        }
    }

    /// Makes a series be there from the start, at zero: Prometheus cannot see a counter's first step otherwise.
    pub fn init_series(&self, metric: Metric, labels: &[Labelled]) {
        if let Some(instrument) = self.instrument(metric) {
            instrument.init_series(&Series::of(metric.declared(), &self.labels(labels)));
        }
    }

    /// Everything so far, in Prometheus's text format ([`CONTENT_TYPE`]).
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _written = prometheus_text::encode(&mut text, &self.0.registry);
        text
    }

    fn instrument(&self, metric: Metric) -> Option<&Instrument> {
        self.0.instruments.get(metric as usize)
    }

    fn labels(&self, given: &[Labelled]) -> Vec<Labelled> {
        std::iter::once((Label::Worker, self.0.program)).chain(given.iter().copied()).collect()
    }
}

/// Writes a whole line at once, so that no other comes between. A log that cannot be written must not fail a job.
fn print(line: &str) {
    let _nobody_reads = std::io::stdout().lock().write_all(line.as_bytes());
}

#[cfg(test)]
mod tests;
