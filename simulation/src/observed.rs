//! What a history has seen besides the facts, which the invariants need to know.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::UnixSeconds;

use crate::center::Standing;
use crate::machine::Machine;
use crate::rulebook::Seen;

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
    /// Whether another worker was at work on the provision queue since the one that has just run began.
    pub(crate) beside_a_maker: bool,
    pub(crate) pending_ttl_seconds: i64,
    /// Rules, user groups, reminders and leavers, in histories that are about these.
    pub(crate) rules: Seen,
}

/// Somebody who stopped being an approver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Left {
    pub(crate) person: String,
    /// The worker that is the next to begin: those from this one on cannot have seen them still there.
    pub(crate) before_worker: u32,
}
