//! The one place where the time is read, and waited for.

use std::pin::Pin;
use std::sync::Arc;
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

/// Now, in whole Unix seconds.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the clock that everything else is handed")]
pub fn now() -> UnixSeconds {
    UnixSeconds(jiff::Timestamp::now().as_second())
}

/// Now, in Unix milliseconds.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the clock that everything else is handed")]
pub fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}
