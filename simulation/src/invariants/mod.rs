//! What must always hold: at every moment, and once everything has come to rest.

pub(crate) mod deployments;
pub(crate) mod keys;
pub(crate) mod mails;
pub(crate) mod records;
pub(crate) mod releases;
pub(crate) mod rest;
pub(crate) mod roles;
pub(crate) mod secrets;
pub(crate) mod waiting;
pub(crate) mod who;

use std::collections::{BTreeMap, BTreeSet};

use domain::UnixSeconds;

use crate::facts::Facts;
use crate::turnover::Left;
use crate::violation::Holds;

/// A click that somebody made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clicked {
    pub(crate) request_id: String,
    pub(crate) person: String,
    pub(crate) action: String,
    pub(crate) at: UnixSeconds,
}

/// What the invariants need to know besides the facts.
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
    /// Messages that are no jobs.
    pub(crate) poison: usize,
    /// The worker that made each key.
    pub(crate) makers: BTreeMap<String, u32>,
    /// Workers whose second key is excused for now: they are at work, died, stood still or failed.
    pub(crate) excused: BTreeSet<u32>,
    /// Whether another worker was at work on the provision queue since the one that has just run began.
    pub(crate) beside_a_maker: bool,
    pub(crate) pending_ttl_seconds: i64,
}

/// What must hold at every moment. `before` is how things were when this was asked last.
pub(crate) fn always(before: &Facts, facts: &Facts, now: UnixSeconds, known: &Observed) -> Holds {
    keys::a_live_grant_has_its_key(facts, now)?;
    keys::one_key(facts, known)?;
    keys::guarded_and_scheduled(facts, now)?;
    keys::gone_is_gone(before, facts, known)?;
    roles::guarded_before_they_open(facts, now)?;
    roles::one_of_a_name_is_open(facts)?;
    roles::a_live_grant_has_its_role(facts, now)?;
    records::only_legal_changes(before, facts)?;
    records::none_fails_by_lateness(facts)?;
    records::nothing_erased(facts)?;
    records::one_decision(before, facts, known)?;
    who::decisions(before, facts, known)?;
    deployments::bystander_is_left_alone(before, facts)?;
    mails::sent_before_live(facts)
}
