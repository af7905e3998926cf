//! Why a text is no duration.

/// Longest duration that is read, in days. What a role allows is shorter; this bounds the arithmetic.
pub const DURATION_MAX_DAYS: u32 = 365;

/// What is wrong with a typed duration. Typed words are quoted in lower case, and hold no backtick.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the names say it")]
pub enum InvalidDuration {
    /// Nothing was typed.
    #[error("a duration is missing")]
    Empty,
    /// A unit without a number.
    #[error("a number is missing before `{unit}`")]
    NoNumber { unit: String },
    /// A number without a unit: `90` may mean minutes or hours, so it is not guessed.
    #[error("`{number}` has no unit: minutes, hours or days?")]
    NoUnit { number: String },
    /// A word or a sign that belongs to no duration.
    #[error("`{word}` is neither a number nor a unit of time")]
    Unknown { word: String },
    /// Months and years, whose length varies.
    #[error("`{word}` is not a fixed length of time; count in weeks or days")]
    Calendar { word: String },
    /// `1:30` may be hours or minutes, `1,500` a thousand and more or one and a half, `1.30h` an hour and 30 minutes.
    #[error("`{number}` can be read in two ways")]
    Ambiguous {
        /// What can be read in two ways.
        number: String,
    },
    /// Units repeated or not from the largest to the smallest.
    #[error("units must go from the largest to the smallest, each once")]
    Order,
    #[error("a duration must be longer than zero")]
    Zero,
    /// More than [`DURATION_MAX_DAYS`].
    #[error("a duration can be at most {DURATION_MAX_DAYS} days")]
    TooLong,
}
