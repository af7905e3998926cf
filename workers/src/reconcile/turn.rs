//! One sweep at a time in a process, and each begins where the last one stopped.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use aws::dynamodb::PageStart;
use domain::UnixSeconds;

use crate::failure::Failure;

/// A sweep that goes on for so long, in seconds, is not waited for: the next one is due by then.
const TURN_SECONDS: i64 = 300;
/// A sweep that comes while another is under way is looked at again after so long, in seconds.
const LOOK_AGAIN_SECONDS: u32 = 5;

/// Whose turn it is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Turns(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// Turns that began; the last one is under way, until that moment at most.
    began: u64,
    until: Option<UnixSeconds>,
    progress: Progress,
}

/// How far the users of each account were looked at, and the requests.
#[derive(Debug, Clone, Default)]
pub(crate) struct Progress {
    /// Where the requests go on, where the last sweep had no time for all of them.
    pub(super) requests: Option<PageStart>,
    /// The accounts whose last users are still to be looked at, with the last one that was.
    stopped: BTreeMap<Option<String>, String>,
}

/// A sweep that is under way.
#[derive(Debug)]
pub(crate) struct Turn {
    turns: Turns,
    number: u64,
    pub(crate) progress: Progress,
}

impl Turns {
    /// Begins a sweep, unless one is under way.
    pub(crate) fn begin(&self, now: UnixSeconds) -> Result<Turn, Failure> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.until.is_some_and(|until| now < until) {
            return Err(Failure::Later { seconds: LOOK_AGAIN_SECONDS });
        }
        state.began += 1;
        state.until = Some(now.plus_seconds(TURN_SECONDS));
        Ok(Turn { turns: self.clone(), number: state.began, progress: state.progress.clone() })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut state = self.turns.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.began == self.number {
            state.until = None;
            state.progress = std::mem::take(&mut self.progress);
        }
    }
}

impl Progress {
    /// The user of an account after which it goes on.
    pub(crate) fn stopped_after(&self, account: Option<&str>) -> Option<String> {
        self.stopped.get(&account.map(str::to_owned)).cloned()
    }

    /// Accounts in the order in which they have their turn: first those that had none in the last sweep.
    pub(crate) fn in_turn(&self, accounts: BTreeSet<String>) -> Vec<String> {
        let had_none =
            |account: &String| self.stopped_after(Some(account)).is_some_and(|user| user.is_empty());
        let (mut first, then): (Vec<_>, Vec<_>) = accounts.into_iter().partition(had_none);
        first.extend(then);
        first
    }

    /// Notes where an account stopped; `None` where it came to its end.
    pub(crate) fn note(&mut self, account: Option<String>, stopped_after: Option<String>) {
        match stopped_after {
            Some(user) => drop(self.stopped.insert(account, user)),
            None => drop(self.stopped.remove(&account)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixSeconds = UnixSeconds(1_000);

    #[test]
    fn one_at_a_time_and_the_next_goes_on_where_it_stopped() {
        let turns = Turns::default();
        let mut first = turns.begin(NOW).unwrap();
        assert!(matches!(turns.begin(NOW.plus_seconds(299)), Err(Failure::Later { .. })));
        first.progress.note(None, Some("keylease-m".into()));
        drop(first);
        let mut second = turns.begin(NOW).unwrap();
        assert_eq!(second.progress.stopped_after(None).as_deref(), Some("keylease-m"));
        second.progress.note(None, None);
        drop(second);
        assert_eq!(turns.begin(NOW).unwrap().progress.stopped_after(None), None);
    }

    #[test]
    fn one_that_never_ends_is_not_waited_for_and_does_not_end_the_next() {
        let turns = Turns::default();
        let stalled = turns.begin(NOW).unwrap();
        let next = turns.begin(NOW.plus_seconds(TURN_SECONDS)).unwrap();
        drop(stalled);
        assert!(turns.begin(NOW.plus_seconds(TURN_SECONDS + 1)).is_err(), "the next one is still under way");
        drop(next);
        assert!(turns.begin(NOW.plus_seconds(TURN_SECONDS + 1)).is_ok());
    }

    #[test]
    fn accounts_that_had_no_turn_are_first() {
        let mut progress = Progress::default();
        progress.note(Some("b".into()), Some("keylease-m".into()));
        progress.note(Some("c".into()), Some(String::new()));
        let accounts = ["a", "b", "c"].map(str::to_owned).into();
        assert_eq!(progress.in_turn(accounts), ["c", "a", "b"]);
    }
}
