//! How Identity Center behaves in a history, and what an administrator does there.

use crate::center::{GROUP_ID, PERMISSION_SET_ARN, user};

/// An assignment takes up to so many seconds.
const OPERATION_SECONDS_MAX: u32 = 40;
/// So many lists after a change still show what was there before it, at most.
const LISTS_BEHIND_MAX: u32 = 3;
/// Writes that are refused because of somebody else's, at most.
const CONFLICTS_MAX: u32 = 6;

/// What an administrator is still going to do, and how Identity Center behaves.
#[derive(Debug)]
pub(crate) struct Center {
    rng: fastrand::Rng,
    /// What is still to be given or taken.
    pub(crate) changes: u32,
    /// How many people have something before any grant, at most.
    pub(crate) before: u32,
    pub(crate) operation_seconds: u32,
    pub(crate) lists_behind: u32,
    pub(crate) one_role_at_a_time: bool,
    pub(crate) conflicts: u32,
    pub(crate) failing_creations: bool,
    pub(crate) failing_deletions: bool,
    /// Requests besides those of every history.
    pub(crate) more_asks: u32,
}

impl Center {
    /// That of a random history.
    pub(crate) fn with_seed(seed: u64) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed.rotate_left(23));
        let operation_seconds = if rng.bool() { 0 } else { rng.u32(1..=OPERATION_SECONDS_MAX) };
        let lists_behind = if rng.bool() { 0 } else { rng.u32(1..=LISTS_BEHIND_MAX) };
        let conflicts = if rng.u32(0..3) > 0 { 0 } else { rng.u32(1..=CONFLICTS_MAX) };
        Self {
            changes: if rng.bool() { 0 } else { rng.u32(1..=3) },
            before: if rng.u32(0..3) > 0 { 0 } else { rng.u32(1..=2) },
            operation_seconds,
            lists_behind,
            one_role_at_a_time: rng.bool(),
            conflicts,
            failing_creations: rng.u32(0..8) == 0,
            failing_deletions: rng.u32(0..8) == 0,
            more_asks: rng.u32(1..=3),
            rng,
        }
    }

    /// That of a happy path: assignments take a moment, and nobody else does anything.
    pub(crate) fn quiet() -> Self {
        Self {
            rng: fastrand::Rng::with_seed(1),
            changes: 0,
            before: 0,
            operation_seconds: 2,
            lists_behind: 0,
            one_role_at_a_time: true,
            conflicts: 0,
            failing_creations: false,
            failing_deletions: false,
            more_asks: 0,
        }
    }

    /// Something that one of those who ask may have: what, and their user. Most often of whoever asks most often.
    pub(crate) fn something(&mut self) -> (String, String) {
        let what = if self.rng.bool() { PERMISSION_SET_ARN } else { GROUP_ID };
        let place = if self.rng.u32(0..3) > 0 { 0 } else { self.rng.usize(0..3) };
        (what.to_owned(), user(place))
    }
}
