//! What a decision was made from, as it stood at that moment: the `inputs` of each event.
//!
//! Whole numbers, texts, lists and maps only, so that they read back from the table as they were written.

use serde_json::{Value, json};

use crate::authorization::{People, Rules};
use crate::duration::GrantDuration;
use crate::end_reason::EndReason;
use crate::history::Inputs;
use crate::ids::{RoleName, SlackUserId};
use crate::job::AccessRequest;
use crate::lifecycle::{Event, ExtensionEvent};
use crate::project::Project;
use crate::request::{Grant, Request};
use crate::rule::{PASSED_OVER, Rule, RuleName, RulePassedOver};
use crate::time::UnixSeconds;

/// Of the ask: what was typed, whole, and what it was taken for.
pub(crate) fn of_ask(
    ask: &AccessRequest,
    project: &Project,
    (role, duration): (&RoleName, GrantDuration),
    passed_over: Option<RulePassedOver>,
) -> Inputs {
    let mut typed = json!({
        "project": ask.project,
        "role": ask.role,
        "duration": ask.duration,
        "justification": ask.justification,
    });
    if let (Some(command), Some(typed)) = (&ask.command, typed.as_object_mut()) {
        typed.insert("command".to_owned(), json!(command));
    }
    object(json!({
        "typed": typed,
        "project": project.project,
        "role": role,
        "duration_seconds": duration.seconds(),
        "intake_id": ask.idempotency_key,
        "approvers": project.approvers(role),
        PASSED_OVER: passed_over,
    }))
}

/// Of a canary, which begins approved.
pub(crate) fn of_canary(canary: &Request) -> Inputs {
    object(json!({
        "requester_slack_id": canary.ask.requester_slack_id,
        "project": canary.ask.project,
        "role": canary.ask.role,
        "grant": canary.decision.grant,
        "duration_seconds": canary.ask.duration.seconds(),
        "expires_at": canary.access.expires_at,
    }))
}

/// When an event was written, and, for what a person does, when they clicked: the moment from which it counts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moments {
    pub(crate) now: UnixSeconds,
    pub(crate) clicked_at: Option<UnixSeconds>,
}

/// Of an event that made `before` into `after`.
pub(crate) fn of_event(event: &Event, before: &Request, after: &Request, at: Moments) -> Inputs {
    let mut inputs = object(made_from(event, before, after, at));
    if let Some(changed) = changed_extension(before, after) {
        inputs.insert("extension".to_owned(), changed);
    }
    inputs
}

