//! The labels of one series, without an allocation.

use prometheus_client::encoding::{EncodeLabel, EncodeLabelSet, LabelSetEncoder};

use super::declare::{Declared, LABELS_MAX, Label};

/// A label with its value. Values are constants, so no request and no person can become one.
pub type Labelled = (Label, &'static str);

/// What tells one series from the others of its metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Series([Option<Labelled>; LABELS_MAX]);

impl Series {
    /// The labels that the metric is declared with, out of those that an event has. One that is missing is empty, which
    /// is the same as absent to Prometheus.
    pub(super) fn of(declared: &Declared, given: &[Labelled]) -> Self {
        let mut series = [None; LABELS_MAX];
        for (place, label) in series.iter_mut().zip(declared.labels) {
            *place = Some((*label, value(given, *label)));
        }
        Self(series)
    }
}

/// A label's value among those that an event has.
pub(super) fn value(given: &[Labelled], wanted: Label) -> &'static str {
    given.iter().find(|(label, _)| *label == wanted).map_or("", |(_, value)| value)
}

impl EncodeLabelSet for Series {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> Result<(), std::fmt::Error> {
        for (label, value) in self.0.iter().flatten() {
            (label.as_str(), *value).encode(encoder.encode_label())?;
        }
        Ok(())
    }
}
