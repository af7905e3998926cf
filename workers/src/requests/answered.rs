//! Remembers what people were answered, where no record in the table says so.
//!
//! A repeated submission, and a job that is delivered twice, then get one answer; the same asked later on purpose does not. It lives in this process: another
//! worker may answer once more, which does no harm.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use domain::UnixSeconds;
use domain::job::AccessRequest;
use domain::validation::is_within_window;

/// Answers that are remembered, at most.
const ANSWERS_MAX: usize = 1_000;

/// What somebody was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Refused, for this reason.
    Refused(String),
    /// It takes longer than usual, and is tried again.
    StillTrying,
    /// Nothing comes of it.
    GaveUp,
}

/// The answers of late.
#[derive(Debug, Default)]
pub(crate) struct Answered(Mutex<VecDeque<Known>>);

#[derive(Debug)]
struct Known {
    answer: Answer,
    idempotency_key: String,
    asked_at: UnixSeconds,
    answered_at: UnixSeconds,
}

impl Answered {
    /// Whether this submission had this answer, by itself or as one that was sent twice.
    pub(crate) fn contains(&self, answer: &Answer, ask: &AccessRequest) -> bool {
        let answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        answers.iter().any(|known| {
            known.answer == *answer
                && known.idempotency_key == ask.idempotency_key
                && known.is_about(ask.received_at)
        })
    }

    /// Remembers that it had; the oldest answer is forgotten when there are too many.
    pub(crate) fn remember(&self, answer: Answer, ask: &AccessRequest, answered_at: UnixSeconds) {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.len() == ANSWERS_MAX {
            answers.pop_front();
        }
        answers.push_back(Known {
            answer,
            idempotency_key: ask.idempotency_key.clone(),
            asked_at: ask.received_at,
            answered_at,
        });
    }
}

impl Known {
    /// Whether the same, submitted at this time, is what was answered.
    fn is_about(&self, asked_at: UnixSeconds) -> bool {
        if asked_at == self.asked_at {
            return true;
        }
        let may_be_sent_again = match self.answer {
            Answer::Refused(_) | Answer::StillTrying => true,
            // Whoever asks again after they read that nothing came of it wants it tried anew.
            Answer::GaveUp => asked_at <= self.answered_at,
        };
        may_be_sent_again && is_within_window(asked_at, self.asked_at)
    }
}

#[cfg(test)]
mod tests {
    use domain::SlackUserId;
    use domain::validation::SAME_SUBMISSION_SECONDS;

    use super::*;

    fn ask(idempotency_key: &str, received_at: i64) -> AccessRequest {
        AccessRequest {
            idempotency_key: idempotency_key.into(),
            received_at: UnixSeconds(received_at),
            user_id: SlackUserId::parse("U0DANA").unwrap(),
            user_name: "dana".into(),
            project: "payments".into(),
            role: "ReadOnly".into(),
            duration: "1h".into(),
            justification: None,
            command: None,
            break_glass: false,
            trigger_id: None,
        }
    }

    #[test]
    fn the_oldest_is_forgotten() {
        let answered = Answered::default();
        for number in 0..=ANSWERS_MAX {
            answered.remember(Answer::StillTrying, &ask(&number.to_string(), 7), UnixSeconds(7));
        }
        let contains = |id: &str| answered.contains(&Answer::StillTrying, &ask(id, 7));
        assert!(!contains("0"));
        assert!(contains("1") && contains(&ANSWERS_MAX.to_string()));
    }

    #[test]
    fn the_same_sent_twice_is_answered_once_and_asked_again_on_purpose_it_is_answered_again() {
        let refused = |why: &str| Answer::Refused(why.to_owned());
        let window = SAME_SUBMISSION_SECONDS;
        for (answer, asked_at, is_known) in [
            (refused("full"), 100, true),
            (refused("full"), 100 + window, true),
            (refused("full"), 100 - window, true),
            (refused("full"), 101 + window, false),
            (refused("something else"), 100, false),
            (Answer::StillTrying, 100 + window, true),
            (Answer::StillTrying, 101 + window, false),
            (Answer::GaveUp, 100, true),
            (Answer::GaveUp, 103, true),
            (Answer::GaveUp, 104, false),
        ] {
            let answered = Answered::default();
            let first = match &answer {
                Answer::Refused(_) => refused("full"),
                Answer::StillTrying | Answer::GaveUp => answer.clone(),
            };
            answered.remember(first, &ask("i", 100), UnixSeconds(103));
            assert_eq!(answered.contains(&answer, &ask("i", asked_at)), is_known, "{answer:?} at {asked_at}");
            assert!(!answered.contains(&answer, &ask("another", asked_at)));
        }
    }
}
