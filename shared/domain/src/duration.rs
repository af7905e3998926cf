//! How long: what people write (`2h`, `90 min`, `1 hour and 30 minutes`, `half an hour`), and how it is written back.
//!
//! This is the only reader of durations: whoever asks, by whatever way, and the catalogue are read alike.

mod invalid;
mod read;
pub(crate) mod seconds;

use serde::{Deserialize, Serialize};

pub use invalid::{DURATION_MAX_DAYS, InvalidDuration};

/// Words that one duration has, at most: `4 weeks and 2 days and 3 hours and 30 minutes and 15 seconds`, and `for`.
pub const DURATION_MAX_WORDS: usize = 15;

const SECONDS_MAX: u64 = DURATION_MAX_DAYS as u64 * 86_400;

/// Whole seconds, from 1 second to [`DURATION_MAX_DAYS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct GrantDuration(u32);

impl GrantDuration {
    /// One second.
    pub const SHORTEST: Self = Self(1);
    /// One minute.
    pub const MINUTE: Self = Self(60);
    /// One hour.
    pub const HOUR: Self = Self(3_600);

    /// A duration of whole seconds, if it is within the limits.
    pub fn from_seconds(seconds: u64) -> Result<Self, InvalidDuration> {
        match seconds {
            0 => Err(InvalidDuration::Zero),
            1..=SECONDS_MAX => Ok(Self(seconds as u32)),
            _ => Err(InvalidDuration::TooLong),
        }
    }

    /// Reads a text that is a duration and nothing else.
    ///
    /// Case, white space, quotes around and punctuation at the end do not matter. What could mean two things is an
    /// error, never a guess; `1m` is a minute.
    pub fn parse(text: &str) -> Result<Self, InvalidDuration> {
        Self::from_seconds(read::seconds(text)?)
    }

    /// Reads the duration at the beginning of `words`, and says how many of them it takes: as many as make one.
    ///
    /// `1h 30m fix it` is 1h30m and `1h 30 servers` is 1h, for 30 counts something else. A number alone at the very end
    /// (`1h 30`), or another duration right after (`30m 1h`), could belong to it, so that is an error.
    pub fn read_prefix(words: &[&str]) -> Result<(Self, usize), InvalidDuration> {
        let most = words.len().min(DURATION_MAX_WORDS);
        let longest = (1..=most).rev().find_map(|used| {
            let duration = Self::parse(&words.get(..used)?.join(" ")).ok()?;
            Some((duration, used))
        });
        let Some((duration, used)) = longest else {
            let first = words.get(..most.min(1)).unwrap_or_default().join(" ");
            let error = Self::parse(&first).err().unwrap_or(InvalidDuration::Empty);
            let two = words.get(..2).filter(|_| matches!(error, InvalidDuration::NoUnit { .. }));
            return Err(two.and_then(|two| Self::parse(&two.join(" ")).err()).unwrap_or(error));
        };
        let rest = words.get(used..).unwrap_or_default();
        if let [number] = rest
            && let Err(error @ InvalidDuration::NoUnit { .. }) = Self::parse(number)
        {
            return Err(error);
        }
        let counts = rest.first().is_some_and(|word| word.chars().any(|c| c.is_ascii_digit()));
        let is_duration = (1..=rest.len().min(2))
            .any(|used| rest.get(..used).is_some_and(|rest| Self::parse(&rest.join(" ")).is_ok()));
        if counts && is_duration { Err(InvalidDuration::Order) } else { Ok((duration, used)) }
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
mod tests;
