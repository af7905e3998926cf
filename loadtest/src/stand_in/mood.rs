//! How the queue stand-in behaves.

use std::time::Duration;

/// How the queue behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// Takes each message after so long.
    Takes(Duration),
    /// Takes nothing, and says that there were too many calls.
    Throttles,
    /// Is not there: connections break, and no new one is accepted.
    Gone,
}
