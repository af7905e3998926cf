//! Somebody's App Home in Slack.

use serde::{Deserialize, Serialize};

use crate::ids::SlackUserId;
use crate::time::UnixSeconds;

/// A page that was asked for so many seconds ago is not drawn any more: opening it anew asks again.
const OVER_AFTER_SECONDS: i64 = 10 * 60;

/// Somebody opened their App Home, or what it shows has changed since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct PublishHome {
    pub user_id: SlackUserId,
    /// When they opened it.
    pub opened_at: UnixSeconds,
    /// When they opened it, or something changed: milliseconds since 1970, by which a page that shows it already is known.
    pub asked_at_ms: i64,
}

impl PublishHome {
    /// Whether nobody waits for it any more.
    #[must_use]
    pub fn is_over(&self, now: UnixSeconds) -> bool {
        now.seconds_since(UnixSeconds(self.asked_at_ms.div_euclid(1_000))) > OVER_AFTER_SECONDS
    }
}
