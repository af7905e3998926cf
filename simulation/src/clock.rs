//! Virtual time: it moves only when the simulation moves it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use domain::UnixSeconds;
use service::clock::Clock;
use testkit::aws::EmbeddedAws;

use crate::call::Call;
use crate::gate::Gate;

/// Every history begins at this moment: 2026-11-23T00:00:00Z.
pub(crate) const START: UnixSeconds = UnixSeconds(1_795_392_000);

/// The one clock of a history.
#[derive(Debug, Clone)]
pub(crate) struct VirtualClock {
    now: Arc<AtomicI64>,
}

impl VirtualClock {
    /// One that stands at [`START`], and the embedded AWS with it.
    pub(crate) fn new(aws: &EmbeddedAws) -> Self {
        aws.stop_clock_at(START.timestamp());
        Self { now: Arc::new(AtomicI64::new(START.0)) }
    }

    /// Now.
    pub(crate) fn now(&self) -> UnixSeconds {
        UnixSeconds(self.now.load(Ordering::Relaxed))
    }

    /// Lets time pass, for the workers and for AWS.
    pub(crate) fn pass(&self, seconds: i64, aws: &EmbeddedAws) {
        self.now.fetch_add(seconds, Ordering::Relaxed);
        aws.shift_clock(seconds);
    }

    /// The same, for whoever only reads it.
    pub(crate) fn reading(&self) -> Clock {
        let this = self.clone();
        Clock::reading(move || this.now())
    }

    /// The same, as the workers read it. One that waits stops at the gate until the time has passed.
    pub(crate) fn for_workers(&self, gate: &Gate) -> Clock {
        let gate = gate.clone();
        self.reading().sleeping(move |time| {
            let gate = gate.clone();
            async move {
                gate.pass(Call::waiting(time.as_secs().max(1))).await;
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Otherwise what AWS sees late would depend on how fast the machine is.
    #[tokio::test]
    async fn aws_has_no_time_but_the_histories_own() {
        let aws = EmbeddedAws::start().await;
        let clock = VirtualClock::new(&aws);
        let began_at = service::clock::now();
        while service::clock::now() == began_at {
            tokio::task::yield_now().await;
        }
        assert_eq!(aws.now(), START.timestamp());
        clock.pass(61, &aws);
        assert_eq!(aws.now(), clock.now().timestamp());
    }
}
