//! How long: the choices that a role allows.

use domain::GrantDuration;
use serde_json::Value;

use crate::modals::element::option;

/// What people usually ask for, in seconds.
const USUAL_SECONDS: [u32; 14] = [
    900, 1_800, 3_600, 7_200, 10_800, 14_400, 21_600, 28_800, 43_200, 86_400, 172_800, 259_200, 604_800,
    1_209_600,
];
/// What is chosen unless somebody chooses something else, in seconds.
const FIRST_CHOICE_SECONDS: u32 = 3_600;

/// The choices from `shortest` to `longest`, which is one of them, and the one that is chosen at first.
pub(super) fn choices(shortest: GrantDuration, longest: GrantDuration) -> (Vec<Value>, Option<Value>) {
    let usual =
        USUAL_SECONDS.into_iter().filter_map(|seconds| GrantDuration::from_seconds(seconds.into()).ok());
    let mut durations: Vec<GrantDuration> = usual.filter(|one| (shortest..longest).contains(one)).collect();
    durations.push(longest);
    let shown = |one: &GrantDuration| option(&one.to_string(), &one.compact());
    let first = durations.iter().find(|one| one.seconds() == FIRST_CHOICE_SECONDS).or(durations.last());
    (durations.iter().map(shown).collect(), first.map(shown))
}

/// The choices from `shortest` up to less than `asked`, and the one that is chosen at first; none where none is shorter.
pub(super) fn shorter(shortest: GrantDuration, asked: GrantDuration) -> (Vec<Value>, Option<Value>) {
    let usual =
        USUAL_SECONDS.into_iter().filter_map(|seconds| GrantDuration::from_seconds(seconds.into()).ok());
    let longest = usual.filter(|one| (shortest..asked).contains(one)).max();
    match longest.or(Some(shortest).filter(|shortest| *shortest < asked)) {
        Some(longest) => choices(shortest, longest),
        None => (Vec::new(), None),
    }
}

/// The choices up to `longest` that are more than the `left` seconds, and the one that is chosen at first; nothing where
/// none is.
pub(super) fn longer(
    shortest: GrantDuration,
    longest: GrantDuration,
    left: i64,
) -> Option<(Vec<Value>, Option<Value>)> {
    let least = u64::try_from(left.saturating_add(1)).unwrap_or(1);
    let least = GrantDuration::from_seconds(least).ok()?.max(shortest.min(longest));
    if least > longest {
        return None;
    }
    let (options, _) = choices(least, longest);
    let first = options.first().cloned();
    Some((options, first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_longer_than_the_limit_and_nothing_shorter_than_a_grant_is_offered() {
        for (shortest, longest, offered, first) in [
            ("15m", "8h", "15m 30m 1h 2h 3h 4h 6h 8h", "1h"),
            ("1h", "90m", "1h 1h30m", "1h"),
            ("15m", "20m", "15m 20m", "20m"),
            ("10s", "10s", "10s", "10s"),
            ("15m", "10m", "10m", "10m"),
        ] {
            let of = |text| GrantDuration::parse(text).unwrap();
            let (options, chosen) = choices(of(shortest), of(longest));
            let values: Vec<&str> = options.iter().filter_map(|option| option["value"].as_str()).collect();
            assert_eq!(
                (values.join(" ").as_str(), chosen.unwrap()["value"].as_str()),
                (offered, Some(first))
            );
        }
    }

    #[test]
    fn what_is_shorter_than_asked_leaves_out_what_was_asked() {
        for (shortest, asked, offered) in [
            ("15m", "2h", "15m 30m 1h"),
            ("15m", "20m", "15m"),
            ("15m", "15m", ""),
            ("5m", "10m", "5m"),
            ("15m", "5m", ""),
        ] {
            let of = |text| GrantDuration::parse(text).unwrap();
            let (options, _) = shorter(of(shortest), of(asked));
            let values: Vec<&str> = options.iter().filter_map(|option| option["value"].as_str()).collect();
            assert_eq!(values.join(" "), offered, "{asked}");
        }
    }

    #[test]
    fn what_is_longer_leaves_out_what_is_left_anyway() {
        for (longest, left, offered) in [
            ("8h", 3_000, Some("1h 2h 3h 4h 6h 8h")),
            ("8h", 3_600, Some("2h 3h 4h 6h 8h")),
            ("1h", 3_599, Some("1h")),
            ("1h", 3_600, None),
            ("10m", 60, Some("10m")),
            ("8h", -5, Some("15m 30m 1h 2h 3h 4h 6h 8h")),
        ] {
            let of = |text| GrantDuration::parse(text).unwrap();
            let options = longer(of("15m"), of(longest), left).map(|(options, _)| {
                let values: Vec<&str> = options.iter().filter_map(|one| one["value"].as_str()).collect();
                values.join(" ")
            });
            assert_eq!(options.as_deref(), offered, "{longest} {left}");
        }
    }
}
