//! Whose account was seen to be deactivated lately, in this process: whom to leave alone, without a call for it; and who was
//! looked up when, so that whoever is to be looked up next is somebody of whom less is known. Who counts towards a decision
//! is looked up when it is made.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::{SlackUserId, UnixSeconds};

/// For how long that is believed, in seconds: few accounts come back, and looking somebody up says it at once.
const REMEMBERED_SECONDS: i64 = 24 * 60 * 60;
/// Accounts that are remembered, at most.
const PEOPLE_MAX: usize = 1_000;

/// Accounts that cannot decide, and when the others were looked up.
#[derive(Debug, Clone, Default)]
pub(crate) struct Inactive(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    inactive: BTreeMap<SlackUserId, Seen>,
    active: BTreeMap<SlackUserId, UnixSeconds>,
}

#[derive(Debug, Clone)]
struct Seen {
    at: UnixSeconds,
    name: Option<String>,
}

impl Inactive {
    /// Somebody was looked up.
    pub(crate) fn note(&self, id: &SlackUserId, is_active: bool, name: Option<String>, now: UnixSeconds) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Known { inactive: seen, active } = &mut *known;
        if is_active {
            seen.remove(id);
            if active.len() >= PEOPLE_MAX && !active.contains_key(id) {
                let oldest = active.iter().min_by_key(|(_, at)| **at).map(|(id, _)| id.clone());
                oldest.and_then(|oldest| active.remove(&oldest));
            }
            active.insert(id.clone(), now);
            return;
        }
        active.remove(id);
        if seen.len() >= PEOPLE_MAX {
            seen.retain(|_, one| is_fresh(one, now));
        }
        if seen.len() < PEOPLE_MAX || seen.contains_key(id) {
            seen.insert(id.clone(), Seen { at: now, name });
        }
    }

    /// Those of a list, with what each is called.
    pub(crate) fn among(
        &self,
        listed: &[SlackUserId],
        now: UnixSeconds,
    ) -> Vec<(SlackUserId, Option<String>)> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of = |id: &SlackUserId| {
            let one = known.inactive.get(id).filter(|one| is_fresh(one, now))?;
            Some((id.clone(), one.name.clone()))
        };
        listed.iter().filter_map(of).collect()
    }

    /// A list in the order in which people are to be looked up where one who is active is enough: those of whom least is known
    /// first, those who are known to be inactive last. So everybody on it is looked up in turn, at no more calls.
    pub(crate) fn in_turn(&self, mut listed: Vec<SlackUserId>, now: UnixSeconds) -> Vec<SlackUserId> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        listed.sort_by_key(|id| {
            let is_inactive = known.inactive.get(id).is_some_and(|one| is_fresh(one, now));
            let unseen_for = known.active.get(id).map(|at| Reverse(now.seconds_since(*at)));
            (is_inactive, unseen_for)
        });
        listed
    }
}

fn is_fresh(seen: &Seen, now: UnixSeconds) -> bool {
    (0..REMEMBERED_SECONDS).contains(&now.seconds_since(seen.at))
}
