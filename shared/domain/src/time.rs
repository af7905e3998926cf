//! Time as the records keep it.

mod typed;

use serde::{Deserialize, Serialize};

use crate::duration::GrantDuration;

/// A moment in whole Unix seconds, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixSeconds(pub i64);

impl UnixSeconds {
    /// This moment, later by `duration`.
    #[must_use]
    pub fn after(self, duration: GrantDuration) -> Self {
        self.plus_seconds(i64::from(duration.seconds()))
    }

    /// This moment, later by `seconds`; it saturates instead of overflowing.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// Whole seconds from `earlier` to this moment; negative when it is not earlier.
    #[must_use]
    pub fn seconds_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// RFC 3339 in UTC, as IAM's date conditions and tags want it: `2026-11-23T14:03:27Z`.
    #[must_use]
    pub fn rfc3339(self) -> String {
        self.timestamp().to_string()
    }

    /// The moment as a calendar type; years outside -9999..=9999 become the nearest that exists.
    #[must_use]
    pub fn timestamp(self) -> jiff::Timestamp {
        jiff::Timestamp::from_second(self.0).unwrap_or(if self.0 < 0 {
            jiff::Timestamp::MIN
        } else {
            jiff::Timestamp::MAX
        })
    }

    /// Reads what [`UnixSeconds::rfc3339`] writes.
    #[must_use]
    pub fn from_rfc3339(text: &str) -> Option<Self> {
        text.parse::<jiff::Timestamp>().ok().map(|at| Self(at.as_second()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3339_is_whole_seconds_in_utc_and_reads_back() {
        let at = UnixSeconds(1_795_442_607);
        assert_eq!(at.rfc3339(), "2026-11-23T14:03:27Z");
        assert_eq!(UnixSeconds::from_rfc3339(&at.rfc3339()), Some(at));
        assert_eq!(UnixSeconds::from_rfc3339("soon"), None);
    }

    #[test]
    fn extreme_times_do_not_panic() {
        assert!(UnixSeconds(i64::MAX).plus_seconds(1).rfc3339().starts_with("9999"));
        assert!(UnixSeconds(i64::MIN).rfc3339().starts_with("-009999"));
    }
}
