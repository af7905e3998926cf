//! Who leaves, and when: in some random histories.

use crate::people::APPROVERS;

/// Of so many random histories …
const OF: u64 = 9;
/// … the one whose seed leaves this remainder.
const REMAINDER: u64 = 5;
/// Of so many random histories, the one with this remainder is about approvers who leave between two clicks.
const BETWEEN_OF: u64 = 20;
const BETWEEN_REMAINDER: u64 = 15;
/// What is still going to happen, and who is listed.
#[derive(Debug)]
pub(crate) struct Turnover {
    pub(crate) rng: fastrand::Rng,
    pub(crate) in_channel: bool,
    /// Whether whoever agreed first is the one who leaves.
    pub(crate) between_clicks: bool,
    pub(crate) changes: u32,
    pub(crate) late_clicks: u32,
    pub(crate) listed: Vec<&'static str>,
}

impl Turnover {
    /// That of a random history, where it has one.
    pub(crate) fn of(seed: u64, in_channel: bool) -> Option<Self> {
        let between_clicks = seed % BETWEEN_OF == BETWEEN_REMAINDER;
        if seed % OF != REMAINDER && !between_clicks {
            return None;
        }
        let mut rng = fastrand::Rng::with_seed(!seed);
        let (changes, late_clicks) = if between_clicks { (1, 0) } else { (rng.u32(0..=3), rng.u32(0..=3)) };
        Some(Self { rng, in_channel, between_clicks, changes, late_clicks, listed: APPROVERS.to_vec() })
    }
}