#[expect(clippy::too_many_lines, reason = "one arm for each event, each a list of its fields")]
fn made_from(event: &Event, before: &Request, after: &Request, at: Moments) -> Value {
    let Moments { now, clicked_at } = at;
    let lateness_seconds = after.taken_away_at().map(|end| now.seconds_since(end));
    match event {
        Event::Approve {
            by,
            at: _,
            click_id,
            approvers,
            approvals_required,
            self_approval_allowed,
            grant,
            people,
            shorter: _,
        } => {
            json!({
                "clicked_at": clicked_at,
                "click_id": click_id,
                "approvers": approvers,
                "approvals_required": approvals_required,
                "approvals_so_far": after.decision.approvals,
            "void_approvals": void(before, by, Rules { approvers, self_approval_allowed: *self_approval_allowed, people }),
                "self_approval_allowed": self_approval_allowed,
                "grant": grant,
                "duration_seconds": after.ask.duration.seconds(),
                "asked_duration_seconds": after.decision.asked_duration_seconds,
                "expires_at": after.access.expires_at,
                "member_of": members_of(approvers, by, people),
            })
        }
        Event::ApproveByRule { name, rule, grant, people } => {
            of_rule((*name, rule), grant, people, (before, after))
        }
        Event::Deny { by: _, at: _, approvers, reason } => json!({
            "clicked_at": clicked_at,
            "approvers": approvers,
            "approvals_so_far": before.decision.approvals,
            "deny_reason": reason,
        }),
        Event::Review { by: _, at: _, approvers, note } => json!({
            "clicked_at": clicked_at,
            "approvers": approvers,
            "review_note": note,
            "expires_at": after.access.expires_at,
        }),
        Event::Escalate { to } => json!({ "escalated_to": to }),
        Event::Lapse { pending_ttl } => of_lapse(before, *pending_ttl),
        Event::AskFailed { why } => json!({ "why": why }),
        // Ids only. There is no field for a secret here, as there is none in the record.
        Event::Activate => json!({
            "principal": after.access.principal,
            "access_key_id": after.access.access_key_id,
            "sent_to": after.access.requester_email,
            "expires_at": after.access.expires_at,
            "sessions_until": after.access.sessions_until, "had_before": after.access.had_before.then_some(true),
        }),
        Event::Ready => json!({
            "claim_until": after.access.claim.as_ref().map(|claim| claim.until),
            "expires_at": after.access.expires_at,
        }),
        Event::Claimed { machine } => json!({
            "clicked_at": clicked_at,
            "label": machine.label,
            "key_fingerprint": machine.key_fingerprint,
            "principal": after.access.principal,
            "access_key_id": after.access.access_key_id,
            "expires_at": after.access.expires_at,
        }),
        Event::ClaimRefused { by: _, at: _, label, key_fingerprint } => json!({
            "clicked_at": clicked_at,
            "label": label,
            "key_fingerprint": key_fingerprint,
            "ends_as": EndReason::Requester,
            "approved_by": before.decision.approvals,
            "expires_at": after.access.expires_at,
        }),
        Event::Unclaimed => json!({
            "claim_until": after.access.claim.as_ref().map(|claim| claim.until),
            "gone_at": after.access.gone_at,
            "expires_at": after.access.expires_at,
        }),
        Event::Fail { why, .. } => json!({
            "why": why,
            "principal": after.access.principal,
            "access_key_id": after.access.access_key_id,
            "expires_at": after.access.expires_at,
            "gone_at": after.access.gone_at,
        }),
        Event::Expire => json!({
            "why": after.access.failure,
            "taken_away_at": after.taken_away_at().filter(|at| after.access.expires_at != Some(*at)),
            "expires_at": after.access.expires_at, "sessions_until": after.access.sessions_until,
            "lateness_seconds": lateness_seconds,
        }),
        Event::EndEarly { by: _, at: _, ends_as, approvers } => json!({
            "clicked_at": clicked_at,
            "ends_as": ends_as,
            "approvers": approvers,
            "approved_by": before.decision.approvals,
            "expires_at": after.access.expires_at, "sessions_until": after.access.sessions_until,
        }),
        Event::Undelivered { why } => json!({
            "ends_as": EndReason::Undelivered,
            "why": why,
            "sent_to": after.access.requester_email,
            "approved_by": before.decision.approvals,
            "expires_at": after.access.expires_at,
        }),
        Event::CutOff { with } => json!({
            "with": with,
            "approved_by": before.decision.approvals,
            "expires_at": after.access.expires_at,
        }),
        Event::RequesterLeft => of_leaving(before, after),
        Event::Gone => json!({
            "expires_at": after.access.expires_at,
            "lateness_seconds": lateness_seconds,
        }),
        Event::Extension(extension) => of_extension(extension, before, after, clicked_at),
    }
}

fn of_lapse(before: &Request, pending_ttl: GrantDuration) -> Value {
    json!({ "pending_ttl_seconds": pending_ttl.seconds(), "lapses_at": before.lapses_at(pending_ttl) })
}

