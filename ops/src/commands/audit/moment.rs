//! A moment as it is typed: a date, a time, or an age.

use domain::{GrantDuration, UnixSeconds};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::failure::Failure;

/// Characters of a date: `2026-11-23`.
const DATE_CHARS: usize = 10;

/// Reads what was typed for the option `name`.
pub(super) fn moment(name: &str, text: &str, now: UnixSeconds) -> Result<UnixSeconds, Failure> {
    read(text.trim(), now).ok_or_else(|| {
        Failure::wrong_usage(format!("`{text}` is no moment for --{name}")).hint(
            "give a date (2026-11-23: its first second, UTC), a time (2026-11-23T14:00:00Z),\n\
             or an age of up to 365 days (24h, 7d)",
        )
    })
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
