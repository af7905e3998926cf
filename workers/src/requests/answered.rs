//! Remembers what people were answered, where no record in the table says so.
//!
//! A repeated submission, and a job that is delivered twice, then get one answer; the same asked later on purpose does not. It lives in this process: another
//! worker may answer once more, which does no harm.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use domain::UnixSeconds;
use domain::validation::SAME_SUBMISSION_SECONDS;

/// Answers that are remembered, at most.
const ANSWERS_MAX: usize = 1_000;

/// The answers of late, by what they answered, and when that was asked.
#[derive(Debug, Default)]
pub(crate) struct Answered(Mutex<VecDeque<(String, UnixSeconds)>>);

impl Answered {
    /// Whether this was answered, when it was asked at this time or so.
    pub(crate) fn contains(&self, answer: &str, asked_at: UnixSeconds) -> bool {
        let answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_same = |at: UnixSeconds| at.0.abs_diff(asked_at.0) <= SAME_SUBMISSION_SECONDS.unsigned_abs();
        answers.iter().any(|(known, at)| known == answer && is_same(*at))
    }

    /// Remembers that it was; the oldest answer is forgotten when there are too many.
    pub(crate) fn remember(&self, answer: String, asked_at: UnixSeconds) {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.len() == ANSWERS_MAX {
            answers.pop_front();
        }
        answers.push_back((answer, asked_at));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_is_forgotten() {
        let answered = Answered::default();
        for number in 0..=ANSWERS_MAX {
            answered.remember(number.to_string(), UnixSeconds(7));
        }
        let contains = |answer: &str| answered.contains(answer, UnixSeconds(7));
        assert!(!contains("0"));
        assert!(contains("1") && contains(&ANSWERS_MAX.to_string()));
        assert!(
            !answered.contains("1", UnixSeconds(8 + SAME_SUBMISSION_SECONDS)),
            "it was asked again on purpose"
        );
    }
}
