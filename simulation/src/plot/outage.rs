//! A service that refuses the workers until somebody repairs it: in some random histories.

use domain::UnixSeconds;

use crate::call::Call;

/// Of so many random histories …
const OF: u64 = 20;
/// … the one whose seed leaves this remainder.
const REMAINDER: u64 = 18;
/// Calls of a history before the service refuses, at most.
const CALLS_BEFORE_MAX: usize = 120;
/// It is repaired after so many seconds.
const SECONDS: std::ops::Range<i64> = 60..3_600;

/// What refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusing {
    /// The app's token was revoked.
    Slack,
    /// The key of a service was disabled.
    Aws(&'static str),
}

/// One outage.
#[derive(Debug)]
pub(crate) struct Outage {
    refusing: Refusing,
    pub(crate) calls_before: usize,
    pub(crate) seconds: i64,
    /// When it is repaired, once it has begun.
    pub(crate) until: Option<UnixSeconds>,
    pub(crate) is_over: bool,
}

impl Outage {
    /// That of a random history, where it has one.
    pub(crate) fn of(seed: u64) -> Option<Self> {
        if seed % OF != REMAINDER {
            return None;
        }
        let mut rng = fastrand::Rng::with_seed(!seed);
        let services = [
            Refusing::Slack,
            Refusing::Slack,
            Refusing::Aws("ses"),
            Refusing::Aws("dynamodb"),
            Refusing::Aws("scheduler"),
        ];
        let refusing = rng.choice(services).unwrap_or(Refusing::Slack);
        let (calls_before, seconds) = (rng.usize(0..CALLS_BEFORE_MAX), rng.i64(SECONDS));
        Some(Self { refusing, calls_before, seconds, until: None, is_over: false })
    }

    pub(crate) fn refuses(&self, call: &Call) -> bool {
        match self.refusing {
            Refusing::Slack => call.is_to_slack(),
            Refusing::Aws(service) => call.service == service,
        }
    }
}
