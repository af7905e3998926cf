//! The one place where the time is read, and waited for.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use domain::UnixSeconds;

type Read = Arc<dyn Fn() -> UnixSeconds + Send + Sync>;
type Waiting = Pin<Box<dyn Future<Output = ()> + Send>>;
type Sleep = Arc<dyn Fn(Duration) -> Waiting + Send + Sync>;

/// Reads the time, and waits. A test hands in its own.
#[derive(Clone)]
pub struct Clock {
    read: Read,
    sleep: Sleep,
}

impl Clock {
    /// The machine's own.
    #[must_use]
    pub fn system() -> Self {
        Self::reading(now)
    }

    /// One that says what `read` says.
    #[must_use]
    pub fn reading(read: impl Fn() -> UnixSeconds + Send + Sync + 'static) -> Self {
        Self { read: Arc::new(read), sleep: Arc::new(|time| Box::pin(tokio::time::sleep(time))) }
    }

    /// The same, with `sleep` for the time that is waited between two tries of a call.
    #[must_use]
    pub fn sleeping<F>(self, sleep: impl Fn(Duration) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        Self { sleep: Arc::new(move |time| Box::pin(sleep(time))), ..self }
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> UnixSeconds {
        (self.read)()
    }

    /// Waits for so long.
    pub async fn sleep(&self, time: Duration) {
        (self.sleep)(time).await;
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}

/// How far the sandbox has moved its process's time forward, in seconds; 0 everywhere else.
static MOVED_SECONDS: AtomicI64 = AtomicI64::new(0);

/// Moves the time of this whole process forward, so that whoever tries the sandbox need not wait for what comes later.
pub fn move_forward(seconds: u32) {
    MOVED_SECONDS.fetch_add(seconds.into(), Ordering::Relaxed);
}

/// How far the time of this process was moved, in seconds.
#[must_use]
pub fn moved_seconds() -> i64 {
    MOVED_SECONDS.load(Ordering::Relaxed)
}

/// Now, in whole Unix seconds.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the clock that everything else is handed")]
pub fn now() -> UnixSeconds {
    UnixSeconds(jiff::Timestamp::now().as_second().saturating_add(moved_seconds()))
}

/// Now, in Unix milliseconds.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the clock that everything else is handed")]
pub fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond().saturating_add(moved_seconds().saturating_mul(1_000))
}
