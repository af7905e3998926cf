//! No more messages a second than was said.

use std::time::Duration;

use tokio::time::Instant;

/// A rate, and when the next message may go.
#[derive(Debug)]
pub(super) struct Pace {
    each: Duration,
    next: Instant,
}

impl Pace {
    /// So many a second, at least one.
    pub(super) fn new(a_second: u32) -> Self {
        Self { each: Duration::from_secs(1) / a_second.max(1), next: Instant::now() }
    }

    /// Resolves when the next message may go.
    pub(super) async fn ready(&self) {
        tokio::time::sleep_until(self.next).await;
    }

    /// Says that so many went just now.
    pub(super) fn sent(&mut self, messages: u32) {
        // What was not used before is not saved up: that would be a burst.
        self.next = self.next.max(Instant::now()) + self.each * messages;
    }
}
