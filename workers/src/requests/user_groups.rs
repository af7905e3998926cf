//! Members of user groups: asked of Slack, and remembered for a short time, so that a burst of clicks asks once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::{SlackUserId, UnixSeconds};
use slack::Slack;
use tracing::warn;

use crate::failure::Failure;

/// How long members are remembered, in seconds: as long as somebody who left a group may still decide.
const REMEMBERED_SECONDS: i64 = 30;
/// Groups that are remembered, at most.
const GROUPS_MAX: usize = 200;
/// Members of one group that are read, at most. A group with more is for a company's announcements, not for decisions.
const MEMBERS_MAX: usize = 2_000;

/// The members of groups that were asked about lately.
#[derive(Debug, Clone, Default)]
pub(crate) struct UserGroups(Arc<Mutex<BTreeMap<SlackUserId, Known>>>);

#[derive(Debug, Clone)]
struct Known {
    at: UnixSeconds,
    members: Vec<SlackUserId>,
}

impl UserGroups {
    /// The members of a group; nobody in one that is empty, disabled or gone.
    pub(crate) async fn members(
        &self,
        slack: &Slack,
        group: &SlackUserId,
        now: UnixSeconds,
    ) -> Result<Vec<SlackUserId>, Failure> {
        if let Some(members) = self.remembered(group, now) {
            return Ok(members);
        }
        let mut members = slack.members(group).await?;
        if members.is_empty() {
            warn!(%group, "the user group has no members, or is gone");
        }
        if members.len() > MEMBERS_MAX {
            warn!(%group, members = members.len(), max = MEMBERS_MAX, "the user group is too large; its first members count");
            members.truncate(MEMBERS_MAX);
        }
        self.remember(group, Known { at: now, members: members.clone() });
        Ok(members)
    }

    fn remembered(&self, group: &SlackUserId, now: UnixSeconds) -> Option<Vec<SlackUserId>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known.get(group).filter(|found| is_fresh(found, now));
        found.map(|found| found.members.clone())
    }

    fn remember(&self, group: &SlackUserId, found: Known) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = found.at;
        known.retain(|_, found| is_fresh(found, now));
        if known.len() < GROUPS_MAX {
            known.insert(group.clone(), found);
        }
    }
}

fn is_fresh(found: &Known, now: UnixSeconds) -> bool {
    (0..REMEMBERED_SECONDS).contains(&now.seconds_since(found.at))
}
