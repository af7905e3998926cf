//! People who ask to have access for longer, and who decides on that.

use domain::ClickId;

/// What stands for the button by which somebody asks, among the clicks.
pub(crate) const ASKED: &str = "extend";

/// What people are still going to do.
#[derive(Debug)]
pub(crate) struct Extending {
    pub(crate) rng: fastrand::Rng,
    pub(crate) asks: u32,
    pub(crate) clicks: u32,
    /// Counts submissions and clicks, for their ids.
    pub(crate) sent: u32,
}

impl Extending {
    /// What they do in the random history of this seed, or in a happy path.
    pub(crate) fn with_seed(seed: u64) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let (asks, clicks) = (rng.u32(0..=4), rng.u32(0..=5));
        Self { rng, asks, clicks, sent: 0 }
    }

    /// The id of the next submission or click.
    pub(crate) fn next_click(&mut self) -> Option<ClickId> {
        self.sent += 1;
        ClickId::parse(&format!("extension{}", self.sent)).ok()
    }
}
