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
        aws.shift_clock(START.0 - aws.now().as_second());
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

    /// The same, as the workers read it. One that waits stops at the gate until the time has passed.
    pub(crate) fn for_workers(&self, gate: &Gate) -> Clock {
        let (this, gate) = (self.clone(), gate.clone());
        Clock::reading(move || this.now()).sleeping(move |time| {
            let gate = gate.clone();
            async move {
                gate.pass(Call::waiting(time.as_secs().max(1))).await;
            }
        })
    }
}
