//! A deploy that lasts the whole history: workers of the next release beside ours, on the same queues.

/// Of so many random histories …
const OF: u64 = 20;
/// … those whose seed leaves one of these remainders.
const REMAINDERS: [u64; 2] = [4, 17];

/// Who gets what.
#[derive(Debug)]
pub(crate) struct Rolling {
    rng: fastrand::Rng,
    /// Whether the workers of the next release get everything.
    pub(crate) all_next: bool,
}

impl Rolling {
    /// That of a random history, where it has one.
    pub(crate) fn of(seed: u64) -> Option<Self> {
        REMAINDERS.contains(&(seed % OF)).then(|| Self::with_seed(!seed))
    }

    /// The one of a happy path.
    pub(crate) fn with_seed(seed: u64) -> Self {
        Self { rng: fastrand::Rng::with_seed(seed), all_next: false }
    }

    pub(crate) fn next_gets_it(&mut self) -> bool {
        self.all_next || self.rng.bool()
    }
}