/// Of an event about an extension. The credential stays what it is.
fn of_extension(
    event: &ExtensionEvent,
    before: &Request,
    after: &Request,
    clicked_at: Option<UnixSeconds>,
) -> Value {
    match event {
        ExtensionEvent::Ask { by: _, at: _, click_id: _, duration: _, justification: _, max_extensions } => {
            json!({ "clicked_at": clicked_at, "max_extensions": max_extensions })
        }
        ExtensionEvent::ApproveByRule {
            by: _,
            at: _,
            click_id: _,
            duration: _,
            justification: _,
            max_extensions,
            rule,
            people,
        } => json!({
            "clicked_at": clicked_at,
            "max_extensions": max_extensions,
            "rule": RuleName::AutoApprove,
            "rule_for": rule.named,
            "rule_max_duration_seconds": rule.max_duration.seconds(),
            "member_of": members_of(&rule.named, &before.ask.requester_slack_id, people),
        }),
        ExtensionEvent::Approve {
            number,
            by,
            at: _,
            click_id,
            approvers,
            approvals_required,
            self_approval_allowed,
            max_extensions,
            people,
        } => json!({
            "number": number,
            "clicked_at": clicked_at,
            "click_id": click_id,
            "approvers": approvers,
            "approvals_required": approvals_required,
            "self_approval_allowed": self_approval_allowed,
            "max_extensions": max_extensions,
            "member_of": members_of(approvers, by, people),
        }),
        ExtensionEvent::Deny { number, by: _, at: _, click_id, approvers, reason: _ } => json!({
            "number": number, "clicked_at": clicked_at, "click_id": click_id, "approvers": approvers,
        }),
        ExtensionEvent::Lapse { number, why } => json!({ "number": number, "why": why }),
        ExtensionEvent::Extend { number } => json!({
            "number": number,
            "expires_at": after.access.expires_at,
            "expired_at_before": before.access.expires_at,
            "sessions_until": after.access.sessions_until,
        }),
        ExtensionEvent::Fail { number, why } => json!({
            "number": number, "why": why, "expires_at": after.access.expires_at,
        }),
    }
}

/// The fields of the one extension that an event changed, with its number.
fn changed_extension(before: &Request, after: &Request) -> Option<Value> {
    let earlier = |number| before.extensions.get(number);
    let changed = after.extensions.list.iter().find(|one| earlier(one.number) != Some(one))?;
    let fields = |extension| {
        let value = serde_json::to_value(extension).unwrap_or_default();
        if let Value::Object(fields) = value { fields } else { Inputs::new() }
    };
    let known = earlier(changed.number).map(fields).unwrap_or_default();
    let mut now = fields(changed);
    now.retain(|name, value| name == "number" || known.get(name) != Some(value));
    Some(Value::Object(now))
}

fn of_leaving(before: &Request, after: &Request) -> Value {
    json!({
        "ends_as": EndReason::Left,
        "approved_by": before.decision.approvals,
        "expires_at": after.access.expires_at,
        "sessions_until": after.access.sessions_until,
    })
}

/// Of what a rule granted.
fn of_rule(
    (name, rule): (RuleName, &Rule),
    grant: &Grant,
    people: &People,
    (before, after): (&Request, &Request),
) -> Value {
    json!({
        "rule": name,
        "rule_for": rule.named,
        "rule_max_duration_seconds": rule.max_duration.seconds(),
        "grant": grant,
        "duration_seconds": after.ask.duration.seconds(),
        "asked_duration_seconds": after.decision.asked_duration_seconds,
        "expires_at": after.access.expires_at,
        "member_of": members_of(&rule.named, &before.ask.requester_slack_id, people),
    })
}

/// Whose earlier approvals no longer count, and why.
fn void(before: &Request, by: &SlackUserId, rules: Rules<'_>) -> Option<Vec<Value>> {
    let void = rules.tally(before, by).ok()?.void;
    let void: Vec<Value> = void.iter().map(|(by, why)| json!({ "by": by, "why": why })).collect();
    (!void.is_empty()).then_some(void)
}

/// The listed user groups that somebody was a member of, where nothing else lists them.
fn members_of(approvers: &[SlackUserId], by: &SlackUserId, people: &People) -> Option<Vec<SlackUserId>> {
    let lists = |one: &SlackUserId| people.is_listed(std::slice::from_ref(one), by);
    let (groups, themselves): (Vec<_>, Vec<_>) =
        approvers.iter().filter(|listed| lists(listed)).partition(|listed| listed.is_user_group());
    (themselves.is_empty() && !groups.is_empty()).then(|| groups.into_iter().cloned().collect())
}

/// The fields that have a value.
fn object(value: Value) -> Inputs {
    let Value::Object(fields) = value else { return Inputs::new() };
    fields.into_iter().filter(|(_, value)| !value.is_null()).collect()
}
