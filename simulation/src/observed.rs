//! What a history has seen besides the facts, which the invariants need to know.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::UnixSeconds;

use crate::center::Standing;
use crate::machine::Machine;
use crate::rulebook::Seen;

/// For so long IAM may not show what was made, in seconds.
const UNSEEN_SECONDS: i64 = 20;

/// A click that somebody made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clicked {
    pub(crate) request_id: String,
    pub(crate) person: String,
    pub(crate) action: String,
    pub(crate) at: UnixSeconds,
}

/// What was seen.
#[derive(Debug, Clone, Default)]
pub(crate) struct Observed {
    pub(crate) clicks: Vec<Clicked>,
    /// Who left, and when.
    pub(crate) left: Vec<(String, UnixSeconds)>,
    /// Who left Slack, and who left the list of approvers.
    pub(crate) left_slack: Vec<Left>,
    pub(crate) left_the_list: Vec<Left>,
    /// Who came onto the list of approvers.
    pub(crate) joined: Vec<String>,
    /// The worker that has just run, and when it began.
    pub(crate) at_work: u32,
    pub(crate) began_at: Option<UnixSeconds>,
    /// Machines that asked for a credential.
    pub(crate) machines: Vec<Arc<Machine>>,
    /// Messages that are no jobs.
    pub(crate) poison: usize,
    /// What people have in Identity Center by other hands.
    pub(crate) center: Standing,
    /// The worker that made each key.
    pub(crate) makers: BTreeMap<String, u32>,
    /// Workers whose second key is excused for now: they are at work, died, stood still or failed.
    pub(crate) excused: BTreeSet<u32>,
    /// Workers that have deleted their message, or tried to.
    pub(crate) deleting: BTreeSet<u32>,
    /// Whether another worker was at work on the provision queue since the one that has just run began, or what it made late may
    /// not have shown yet by then.
    pub(crate) beside_a_maker: bool,
    /// When a worker of that queue that had stood still was done last: what it made late, IAM may not show yet.
    pub(crate) late_maker_left_at: Option<UnixSeconds>,
    pub(crate) pending_ttl_seconds: i64,
    /// Rules, user groups, reminders and leavers, in histories that are about these.
    pub(crate) rules: Seen,
}

impl Observed {
    /// Whether a look at IAM that begins now may miss what a worker made late: a record may say then that all is gone, and a
    /// sweep removes it (`docs/guarantees.md`).
    pub(crate) fn may_miss_what_was_made(&self, now: UnixSeconds) -> bool {
        self.late_maker_left_at.is_some_and(|at| now.seconds_since(at) < UNSEEN_SECONDS)
    }
}

/// Somebody who stopped being an approver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Left {
    pub(crate) person: String,
    /// The worker that is the next to begin: those from this one on cannot have seen them still there.
    pub(crate) before_worker: u32,
}
