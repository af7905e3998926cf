//! Whose account was seen to be deactivated lately, in this process: whom to leave alone, without a call for it. Who counts
//! towards a decision is looked up when it is made.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::{SlackUserId, UnixSeconds};

/// For how long that is believed, in seconds: few accounts come back, and looking somebody up says it at once.
const REMEMBERED_SECONDS: i64 = 24 * 60 * 60;
/// Accounts that are remembered, at most.
const PEOPLE_MAX: usize = 1_000;

/// Accounts that cannot decide.
#[derive(Debug, Clone, Default)]
pub(crate) struct Inactive(Arc<Mutex<BTreeMap<SlackUserId, Seen>>>);

#[derive(Debug, Clone)]
struct Seen {
    at: UnixSeconds,
    name: Option<String>,
}

impl Inactive {
    /// Somebody was looked up.
    pub(crate) fn note(&self, id: &SlackUserId, is_active: bool, name: Option<String>, now: UnixSeconds) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if is_active {
            seen.remove(id);
            return;
        }
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
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of = |id: &SlackUserId| {
            let one = seen.get(id).filter(|one| is_fresh(one, now))?;
            Some((id.clone(), one.name.clone()))
        };
        listed.iter().filter_map(of).collect()
    }
}

fn is_fresh(seen: &Seen, now: UnixSeconds) -> bool {
    (0..REMEMBERED_SECONDS).contains(&now.seconds_since(seen.at))
}
