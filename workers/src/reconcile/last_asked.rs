//! When Slack was asked whether people with live grants are still there, so that it is asked about each once a day.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use domain::{SlackUserId, UnixSeconds};

/// Slack is asked about one person once in so many seconds: a day. Its event says it at once.
const ASKED_EVERY_SECONDS: i64 = 24 * 60 * 60;
/// People whom one sweep asks about, at most; the others have their turn in the next. Slack allows 100 such calls a minute.
const ASKED_MAX: usize = 20;
/// People who are remembered, at most.
const REMEMBERED_MAX: usize = 10_000;

/// When Slack was asked about whom. It lives in this process: another worker asks once more.
#[derive(Debug, Clone, Default)]
pub(crate) struct LastAsked {
    asked: Arc<Mutex<BTreeMap<SlackUserId, UnixSeconds>>>,
    /// Who was said to have left, and when.
    left: Arc<Mutex<BTreeMap<SlackUserId, UnixSeconds>>>,
}

impl LastAsked {
    /// Those of `people` who are due.
    pub(super) fn due(&self, people: &BTreeSet<SlackUserId>, now: UnixSeconds) -> Vec<SlackUserId> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.retain(|_, at| (0..ASKED_EVERY_SECONDS).contains(&now.seconds_since(*at)));
        people.iter().filter(|person| !asked.contains_key(*person)).take(ASKED_MAX).cloned().collect()
    }

    /// Whoever is said to have left is asked about again where they have or want something all the same: it may have been taken
    /// in, or not have been in the index yet, while what they had was ended.
    pub(crate) fn note_left(&self, people: &[SlackUserId], now: UnixSeconds) {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        left.retain(|_, at| (0..ASKED_EVERY_SECONDS).contains(&now.seconds_since(*at)));
        for person in people {
            asked.remove(person);
            if left.len() < REMEMBERED_MAX {
                left.insert(person.clone(), now);
            }
        }
    }

    /// Whether somebody was said to have left within the day, and not to be back since.
    pub(super) fn has_left(&self, person: &SlackUserId, now: UnixSeconds) -> bool {
        let left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        left.get(person).is_some_and(|at| (0..ASKED_EVERY_SECONDS).contains(&now.seconds_since(*at)))
    }

    /// Slack did not say that they left.
    pub(super) fn remember(&self, person: &SlackUserId, now: UnixSeconds) {
        self.left.lock().unwrap_or_else(PoisonError::into_inner).remove(person);
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.len() < REMEMBERED_MAX {
            asked.insert(person.clone(), now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_due_once_a_day_and_some_at_a_time() {
        let (asked, start) = (LastAsked::default(), UnixSeconds(1_000_000));
        let people: BTreeSet<SlackUserId> =
            (0..30).map(|number| SlackUserId::parse(&format!("U{number:02}")).unwrap()).collect();
        let take = |at: UnixSeconds| {
            let due = asked.due(&people, at);
            for person in &due {
                asked.remember(person, at);
            }
            due.len()
        };
        assert_eq!([take(start), take(start), take(start)], [20, 10, 0]);
        assert_eq!(take(start.plus_seconds(ASKED_EVERY_SECONDS - 1)), 0);
        assert_eq!(take(start.plus_seconds(ASKED_EVERY_SECONDS)), 20);
    }
}
