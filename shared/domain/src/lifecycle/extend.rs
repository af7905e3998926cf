//! What the events of an extension make of a grant that lives.

use super::extension_event::{ExtensionEvent, ExtensionFault};
use crate::actor::Actor;
use crate::authorization::Rules;
use crate::duration::GrantDuration;
use crate::ids::{ClickId, SlackUserId};
use crate::job::Job;
use crate::request::{EXTEND_MARGIN_SECONDS, Extending, Extension, ExtensionOutcome, Request, UNGRANTED_MAX};
use crate::rule::RuleName;
use crate::time::UnixSeconds;

/// The grant after the event; nothing where the event was taken in before. `at` is when the click counts.
pub(super) fn apply(
    request: &Request,
    event: &ExtensionEvent,
    at: UnixSeconds,
    now: UnixSeconds,
) -> Result<Option<Request>, ExtensionFault> {
    match event {
        ExtensionEvent::Ask { by, at: _, click_id, duration, justification, max_extensions } => {
            let asked = asked(request, (by, at), click_id.as_ref(), *duration, justification.as_deref());
            ask(request, asked, *max_extensions, now)
        }
        ExtensionEvent::ApproveByRule { .. } => approve_by_rule(request, event, at, now),
        ExtensionEvent::Approve { number, .. } => approve(request, event, *number, at, now),
        ExtensionEvent::Deny { number, by, reason, .. } => {
            let extension = request.extensions.get(*number).ok_or(ExtensionFault::NotPending)?;
            if extension.outcome == ExtensionOutcome::Denied
                && extension.decided_by.as_ref().and_then(Actor::person) == Some(by)
            {
                return Ok(None);
            }
            edit(request, *number, ExtensionOutcome::Open, |extension| {
                extension.outcome = ExtensionOutcome::Denied;
                extension.decided_by = Some(by.clone().into());
                extension.decided_at = Some(at.max(extension.asked_at));
                extension.why.clone_from(reason);
            })
        }
        ExtensionEvent::Lapse { number, why } => {
            edit(request, *number, ExtensionOutcome::Open, |extension| {
                extension.outcome = ExtensionOutcome::Lapsed;
                extension.why.clone_from(why);
            })
        }
        ExtensionEvent::Extend { number } => extend(request, *number, now),
        ExtensionEvent::Fail { number, why } => fail(request, *number, why),
    }
}

/// An extension as it is asked for.
fn asked(
    request: &Request,
    (by, at): (&SlackUserId, UnixSeconds),
    click_id: Option<&ClickId>,
    duration: GrantDuration,
    justification: Option<&str>,
) -> Extension {
    Extension {
        number: next_number(request),
        outcome: ExtensionOutcome::Open,
        asked_at: at,
        by: by.clone(),
        duration,
        justification: justification.map(str::to_owned),
        click_id: click_id.cloned(),
        approvals: Vec::new(),
        decided_by: None,
        decided_at: None,
        until: None,
        why: None,
    }
}

/// Asked for and granted in one step. What was taken without asking anybody is prolonged by people only.
fn approve_by_rule(
    request: &Request,
    event: &ExtensionEvent,
    at: UnixSeconds,
    now: UnixSeconds,
) -> Result<Option<Request>, ExtensionFault> {
    let ExtensionEvent::ApproveByRule {
        by,
        at: _,
        click_id,
        duration,
        justification,
        max_extensions,
        rule,
        people,
    } = event
    else {
        return Err(ExtensionFault::NotPending);
    };
    let is_named = people.is_listed(&rule.named, &request.ask.requester_slack_id)
        && people.is_active(&request.ask.requester_slack_id) == Some(true);
    if request.broke_glass() || !is_named || *duration > rule.max_duration {
        return Err(ExtensionFault::NotByRule);
    }
    let asked = asked(request, (by, at), click_id.as_ref(), *duration, justification.as_deref());
    let until = longer(request, at, *duration, now);
    let mut next = ask(request, asked, *max_extensions, now)?;
    if let Some(next) = &mut next {
        if let Some(extension) = next.extensions.list.last_mut() {
            extension.outcome = ExtensionOutcome::Approved;
            extension.decided_by = Some(Actor::Rule(RuleName::AutoApprove));
            extension.decided_at = Some(at);
            extension.until = Some(until?);
        }
        next.work.outbox.push(Job::ExtendGrant { request_id: request.request_id.clone() });
    }
    Ok(next)
}

fn next_number(request: &Request) -> u32 {
    request.extensions.list.last().map_or(1, |last| last.number.saturating_add(1))
}

fn ask(
    request: &Request,
    asked: Extension,
    allowed: u32,
    now: UnixSeconds,
) -> Result<Option<Request>, ExtensionFault> {
    let before = &request.extensions;
    if asked.click_id.is_some() && before.list.iter().any(|known| known.click_id == asked.click_id) {
        return Ok(None);
    }
    if let Some(pending) = before.pending() {
        return Err(ExtensionFault::OneIsPending { asked_at: pending.asked_at });
    }
    if before.granted() >= allowed {
        return Err(ExtensionFault::NoneLeft { allowed });
    }
    if before.list.iter().filter(|known| !known.outcome.is_granted()).count() >= UNGRANTED_MAX {
        return Err(ExtensionFault::AskedTooOften);
    }
    longer(request, asked.asked_at, asked.duration, now)?;
    let mut next = request.clone();
    next.extensions.list.push(asked);
    Ok(Some(next))
}

