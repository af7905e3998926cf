//! A moment as it is typed: a date, a time, or an age.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::UnixSeconds;
use crate::duration::GrantDuration;
use crate::names::{is_invisible, is_quote, one_kind};

/// Characters of a date: `2026-11-23`.
const DATE_CHARS: usize = 10;
/// How commands and logs write that a time is in UTC.
const UTC: [&str; 2] = [" UTC", " GMT"];
/// What stands after an age, where anything does.
const AGO: &str = " ago";

impl UnixSeconds {
    /// Reads a moment as people type it or copy it from a command: a date (its first second, UTC), a time, or how long
    /// before `now`.
    #[must_use]
    pub fn from_typed(text: &str, now: Self) -> Option<Self> {
        let plain: String = text.chars().filter(|c| !is_invisible(*c)).map(one_kind).collect();
        let around = |c: char| c.is_whitespace() || is_quote(c);
        let plain =
            plain.trim_start_matches(around).trim_end_matches(|c| around(c) || matches!(c, ',' | '.' | ';'));
        read(&plain.split_whitespace().collect::<Vec<_>>().join(" "), now)
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
    let in_utc = UTC.iter().find_map(|zone| without_suffix(text, zone)).map(|time| format!("{time}Z"));
    let time = in_utc.as_deref().unwrap_or(text);
    if let Some(time) = UnixSeconds::from_rfc3339(&time.replacen(' ', "T", 1)) {
        return Some(time);
    }
    let age = GrantDuration::parse(without_suffix(text, AGO).unwrap_or(text)).ok()?;
    Some(now.plus_seconds(-i64::from(age.seconds())))
}

/// Without a suffix, in whatever case it is.
fn without_suffix<'a>(text: &'a str, suffix: &str) -> Option<&'a str> {
    let (rest, last) = text.split_at_checked(text.len().checked_sub(suffix.len())?)?;
    last.eq_ignore_ascii_case(suffix).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_times_and_ages() {
        let now = UnixSeconds(1_795_442_607);
        let utc = |text: &str| UnixSeconds::from_typed(text, now).map(UnixSeconds::rfc3339);
        assert_eq!(utc("2026-11-23").as_deref(), Some("2026-11-23T00:00:00Z"));
        assert_eq!(utc("2026-11-23T14:00:00Z").as_deref(), Some("2026-11-23T14:00:00Z"));
        assert_eq!(utc("2026-11-23T14:00:00+02:00").as_deref(), Some("2026-11-23T12:00:00Z"));
        assert_eq!(utc("24h").as_deref(), Some("2026-11-22T14:03:27Z"));
        assert_eq!(utc("7d").as_deref(), Some("2026-11-16T14:03:27Z"));
        for same in [
            "2026-11-23 14:03:27 UTC",
            "2026-11-23T14:03:27 utc",
            "2026-11-23 14:03:27Z",
            "2026‑11‑23 14:03:27 UTC.",
            "`2026-11-23T14:03:27Z`",
            "\u{200B}2026-11-23  14:03:27 GMT,",
            "2026-11-23 15:03:27+01:00",
        ] {
            assert_eq!(utc(same).as_deref(), Some("2026-11-23T14:03:27Z"), "{same:?}");
        }
        assert_eq!(utc("2 hours ago").as_deref(), Some("2026-11-23T12:03:27Z"));
        assert_eq!(utc("an hour AGO").as_deref(), Some("2026-11-23T13:03:27Z"));
        assert_eq!(utc("2026-11-23 14:03 UTC").as_deref(), Some("2026-11-23T14:03:00Z"));
        for wrong in [
            "ago",
            "UTC",
            "14:03 UTC",
            "23 Nov 14:03",
            "2026-11-23 14:03:27",
            "é ago",
            "",
            "yesterday",
            "2026-13-01",
            "2026-11-23T14:00:00",
            "23.11.2026",
            "400d",
            "-1h",
        ] {
            assert_eq!(utc(wrong), None, "{wrong:?}");
        }
    }
}
