//! Latencies, in an HDR histogram.

use std::time::Duration;

use hdrhistogram::Histogram;

/// Longest latency that is told apart, in microseconds. No click is waited for so long.
const MOST_MICROS: u64 = 60_000_000;
/// Kept digits.
const DIGITS: u8 = 3;
/// The percentiles that are reported.
pub(crate) const PERCENTILES: [f64; 6] = [50.0, 90.0, 99.0, 99.9, 99.99, 100.0];
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

    pub(crate) fn count(&self) -> u64 {
        self.0.len()
    }

    /// The latency that so many of a hundred do not exceed, in milliseconds.
    pub(crate) fn at(&self, percentile: f64) -> f64 {
        self.0.value_at_quantile(percentile / 100.0) as f64 / 1_000.0
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
    }
}
