//! The one place where the time is read.

use domain::UnixSeconds;

/// Now, in whole Unix seconds.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the clock that everything else is handed")]
pub fn now() -> UnixSeconds {
    UnixSeconds(jiff::Timestamp::now().as_second())
}
