//! A moment as it is typed: a date, a time, or an age.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::UnixSeconds;
use crate::duration::GrantDuration;

/// Characters of a date: `2026-11-23`.
const DATE_CHARS: usize = 10;

impl UnixSeconds {
    /// Reads a moment as people type it: a date (its first second, UTC), a time, or how long before `now`.
    #[must_use]
    pub fn from_typed(text: &str, now: Self) -> Option<Self> {
        read(text.trim(), now)
    }
}

fn read(text: &str, now: UnixSeconds) -> Option<UnixSeconds> {
    // A date parser also takes a time without a zone, and drops the time.
    if text.len() == DATE_CHARS
        && let Ok(date) = text.parse::<Date>()
    {
        let start = date.to_zoned(TimeZone::UTC).ok()?;
        return Some(UnixSeconds(start.timestamp().as_second()));
    }
    if let Some(time) = UnixSeconds::from_rfc3339(text) {
        return Some(time);
    }
    let age = GrantDuration::parse(text).ok()?;
    Some(now.plus_seconds(-i64::from(age.seconds())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_times_and_ages() {
        let now = UnixSeconds(1_795_442_607);
        let utc = |text: &str| read(text, now).map(UnixSeconds::rfc3339);
        assert_eq!(utc("2026-11-23").as_deref(), Some("2026-11-23T00:00:00Z"));
        assert_eq!(utc("2026-11-23T14:00:00Z").as_deref(), Some("2026-11-23T14:00:00Z"));
        assert_eq!(utc("2026-11-23T14:00:00+02:00").as_deref(), Some("2026-11-23T12:00:00Z"));
        assert_eq!(utc("24h").as_deref(), Some("2026-11-22T14:03:27Z"));
        assert_eq!(utc("7d").as_deref(), Some("2026-11-16T14:03:27Z"));
        for wrong in ["", "yesterday", "2026-13-01", "2026-11-23T14:00:00", "23.11.2026", "400d", "-1h"] {
            assert_eq!(read(wrong, now), None, "{wrong:?}");
        }
    }
}
