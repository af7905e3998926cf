//! The time of a stage: it stands until a test lets it pass or a worker waits, so how fast the machine is makes no difference.
#![allow(clippy::unwrap_used, reason = "a test that waits for centuries fails")]

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};

use domain::UnixSeconds;
use service::clock::Clock;

use crate::aws::EmbeddedAws;

/// When it was stopped, and what has passed since.
#[derive(Debug, Default)]
pub(super) struct Time {
    stopped_at: OnceLock<UnixSeconds>,
    passed_seconds: AtomicI64,
}

impl Time {
    /// Stops it for the workers and for AWS. What stands already stays as it is.
    pub(super) fn stop(&self, aws: &EmbeddedAws) {
        self.stopped_at.get_or_init(|| {
            let now = service::clock::now();
            aws.stop_clock_at(now.timestamp());
            now
        });
    }

    pub(super) fn now(&self) -> UnixSeconds {
        let stopped_at = self.stopped_at.get().copied().unwrap_or_else(service::clock::now);
        stopped_at.plus_seconds(self.passed_seconds.load(Ordering::Relaxed))
    }

    pub(super) fn pass(&self, seconds: i64, aws: &EmbeddedAws) {
        self.passed_seconds.fetch_add(seconds, Ordering::Relaxed);
        aws.shift_clock(seconds);
    }

    /// A clock on which a wait takes no time of the test's own: the time just passes.
    pub(super) fn clock(self: &Arc<Self>, aws: &Arc<EmbeddedAws>) -> Clock {
        let (read, wait, aws) = (Arc::clone(self), Arc::clone(self), Arc::clone(aws));
        Clock::reading(move || read.now()).sleeping(move |time| {
            wait.pass(i64::try_from(time.as_secs()).unwrap().max(1), &aws);
            std::future::ready(())
        })
    }
}
