//! Latencies, in an HDR histogram.

use std::time::Duration;

use hdrhistogram::Histogram;

/// Longest latency that is told apart, in microseconds. No click is waited for so long.
const MOST_MICROS: u64 = 60_000_000;
/// Kept digits.
const DIGITS: u8 = 3;
/// The percentiles that are reported.
pub(crate) const PERCENTILES: [f64; 6] = [50.0, 90.0, 99.0, 99.9, 99.99, 100.0];
/// Points of a curve between two powers of ten on the axis of nines.
const POINTS_FOR_A_NINE: u32 = 8;
/// How many nines a curve goes up to.
const NINES: u32 = 4;

#[derive(Debug, Clone)]
pub(crate) struct Latencies(Histogram<u64>);

impl Default for Latencies {
    #[expect(clippy::expect_used, reason = "the limits are constants, and a test makes one")]
    fn default() -> Self {
        Self(Histogram::new_with_bounds(1, MOST_MICROS, DIGITS).expect("limits that a histogram takes"))
    }
}

impl Latencies {
    /// One more.
    pub(crate) fn add(&mut self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(MOST_MICROS);
        self.0.saturating_record(micros.clamp(1, MOST_MICROS));
    }

    /// All of another's.
    pub(crate) fn merge(&mut self, other: &Self) {
        // Both have the same limits, so there is nothing that does not fit.
        let _fits = self.0.add(&other.0);
    }

    pub(crate) fn count(&self) -> u64 {
        self.0.len()
    }

    /// The latency that so many of a hundred do not exceed, in milliseconds.
    pub(crate) fn at(&self, percentile: f64) -> f64 {
        self.0.value_at_quantile(percentile / 100.0) as f64 / 1_000.0
    }

    /// The curve for an axis of nines: (how many nines, milliseconds), as far as there are enough samples.
    pub(crate) fn curve(&self) -> Vec<(f64, f64)> {
        let steps =
            (0..=NINES * POINTS_FOR_A_NINE).map(|step| f64::from(step) / f64::from(POINTS_FOR_A_NINE));
        let told_apart = (self.count().max(1) as f64).log10();
        steps
            .filter(|nines| *nines <= told_apart)
            .map(|nines| (nines, self.at(100.0 - 100.0 / 10_f64.powf(nines))))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_one_in_a_hundred_is_seen_at_the_ninety_ninth() {
        let mut latencies = Latencies::default();
        for number in 0..1_000 {
            latencies.add(Duration::from_millis(if number % 100 == 0 { 900 } else { 8 }));
        }
        assert!((latencies.at(50.0) - 8.0).abs() < 0.1 && (latencies.at(99.0) - 8.0).abs() < 0.1);
        assert!((latencies.at(99.1) - 900.0).abs() < 1.0 && (latencies.at(100.0) - 900.0).abs() < 1.0);
        let curve = latencies.curve();
        assert_eq!(curve.first().map(|point| point.0), Some(0.0));
        assert_eq!(curve.last().map(|point| point.0), Some(3.0), "a thousand samples tell three nines apart");
    }
}
