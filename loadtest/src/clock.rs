//! The time on the wall, as finely as logs give it.

use jiff::Timestamp;

#[expect(clippy::disallowed_methods, reason = "a start is compared with the times in another program's log")]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}