fn approve(
    request: &Request,
    event: &ExtensionEvent,
    number: u32,
    at: UnixSeconds,
    now: UnixSeconds,
) -> Result<Option<Request>, ExtensionFault> {
    let ExtensionEvent::Approve {
        by,
        approvers,
        approvals_required,
        self_approval_allowed,
        max_extensions,
        people,
        ..
    } = event
    else {
        return Err(ExtensionFault::NotPending);
    };
    let extension = request.extensions.get(number).ok_or(ExtensionFault::NotPending)?;
    if extension.outcome != ExtensionOutcome::Open {
        return Err(ExtensionFault::NotPending);
    }
    let rules = Rules { approvers, self_approval_allowed: *self_approval_allowed, people };
    let counted = rules
        .tally_of(&request.ask.requester_slack_id, &extension.approvals, by)
        .map_err(ExtensionFault::MayNotApprove)?
        .counted;
    let has_enough = counted.len() >= *approvals_required as usize;
    if !has_enough && counted == extension.approvals {
        return Ok(None);
    }
    if request.extensions.granted() >= *max_extensions {
        return Err(ExtensionFault::NoneLeft { allowed: *max_extensions });
    }
    let at = at.max(extension.asked_at);
    let until = longer(request, at, extension.duration, now)?;
    let mut next = edit(request, number, ExtensionOutcome::Open, |extension| {
        extension.approvals = counted;
        if has_enough {
            extension.outcome = ExtensionOutcome::Approved;
            extension.decided_by = Some(by.clone().into());
            extension.decided_at = Some(at);
            extension.until = Some(until);
        }
    })?;
    if let Some(next) = next.as_mut().filter(|_| has_enough) {
        next.work.outbox.push(Job::ExtendGrant { request_id: request.request_id.clone() });
    }
    Ok(next)
}

/// The record gets the later end, which the schedule and the tag have already. The guard follows.
fn extend(request: &Request, number: u32, now: UnixSeconds) -> Result<Option<Request>, ExtensionFault> {
    let extension = request.extensions.get(number).ok_or(ExtensionFault::NotPending)?;
    if extension.outcome == ExtensionOutcome::Extended {
        return Ok(None);
    }
    let from = lasting(request, now)?;
    let until = extension.until.ok_or(ExtensionFault::NotPending)?;
    if until <= from {
        return Err(ExtensionFault::NotLonger { until, ends_at: from });
    }
    let mut next = edit(request, number, ExtensionOutcome::Approved, |extension| {
        extension.outcome = ExtensionOutcome::Extended;
    })?;
    if let Some(next) = next.as_mut() {
        next.set_end(until);
        next.extensions.extending = Some(Extending { number, from });
    }
    Ok(next)
}

/// Where the record has the later end and the guard could not get it, the guard's end is the grant's.
fn fail(request: &Request, number: u32, why: &str) -> Result<Option<Request>, ExtensionFault> {
    let extending = request.extensions.extending.filter(|extending| extending.number == number);
    let from = if extending.is_some() { ExtensionOutcome::Extended } else { ExtensionOutcome::Approved };
    let mut next = edit(request, number, from, |extension| {
        extension.outcome = ExtensionOutcome::Failed;
        extension.why = Some(why.to_owned());
    })?;
    if let (Some(next), Some(extending)) = (next.as_mut(), extending) {
        next.set_end(extending.from);
        next.extensions.extending = None;
    }
    Ok(next)
}

/// The end that a grant gets by `duration` from `at`, where that is later than the one that it has.
fn longer(
    request: &Request,
    at: UnixSeconds,
    duration: GrantDuration,
    now: UnixSeconds,
) -> Result<UnixSeconds, ExtensionFault> {
    let ends_at = lasting(request, now)?;
    let until = at.after(duration);
    if until > ends_at { Ok(until) } else { Err(ExtensionFault::NotLonger { until, ends_at }) }
}

/// The end of a grant that lasts for long enough to be extended.
fn lasting(request: &Request, now: UnixSeconds) -> Result<UnixSeconds, ExtensionFault> {
    let ends_at = request.access.expires_at.ok_or(ExtensionFault::TooLate)?;
    let is_lasting = now.plus_seconds(EXTEND_MARGIN_SECONDS) < request.taken_away_for(ends_at);
    if is_lasting { Ok(ends_at) } else { Err(ExtensionFault::TooLate) }
}

/// A copy in which this extension, which stands at `from`, is changed.
fn edit(
    request: &Request,
    number: u32,
    from: ExtensionOutcome,
    change: impl FnOnce(&mut Extension),
) -> Result<Option<Request>, ExtensionFault> {
    let mut next = request.clone();
    let extension = next.extensions.get_mut(number).filter(|extension| extension.outcome == from);
    change(extension.ok_or(ExtensionFault::NotPending)?);
    Ok(Some(next))
}
