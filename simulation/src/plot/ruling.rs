//! What people do in histories about rules, besides asking and deciding.

use crate::people::{ERIN, SAM};
use crate::rulebook::{BOSS, BOSSES, LEADS, ONCALL};

/// A change of a user group.
#[derive(Debug, Clone, Copy)]
pub(crate) enum GroupChange {
    /// Somebody leaves it, and does not come back.
    Leaves(&'static str, &'static str),
    /// Somebody comes into it.
    Comes(&'static str, &'static str),
}

/// Those that can happen, each once.
const CHANGES: [GroupChange; 5] = [
    GroupChange::Leaves(LEADS, SAM),
    GroupChange::Comes(LEADS, ERIN),
    GroupChange::Leaves(ONCALL, ERIN),
    GroupChange::Comes(ONCALL, SAM),
    GroupChange::Leaves(BOSSES, BOSS),
];

/// What people are still going to do.
#[derive(Debug)]
pub(crate) struct Ruling {
    pub(crate) rng: fastrand::Rng,
    pub(crate) reviews: u32,
    pub(crate) leaves: u32,
    /// So often time passes to when people are to be reminded.
    pub(crate) reminders: u32,
    pub(crate) changes: Vec<GroupChange>,
}

impl Ruling {
    /// What they do in the random history of this seed, or in a happy path.
    pub(crate) fn with_seed(seed: u64) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed.rotate_left(13));
        let (reviews, leaves, reminders) = (rng.u32(1..=4), u32::from(rng.bool()), rng.u32(0..=3));
        let mut changes = CHANGES.to_vec();
        rng.shuffle(&mut changes);
        changes.truncate(rng.usize(0..=3));
        Self { rng, reviews, leaves, reminders, changes }
    }
}
