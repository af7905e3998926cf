//! A deploy that lasts the whole history: workers of the next release beside ours, on the same queues. Which of them gets
//! a message is drawn from a generator of its own, so that the other histories stay what they are.

use domain::Job;
use testkit::aws::Release;

use crate::history::History;

/// Of so many random histories …
const OF: u64 = 20;
/// … those whose seed leaves one of these remainders.
const REMAINDERS: [u64; 2] = [4, 17];

/// Who gets what.
#[derive(Debug)]
pub(crate) struct Rolling {
    rng: fastrand::Rng,
    /// Whether the workers of the next release get everything.
    all_next: bool,
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

    fn next_gets_it(&mut self) -> bool {
        self.all_next || self.rng.bool()
    }
}

impl History {
    /// Whether a worker of the next release gets the message that is delivered now.
    pub(crate) fn is_for_next_release(&mut self) -> bool {
        self.rolling.as_mut().is_some_and(Rolling::next_gets_it)
    }

    /// From now on the workers of the next release get everything, or not everything any more.
    pub(crate) fn deliver_all_to_next_release(&mut self, all_next: bool) {
        if let Some(rolling) = self.rolling.as_mut() {
            rolling.all_next = all_next;
        }
    }

    /// An operator replays with the next release's program what ours did not know.
    pub(crate) fn replay_for_next_release(&mut self) {
        if self.rolling.is_none() {
            return;
        }
        let now = self.now();
        let is_known = |body: &str| Job::decode(&Release::Next.received(body)).is_ok();
        let replayed = self.queues.replay(now, is_known);
        if replayed > 0 {
            self.note(&format!("an operator replays {replayed} job(s) of the next release"));
        }
    }
}
