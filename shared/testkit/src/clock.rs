//! The time, as the rest of the system reads it.

use jiff::Timestamp;

/// The time at this moment, in whole seconds.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_second(service::clock::now().0).unwrap_or_default()
}
