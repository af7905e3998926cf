//! The lease on a message: its visibility, extended for as long as the job runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use domain::retry::VISIBILITY_MAX_SECONDS;
use platform::queue::Inbox;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tracing::warn;

/// A message held: alive until released or dropped, and able to say that it was lost.
#[derive(Debug)]
pub(super) struct Lease {
    heartbeat: JoinHandle<()>,
    lost: Arc<AtomicBool>,
}

impl Lease {
    /// Starts to extend. The message was received just now.
    pub(super) fn hold(inbox: Inbox, receipt_handle: String) -> Self {
        let lost = Arc::new(AtomicBool::new(false));
        let says_lost = Arc::clone(&lost);
        let heartbeat = tokio::spawn(async move {
            beat(&inbox, &receipt_handle).await;
            says_lost.store(true, Ordering::Release);
        });
        Self { heartbeat, lost }
    }

    /// Stops extending, and says whether the lease was lost before.
    pub(super) async fn release(mut self) -> bool {
        self.heartbeat.abort();
        // An extension on its way must not land after the disposal.
        let _aborted = (&mut self.heartbeat).await;
        self.lost.load(Ordering::Acquire)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.heartbeat.abort();
    }
}

/// Extends until that fails for so long that the message is visible again, or SQS's own end is reached.
async fn beat(inbox: &Inbox, receipt_handle: &str) {
    let received = Instant::now();
    let end = received + Duration::from_secs(u64::from(VISIBILITY_MAX_SECONDS));
    let visibility = Duration::from_secs(u64::from(inbox.visibility_seconds));
    let mut held_until = received + visibility;
    while let Some(wait) = next_beat(Instant::now(), held_until.min(end), visibility) {
        tokio::time::sleep(wait).await;
        let asked = Instant::now();
        match inbox.hide(receipt_handle, inbox.visibility_seconds).await {
            Ok(()) => held_until = asked + visibility,
            Err(error) => warn!(%error, "the lease on a message could not be extended"),
        }
    }
}

/// How long to wait before the next extension: a third of what is left, so that two may fail. `None` when it is over.
fn next_beat(now: Instant, held_until: Instant, visibility: Duration) -> Option<Duration> {
    const SHORTEST: Duration = Duration::from_millis(200);
    let left = held_until.checked_duration_since(now).filter(|left| !left.is_zero())?;
    Some((left / 3).max(SHORTEST.min(visibility / 3)).min(left))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_beats_thrice_in_a_visibility_timeout_and_ends() {
        let now = Instant::now();
        let thirty = Duration::from_secs(30);
        assert_eq!(next_beat(now, now + thirty, thirty), Some(Duration::from_secs(10)));
        assert_eq!(
            next_beat(now, now + Duration::from_millis(300), thirty),
            Some(Duration::from_millis(200))
        );
        assert_eq!(next_beat(now, now + Duration::from_millis(50), thirty), Some(Duration::from_millis(50)));
        assert_eq!(next_beat(now, now, thirty), None);
        assert_eq!(next_beat(now + thirty, now, thirty), None);
    }
}
