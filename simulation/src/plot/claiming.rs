//! Machines that claim credentials, and people who say whose they are.

use sealing::PrivateKey;

/// What machines and their people are still going to do.
#[derive(Debug)]
pub(crate) struct Claiming {
    pub(crate) rng: fastrand::Rng,
    pub(crate) asks: u32,
    pub(crate) clicks: u32,
    pub(crate) renewals: u32,
    /// Whether somebody who can write the table puts another key in the place of one whose code was shown.
    pub(crate) swaps: u32,
}

impl Claiming {
    /// What they do in the random history of this seed, or in a happy path.
    pub(crate) fn with_seed(seed: u64) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed.rotate_left(7));
        let (asks, clicks) = (rng.u32(1..=6), rng.u32(1..=6));
        let (renewals, swaps) = (rng.u32(0..=3), u32::from(rng.u32(0..4) == 0));
        Self { rng, asks, clicks, renewals, swaps }
    }

    /// A key that comes from the seed.
    pub(crate) fn key(&mut self) -> PrivateKey {
        // 256 bits as base64url, of which the last character has four.
        let text: String = (0..42).map(|_| self.rng.alphanumeric()).chain(['A']).collect();
        PrivateKey::parse(&text).unwrap_or_else(|_| PrivateKey::generate())
    }
}
