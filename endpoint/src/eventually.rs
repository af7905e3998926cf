//! Waiting for something to become so, never longer than a deadline.

use std::time::{Duration, Instant};

/// How long a test waits for what should take a second or two: long, because machines are shared.
pub const PATIENCE: Duration = Duration::from_secs(45);

/// How long a test waits for what a claim may hold up: a worker that crashed leaves one behind, which another waits out.
pub const CLAIMS_END: Duration = Duration::from_mins(2);

/// How often a condition is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Looks until `probe` gives something, and fails the test with `what` was awaited if it never does.
pub async fn eventually<T>(what: &str, within: Duration, mut probe: impl AsyncFnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = probe().await {
            return found;
        }
        assert!(start.elapsed() < within, "not so after {} s: {what}", within.as_secs());
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// As [`eventually`], but looks as often as it can, for a moment that passes quickly.
pub async fn as_soon_as<T>(what: &str, within: Duration, mut probe: impl AsyncFnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = probe().await {
            return found;
        }
        assert!(start.elapsed() < within, "not so after {} s: {what}", within.as_secs());
    }
}

/// Looks all the time, and fails the test as soon as `probe` gives a reason.
pub async fn never(what: &str, during: Duration, mut probe: impl AsyncFnMut() -> Option<String>) {
    let start = Instant::now();
    while start.elapsed() < during {
        if let Some(seen) = probe().await {
            panic!("{what}, but: {seen}");
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
