//! The one place where the time is read.

use std::sync::Arc;

use domain::UnixSeconds;

/// Reads the time. A test hands in its own.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> UnixSeconds + Send + Sync>);

impl Clock {
    /// The machine's own.
    #[must_use]
    pub fn system() -> Self {
        Self(Arc::new(now))
    }

    /// One that says what `read` says.
    #[must_use]
    pub fn reading(read: impl Fn() -> UnixSeconds + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> UnixSeconds {
        (self.0)()
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
