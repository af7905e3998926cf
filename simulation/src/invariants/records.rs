//! Records: each changes as it may, and each request is decided once, by whom it may be.

use std::collections::BTreeSet;

use domain::audit::verify;
use domain::history::Change;
use domain::job::ClaimClick;
use domain::{Actor, Request, SlackUserId, Status, UnixSeconds};
use slack::ids;

use crate::facts::Facts;
use crate::observed::{Clicked, Observed};
use crate::people::{APPROVERS, approvals_required};
use crate::violation::{Holds, Invariant, broken};

/// A record grows by one version at a time, keeps its history, and goes only where it can; its events are chained, and
/// it says nothing that they do not. It bears the mark of sweeps as long as one may have something to do for it.
pub(crate) fn only_legal_changes(before: &Facts, facts: &Facts) -> Holds {
    for new in facts.written_since(before) {
        let id = &new.request_id;
        let verified = verify(new);
        if let Some(fault) = verified.faults.first() {
            return broken(Invariant::OneDecision, format!("the chain of {id} does not hold: {fault}"));
        }
        if verified.before_the_chain > 0 {
            return broken(Invariant::OneDecision, format!("an event of {id} was not chained"));
        }
    }
    for new in facts.written_since(before) {
        let (id, is_marked) = (&new.request_id, facts.marked.contains(new.request_id.as_str()));
        if is_marked != new.needs_sweep() {
            let what = if is_marked { "is settled, and sweeps look at it" } else { "sweeps do not find it" };
            return broken(Invariant::OneDecision, format!("{id} is {}: {what}", new.status));
        }
    }
    for old in &before.requests {
        let id = &old.request_id;
        let Some(new) = facts.request(id.as_str()) else {
            return broken(Invariant::OneDecision, format!("the record {id} is gone"));
        };
        if std::ptr::eq(new, &raw const **old) || (new.version == old.version && *new == **old) {
            continue;
        }
        let grown = new.version.saturating_sub(old.version);
        if grown != 1 && !(grown == 2 && facts.beside_newer) {
            return broken(
                Invariant::OneDecision,
                format!("the record {id} went from version {} to {}", old.version, new.version),
            );
        }
        if !new.audit.history.starts_with(&old.audit.history) {
            return broken(Invariant::OneDecision, format!("the history of {id} was rewritten"));
        }
        if new.status != old.status && !old.status.may_become(new.status) {
            return broken(
                Invariant::OneDecision,
                format!("{id} was {} and became {}", old.status, new.status),
            );
        }
    }
    Ok(())
}

/// What a newer program put into a record stays there.
pub(crate) fn nothing_erased(facts: &Facts) -> Holds {
    facts.lost.first().map_or(Ok(()), |path| {
        broken(Invariant::NothingErased, format!("a write lost what a newer program had put at `{path}`"))
    })
}

/// Nothing that IAM answers is a refusal here: it only may not see yet what it was told. No request fails by that.
pub(crate) fn none_fails_by_lateness(facts: &Facts) -> Holds {
    for request in &facts.requests {
        let failure = request.access.failure.as_deref().unwrap_or_default();
        if failure.contains("NoSuchEntity") || failure.contains("AccessDenied") {
            return broken(Invariant::Progress, format!("{} fails: {failure}", request.request_id));
        }
    }
    Ok(())
}

/// Each decision was made once, by a click of somebody who may, while the request was open.
pub(crate) fn one_decision(before: &Facts, facts: &Facts, known: &Observed) -> Holds {
    for request in facts.written_since(before) {
        let decisions = request
            .audit
            .history
            .iter()
            .filter(|c| c.from == Some(Status::Pending) && c.to != Status::Pending);
        if decisions.count() > 1 {
            return broken(Invariant::OneDecision, format!("{} was decided twice", request.request_id));
        }
        for change in &request.audit.history {
            check(request, change, known)?;
        }
        let agreed: BTreeSet<_> = request.decision.approvals.iter().map(SlackUserId::as_str).collect();
        let by_people = request.granted_by_rule().is_none();
        if by_people
            && request.status.was_granted()
            && agreed.len() < approvals_required(request.ask.role.as_str())
        {
            return broken(
                Invariant::OneDecision,
                format!(
                    "{} is {} with the approvals of {} people",
                    request.request_id,
                    request.status,
                    agreed.len()
                ),
            );
        }
    }
    Ok(())
}

fn check(request: &Request, change: &Change, known: &Observed) -> Holds {
    let id = &request.request_id;
    let closes_at = request.ask.created_at.plus_seconds(known.pending_ttl_seconds);
    let by = change.by.as_ref().and_then(Actor::person).map_or("", SlackUserId::as_str);
    let requester = request.ask.requester_slack_id.as_str();
    let approver = APPROVERS.contains(&by) || known.joined.iter().any(|joined| joined == by);
    let clicked = |action: &'static str| clicked(known, id.as_str(), by, action, change.at);
    // Ending needs nothing of Slack, not even whether somebody is still there.
    let here = |at: UnixSeconds| known.left.iter().all(|(who, left_at)| who != by || at <= *left_at);
    // A click counts from when it was made, however late it is worked on.
    let counts_from = change.inputs.get("clicked_at").and_then(serde_json::Value::as_i64).map(UnixSeconds);
    let in_time = counts_from.unwrap_or(change.at) < closes_at;
    let allowed = match change.event.as_str() {
        "approve" => approver && by != requester && in_time && clicked("approve").any(here),
        "deny" => approver && in_time && clicked("deny").any(here),
        "revoke" => (approver || by == requester) && clicked("revoke").next().is_some(),
        "requester_left" => known.left.iter().any(|(who, at)| who == requester && *at <= change.at),
        "lapse" => change.at >= closes_at,
        "unclaimed" => request.access.claim.as_ref().is_some_and(|claim| change.at >= claim.until),
        "claim_refused" => by == requester && refused(known, id.as_str(), by),
        "expire" => request.taken_away_at().is_some_and(|end| change.at >= end),
        _ => true,
    };
    if allowed {
        Ok(())
    } else {
        let event = &change.event;
        broken(Invariant::OneDecision, format!("`{event}` of {id} by `{by}` should not have been taken"))
    }
}

/// When this person clicked so, up to this moment.
fn clicked<'a>(
    known: &'a Observed,
    request_id: &'a str,
    person: &'a str,
    action: &'a str,
    by_then: UnixSeconds,
) -> impl Iterator<Item = UnixSeconds> + 'a {
    let is_it = move |click: &&Clicked| {
        click.request_id == request_id
            && click.person == person
            && click.action == action
            && click.at <= by_then
    };
    known.clicks.iter().filter(is_it).map(|click| click.at)
}

/// Whether this person said that a machine is not theirs which asked for the credential of this request.
fn refused(known: &Observed, request_id: &str, person: &str) -> bool {
    known.clicks.iter().any(|click| {
        click.person == person
            && click.action == ids::REFUSE_CLAIM
            && ClaimClick::read_button_value(&click.request_id)
                .is_some_and(|(id, ..)| id.as_str() == request_id)
    })
}
