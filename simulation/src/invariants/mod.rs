//! What must always hold: at every moment, and once everything has come to rest.

pub(crate) mod center;
pub(crate) mod claims;
pub(crate) mod deployments;
pub(crate) mod extensions;
pub(crate) mod keys;
pub(crate) mod leavers;
pub(crate) mod mails;
pub(crate) mod records;
pub(crate) mod releases;
pub(crate) mod reminders;
pub(crate) mod rest;
pub(crate) mod roles;
pub(crate) mod rules;
pub(crate) mod secrets;
pub(crate) mod waiting;
pub(crate) mod who;

use domain::UnixSeconds;

use crate::facts::Facts;
use crate::observed::Observed;
use crate::violation::Holds;

/// What must hold at every moment. `before` is how things were when this was asked last.
pub(crate) fn always(before: &Facts, facts: &Facts, now: UnixSeconds, known: &Observed) -> Holds {
    keys::a_live_grant_has_its_key(facts, now)?;
    keys::one_key(facts, known)?;
    keys::guarded_and_scheduled(facts, now)?;
    keys::gone_is_gone(before, facts, known)?;
    extensions::an_end_will_come(facts, now)?;
    extensions::decisions(before, facts, known)?;
    claims::no_key_before_a_click(before, facts, known)?;
    claims::sealed_to_their_machine(before, facts, now, known)?;
    claims::sealed_before_live(before, facts)?;
    roles::guarded_before_they_open(facts, now)?;
    roles::one_of_a_name_is_open(facts)?;
    roles::a_live_grant_has_its_role(facts, now)?;
    center::theirs_stays(facts, known)?;
    center::a_live_grant_gives(facts, now, known)?;
    center::gone_is_gone(before, facts, known)?;
    records::only_legal_changes(before, facts)?;
    records::none_fails_by_lateness(facts)?;
    records::nothing_erased(facts)?;
    records::one_decision(before, facts, known)?;
    who::decisions(before, facts, known)?;
    rules::hold(before, facts, known)?;
    rules::denied_stays_denied(before, facts)?;
    reminders::none_is_late(before, facts)?;
    deployments::bystander_is_left_alone(before, facts)?;
    mails::sent_before_live(facts)
}
