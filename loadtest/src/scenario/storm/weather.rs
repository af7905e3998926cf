//! What the queue does, and when.

use std::time::Duration;

use crate::stand_in::Mood;

/// How long a slow queue takes: longer than any queue should, and short of the time after which a click is sent again.
const SLOW: Duration = Duration::from_millis(600);
/// Each mood with its share of the storm, in fortieths: of ten seconds, the queue is gone for five.
const SPELLS: [(Mood, u32); 4] =
    [(Mood::Takes(SLOW), 4), (Mood::Throttles, 6), (Mood::Gone, 20), (Mood::Takes(Duration::ZERO), 10)];

/// One mood for a while.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spell {
    pub(super) name: &'static str,
    pub(super) mood: Mood,
    pub(super) from: Duration,
    pub(super) to: Duration,
}

/// All of them.
#[derive(Debug, Clone)]
pub(super) struct Weather {
    pub(super) spells: Vec<Spell>,
}

impl Weather {
    /// Over a storm of this length.
    pub(super) fn over(length: Duration) -> Self {
        let mut spells = Vec::new();
        let mut from = Duration::ZERO;
        let whole: u32 = SPELLS.iter().map(|(_, share)| share).sum();
        for (mood, share) in SPELLS {
            let to = from + length * share / whole;
            spells.push(Spell { name: name(mood), mood, from, to });
            from = to;
        }
        Self { spells }
    }

    /// When the queue is back.
    pub(super) fn back(&self) -> Duration {
        self.spells.last().map(|spell| spell.from).unwrap_or_default()
    }
}

/// The names of the moods, for the report.
fn name(mood: Mood) -> &'static str {
    match mood {
        Mood::Takes(Duration::ZERO) => "well",
        Mood::Takes(_) => "slow",
        Mood::Throttles => "throttling",
        Mood::Gone => "gone",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_ten_seconds_the_queue_is_gone_for_five() {
        let weather = Weather::over(Duration::from_secs(10));
        let gone = weather.spells.iter().find(|spell| spell.mood == Mood::Gone).unwrap();
        assert_eq!(gone.to, gone.from + Duration::from_secs(5));
        assert_eq!(weather.back(), gone.to);
        assert_eq!(weather.spells.last().map(|spell| spell.to), Some(Duration::from_secs(10)));
    }
}
