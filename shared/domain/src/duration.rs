//! How long: the grammar that people type (`90m`, `2h`, `1d`, `1h30m`, `45s`) and how it is said back.

use serde::{Deserialize, Serialize};

/// Longest duration that the grammar takes, in days. What a role allows is shorter; this bounds the arithmetic.
pub const DURATION_MAX_DAYS: u32 = 365;

const SECONDS_MAX: u64 = DURATION_MAX_DAYS as u64 * 86_400;

/// Whole seconds, from 1 second to [`DURATION_MAX_DAYS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct GrantDuration(u32);

/// What is wrong with a typed duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDuration {
    /// Nothing was typed.
    #[error("a duration is missing")]
    Empty,
    /// A unit without a number, or something else where a number should be.
    #[error("a number is missing before a unit")]
    NoNumber,
    /// A number without a unit: `90` may mean minutes or hours, so it is not guessed.
    #[error("a unit is missing: d, h, m or s")]
    NoUnit,
    /// A letter that is no unit.
    #[error("a unit is not one of d, h, m, s")]
    UnknownUnit,
    /// Units repeated or not from the largest to the smallest.
    #[error("units must go from the largest to the smallest, each once")]
    Order,
    /// Zero in all.
    #[error("a duration must be longer than zero")]
    Zero,
    /// More than [`DURATION_MAX_DAYS`].
    #[error("a duration can be at most {DURATION_MAX_DAYS} days")]
    TooLong,
}

impl GrantDuration {
    /// One second.
    pub const SHORTEST: Self = Self(1);

    /// A duration of whole seconds, if it is within the limits.
    pub fn from_seconds(seconds: u64) -> Result<Self, InvalidDuration> {
        match seconds {
            0 => Err(InvalidDuration::Zero),
            1..=SECONDS_MAX => Ok(Self(seconds as u32)),
            _ => Err(InvalidDuration::TooLong),
        }
    }

    /// Reads `1h30m` and its like. Case and spaces do not matter.
    pub fn parse(text: &str) -> Result<Self, InvalidDuration> {
        let mut total: u64 = 0;
        let mut number: Option<u64> = None;
        let mut smallest_unit = u64::MAX;
        for c in text.chars().filter(|c| !c.is_whitespace()) {
            if let Some(digit) = c.to_digit(10) {
                let so_far = number.unwrap_or(0).saturating_mul(10).saturating_add(u64::from(digit));
                number = Some(so_far);
                continue;
            }
            let count = number.take().ok_or(InvalidDuration::NoNumber)?;
            let unit = unit_seconds(c).ok_or(InvalidDuration::UnknownUnit)?;
            if unit >= smallest_unit {
                return Err(InvalidDuration::Order);
            }
            smallest_unit = unit;
            total = total.saturating_add(count.saturating_mul(unit));
        }
        match (number, smallest_unit) {
            (Some(_), _) => Err(InvalidDuration::NoUnit),
            (None, u64::MAX) => Err(InvalidDuration::Empty),
            (None, _) => Self::from_seconds(total),
        }
    }

    /// The length in seconds.
    #[must_use]
    pub fn seconds(self) -> u32 {
        self.0
    }

    /// The shortest text that [`GrantDuration::parse`] reads back: `1h30m`.
    #[must_use]
    pub fn compact(self) -> String {
        self.parts().map(|(count, unit, _)| format!("{count}{unit}")).collect()
    }

    fn parts(self) -> impl Iterator<Item = (u32, char, &'static str)> {
        let seconds = self.0;
        [
            (seconds / 86_400, 'd', "day"),
            (seconds % 86_400 / 3_600, 'h', "hour"),
            (seconds % 3_600 / 60, 'm', "minute"),
            (seconds % 60, 's', "second"),
        ]
        .into_iter()
        .filter(|(count, _, _)| *count > 0)
    }
}

fn unit_seconds(unit: char) -> Option<u64> {
    match unit.to_ascii_lowercase() {
        'd' => Some(86_400),
        'h' => Some(3_600),
        'm' => Some(60),
        's' => Some(1),
        _ => None,
    }
}

/// For people: `1 hour 30 minutes`.
impl std::fmt::Display for GrantDuration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, (count, _, name)) in self.parts().enumerate() {
            let space = if i == 0 { "" } else { " " };
            let plural = if count == 1 { "" } else { "s" };
            write!(f, "{space}{count} {name}{plural}")?;
        }
        Ok(())
    }
}

impl TryFrom<String> for GrantDuration {
    type Error = InvalidDuration;
    fn try_from(text: String) -> Result<Self, InvalidDuration> {
        Self::parse(&text)
    }
}

impl From<GrantDuration> for String {
    fn from(duration: GrantDuration) -> String {
        duration.compact()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_grammar() {
        for (text, seconds) in [
            ("90m", 5_400),
            ("2h", 7_200),
            ("1d", 86_400),
            ("1h30m", 5_400),
            ("45s", 45),
            (" 1H 30M ", 5_400),
        ] {
            assert_eq!(GrantDuration::parse(text).map(GrantDuration::seconds), Ok(seconds), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_duration_says_why() {
        use InvalidDuration::{Empty, NoNumber, NoUnit, Order, TooLong, UnknownUnit, Zero};
        for (text, why) in [
            ("", Empty),
            ("  ", Empty),
            ("90", NoUnit),
            ("1h30", NoUnit),
            ("h", NoNumber),
            ("-1h", NoNumber),
            ("soon", NoNumber),
            ("2w", UnknownUnit),
            ("2½", UnknownUnit),
            ("30m1h", Order),
            ("1h1h", Order),
            ("0m", Zero),
            ("366d", TooLong),
            ("99999999999999999999999999d", TooLong),
        ] {
            assert_eq!(GrantDuration::parse(text), Err(why), "{text:?}");
        }
    }

    #[test]
    fn said_to_people() {
        assert_eq!(GrantDuration::parse("90m").unwrap().to_string(), "1 hour 30 minutes");
        assert_eq!(GrantDuration::parse("24h1s").unwrap().to_string(), "1 day 1 second");
    }

    proptest! {
        #[test]
        fn compact_reads_back(seconds in 1_u64..=SECONDS_MAX) {
            let duration = GrantDuration::from_seconds(seconds).unwrap();
            prop_assert_eq!(GrantDuration::parse(&duration.compact()), Ok(duration));
        }

        #[test]
        fn any_text_is_answered(text in ".{0,64}") {
            let _answered = GrantDuration::parse(&text);
        }
    }
}
