//! Remembers what people were answered, where no record in the table says so.
//!
//! A repeated submission, and a job that is delivered twice, then get one answer. It lives in this process: another
//! worker may answer once more, which does no harm.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// Answers that are remembered, at most.
const ANSWERS_MAX: usize = 1_000;

/// The answers of late, by what they answered.
#[derive(Debug, Default)]
pub(super) struct Answered(Mutex<VecDeque<String>>);

impl Answered {
    /// Whether this was answered.
    pub(super) fn contains(&self, answer: &str) -> bool {
        let answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        answers.iter().any(|known| known == answer)
    }

    /// Remembers that it was; the oldest answer is forgotten when there are too many.
    pub(super) fn remember(&self, answer: String) {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.len() == ANSWERS_MAX {
            answers.pop_front();
        }
        answers.push_back(answer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_is_forgotten() {
        let answered = Answered::default();
        for number in 0..=ANSWERS_MAX {
            answered.remember(number.to_string());
        }
        assert!(!answered.contains("0"));
        assert!(answered.contains("1") && answered.contains(&ANSWERS_MAX.to_string()));
    }
}
