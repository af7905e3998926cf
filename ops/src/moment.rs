//! Moments and lengths of time, as commands show them: in UTC, as the logs and AWS have them.

use domain::UnixSeconds;

/// So long ago, or ahead, a moment is told by its year and no longer by its time of day.
const FAR_SECONDS: i64 = 180 * 86_400;

/// `23 Nov 14:03`, or `23 Nov 2025` where that is long ago: short, for a column.
pub(crate) fn short(at: UnixSeconds, now: UnixSeconds) -> String {
    let far = at.seconds_since(now).abs() > FAR_SECONDS;
    at.timestamp().strftime(if far { "%e %b %Y" } else { "%e %b %H:%M" }).to_string().trim_start().to_owned()
}

/// `2026-11-23 14:03:27 UTC`.
pub(crate) fn second(at: UnixSeconds) -> String {
    at.timestamp().strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// How old something is, in its largest unit: `3 h`.
pub(crate) fn age(seconds: i64) -> String {
    const UNITS: [(i64, &str); 3] = [(86_400, "d"), (3_600, "h"), (60, "min")];
    let unit = UNITS.into_iter().find(|(length, _)| seconds >= *length);
    unit.map_or_else(
        || format!("{} s", seconds.max(0)),
        |(length, name)| format!("{} {name}", seconds / length),
    )
}
