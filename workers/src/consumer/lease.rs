//! The lease on a message: its visibility, extended for as long as the job runs.

use std::time::Duration;

use aws::sqs::JobConsumer;
use domain::retry::visibility_left_seconds;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tracing::warn;

/// A message held: alive until released or dropped, and able to say that it was lost.
#[derive(Debug)]
pub(crate) struct Lease {
    heartbeat: JoinHandle<()>,
    held_until: watch::Receiver<Instant>,
}

impl Lease {
    /// Starts to extend. The message was received just now.
    pub(crate) fn hold(consumer: JobConsumer, receipt_handle: String) -> Self {
        let received = Instant::now();
        let (extended, held_until) = watch::channel(received + visibility(&consumer));
        let heartbeat =
            tokio::spawn(async move { beat(&consumer, &receipt_handle, received, &extended).await });
        Self { heartbeat, held_until }
    }

    /// Stops extending, and says whether the lease was lost before: by time, whatever became of a call that still hangs.
    pub(crate) async fn release(mut self) -> bool {
        self.heartbeat.abort();
        // An extension on its way must not land after the disposal.
        let _aborted = (&mut self.heartbeat).await;
        let held_until = *self.held_until.borrow();
        Instant::now() >= held_until
    }
}

fn visibility(consumer: &JobConsumer) -> Duration {
    Duration::from_secs(u64::from(consumer.visibility_seconds))
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.heartbeat.abort();
    }
}

/// Extends until that fails for so long that the message is visible again, or SQS's own end is reached.
async fn beat(
    consumer: &JobConsumer,
    receipt_handle: &str,
    received: Instant,
    extended: &watch::Sender<Instant>,
) {
    let visibility = visibility(consumer);
    let mut held_until = received + visibility;
    while let Some(wait) = next_beat(Instant::now(), held_until, visibility) {
        tokio::time::sleep(wait).await;
        let asked = Instant::now();
        let left = visibility_left_seconds(asked.duration_since(received).as_secs());
        let seconds = consumer.visibility_seconds.min(left);
        if seconds == 0 {
            return;
        }
        match consumer.change_visibility(receipt_handle, seconds).await {
            Ok(()) => {
                held_until = asked + Duration::from_secs(u64::from(seconds));
                extended.send_replace(held_until);
            }
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
