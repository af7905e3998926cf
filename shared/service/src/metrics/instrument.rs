//! What Prometheus's side of a metric counts with.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::amount::Amount;
use super::declare::{Declared, Kind};
use super::series::Series;

/// One metric, with all its series.
#[derive(Debug)]
pub(super) enum Instrument {
    Counter(Family<Series, Counter>),
    Gauge(Family<Series, Gauge>),
    Histogram(Family<Series, Histogram, Buckets>),
}

/// Makes the histograms of a family.
#[derive(Debug, Clone, Copy)]
pub(super) struct Buckets(&'static [f64]);

impl MetricConstructor<Histogram> for Buckets {
    fn new_metric(&self) -> Histogram {
        Histogram::new(self.0.iter().copied())
    }
}

impl Instrument {
    /// Made as declared, and known to the registry.
    pub(super) fn register(declared: &Declared, registry: &mut Registry) -> Self {
        let (name, help) = (declared.name, declared.help);
        match declared.kind {
            Kind::Counter => {
                let family = Family::default();
                registry.register(name, help, family.clone());
                Self::Counter(family)
            }
            Kind::Gauge => {
                let family = Family::default();
                registry.register(name, help, family.clone());
                Self::Gauge(family)
            }
            Kind::Histogram(bounds) => {
                let family = Family::new_with_constructor(Buckets(bounds));
                registry.register(name, help, family.clone());
                Self::Histogram(family)
            }
        }
    }

    /// Takes an amount in. One that does not fit the kind is a mistake in the code that records it, and is left out.
    pub(super) fn take(&self, series: &Series, amount: Amount) {
        match (self, amount) {
            (Self::Counter(family), Amount::Count(count)) => {
                family.get_or_create(series).inc_by(count);
            }
            (Self::Gauge(family), Amount::Count(count)) => {
                family.get_or_create(series).set(i64::try_from(count).unwrap_or(i64::MAX));
            }
            (Self::Histogram(family), Amount::Seconds(seconds)) => {
                family.get_or_create(series).observe(seconds);
            }
            (Self::Counter(_) | Self::Gauge(_), Amount::Seconds(_))
            | (Self::Histogram(_), Amount::Count(_)) => {
                debug_assert!(
                    false,
                    "{amount:?} is recorded for {series:?}, which is another kind of metric"
                );
            }
        }
    }

    /// Makes a series be there before anything happened.
    pub(super) fn init_series(&self, series: &Series) {
        match self {
            Self::Counter(family) => drop(family.get_or_create(series)),
            Self::Gauge(family) => drop(family.get_or_create(series)),
            Self::Histogram(family) => drop(family.get_or_create(series)),
        }
    }
}
