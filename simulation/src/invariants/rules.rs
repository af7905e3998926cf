//! Rules: nobody gets access by one that does not name them, or for longer than its limit; what was granted in an emergency
//! waits for a review until somebody who may has made it; and what was denied stays denied.

use domain::history::Change;
use domain::request::Extension;
use domain::{Actor, Request, RuleName, SlackUserId, Status};
use slack::ids;

use super::who::is_an_approver;
use crate::facts::Facts;
use crate::observed::Observed;
use crate::rulebook::{limit_seconds, role_of};
use crate::violation::{Holds, Invariant, broken};

/// What rules granted and people reviewed since `before`.
pub(crate) fn hold(before: &Facts, facts: &Facts, known: &Observed) -> Holds {
    for new in facts.written_since(before) {
        let seen = before.request(new.request_id.as_str()).map_or(0, |old| old.audit.history.len());
        for change in new.audit.history.iter().skip(seen) {
            match change.event.as_str() {
                "approve_by_rule" => granted(new, change, known)?,
                "review" => reviewed(new, change, known)?,
                _ => {}
            }
        }
        no_longer_than_an_emergency(new)?;
        stays_listed(facts, new)?;
    }
    Ok(())
}

fn granted(request: &Request, change: &Change, known: &Observed) -> Holds {
    let id = &request.request_id;
    let no = |why: &str| broken(Invariant::NamedByTheRule, format!("a rule granted {id}: {why}"));
    let Some(rule) = change.by.as_ref().and_then(Actor::rule) else { return no("no rule is named") };
    if request.ask.role.as_str() != role_of(rule) {
        return no("its role has no such rule");
    }
    names(request, known)?;
    let is_emergency = known.rules.emergencies.contains(&request.ask.idempotency_key);
    if is_emergency != (rule == RuleName::BreakGlass) {
        return no("it is the rule of another case");
    }
    let Some((from, end)) = request.decision.decided_at.zip(request.access.expires_at) else {
        return no("it has no end");
    };
    let lasts = end.seconds_since(from);
    if lasts > limit_seconds(rule) {
        return no(&format!("for {lasts} s, which is longer than the rule allows"));
    }
    Ok(())
}

/// The rules name whoever asked, who is still there.
fn names(request: &Request, known: &Observed) -> Holds {
    let (id, requester) = (&request.request_id, request.ask.requester_slack_id.as_str());
    let no = |why: &str| broken(Invariant::NamedByTheRule, format!("a rule granted {id}: {why}"));
    if !known.rules.is_named(requester, known.began_at) {
        return no(&format!("it does not name {requester}"));
    }
    if known.left_slack.iter().any(|left| left.person == requester && left.before_worker <= known.at_work) {
        return no(&format!("{requester} had left Slack"));
    }
    Ok(())
}

/// An extension that a rule granted.
pub(super) fn extended(request: &Request, extension: &Extension, known: &Observed) -> Holds {
    names(request, known)?;
    let rule = RuleName::AutoApprove;
    let is_within = i64::from(extension.duration.seconds()) <= limit_seconds(rule);
    if request.ask.role.as_str() == role_of(rule) && is_within && !request.broke_glass() {
        return Ok(());
    }
    broken(Invariant::NamedByTheRule, format!("a rule extended {}, which it cannot", request.request_id))
}

/// What was granted in an emergency never lasts longer than its limit.
fn no_longer_than_an_emergency(request: &Request) -> Holds {
    let lasts = request.decision.decided_at.zip(request.access.expires_at);
    let Some((from, end)) = lasts.filter(|_| request.broke_glass()) else { return Ok(()) };
    let lasts = end.seconds_since(from);
    if lasts > limit_seconds(RuleName::BreakGlass) {
        let id = &request.request_id;
        return broken(
            Invariant::ReviewedAfterwards,
            format!("{id} lasts {lasts} s, granted in an emergency"),
        );
    }
    Ok(())
}

/// Sweeps find what nobody has reviewed, so that people are reminded of it.
fn stays_listed(facts: &Facts, request: &Request) -> Holds {
    let id = request.request_id.as_str();
    let is_found = facts.marked.contains(id) && request.is_to_be_reminded_of();
    if request.broke_glass() && request.review().is_none() && !is_found {
        return broken(
            Invariant::ReviewedAfterwards,
            format!("nobody has reviewed {id}, and it is forgotten"),
        );
    }
    Ok(())
}

fn reviewed(request: &Request, change: &Change, known: &Observed) -> Holds {
    let id = &request.request_id;
    let by = change.by.as_ref().and_then(Actor::person).map_or("", SlackUserId::as_str);
    let no = |why: &str| broken(Invariant::ReviewedAfterwards, format!("`{by}` reviewed {id}: {why}"));
    let clicked = known
        .clicks
        .iter()
        .any(|click| click.request_id == id.as_str() && click.person == by && click.action == ids::REVIEWED);
    if !clicked {
        return no("they clicked nothing");
    }
    if request.audit.history.iter().filter(|change| change.event == "review").count() > 1 {
        return no("somebody else had");
    }
    if !request.broke_glass() {
        return no("there was nothing to review");
    }
    if by == request.ask.requester_slack_id.as_str() {
        return no("it is their own");
    }
    is_an_approver(request, by, known)
}

/// What was denied stays denied, and nobody has anything by it.
pub(crate) fn denied_stays_denied(before: &Facts, facts: &Facts) -> Holds {
    let denied = |request: &Request| request.status == Status::Denied;
    for new in facts.written_since(before) {
        let id = new.request_id.as_str();
        let was_denied = before.request(id).is_some_and(denied);
        let has_access = new.access.access_key_id.is_some() || new.access.expires_at.is_some();
        if (was_denied && !denied(new)) || (denied(new) && has_access) {
            return broken(
                Invariant::OneDecision,
                format!("{id} was denied, and is {} with access", new.status),
            );
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::UnixSeconds;
    use serde_json::{Value, json};

    use super::*;
    use crate::observed::Clicked;
    use crate::people::{DANA, ERIN, OLIVIA, SAM};
    use crate::rulebook::{BY_RULE, IN_EMERGENCY, LEADS, Membership, ONCALL, Seen};

    const AT: i64 = 1_800_000_000;

    fn request(role: &str, requester: &str, lasts: i64, events: &[(&str, &str)]) -> Request {
        let mut history = vec![json!({ "at": AT, "event": "ask", "to": "PENDING" })];
        history.extend(events.iter().map(|(event, by)| {
            let from = if *event == "approve_by_rule" { "PENDING" } else { "APPROVED" };
            json!({ "at": AT, "event": event, "from": from, "to": "APPROVED", "by": by })
        }));
        serde_json::from_value(json!({
            "request_id": "r-0", "status": "APPROVED", "version": 2, "project": "payments", "role": role,
            "duration_seconds": lasts, "requester_slack_id": requester, "created_at": AT, "decided_at": AT,
            "expires_at": AT + lasts, "intake_id": "ask-1", "remind_at": AT + 86_400, "history": history }))
        .unwrap()
    }

    fn facts(request: Request) -> Facts {
        let marked = Arc::new([request.request_id.to_string()].into());
        Facts { requests: vec![Arc::new(request)], marked, ..Facts::default() }
    }

    fn known(is_emergency: bool) -> Observed {
        let member = |group, person, left_at| Membership { group, person, left_at };
        let members = vec![member(ONCALL, ERIN, None), member(LEADS, SAM, None)];
        let emergencies = is_emergency.then(|| "ask-1".to_owned()).into_iter().collect();
        let click = |person: &str| Clicked {
            request_id: "r-0".to_owned(),
            person: person.to_owned(),
            action: ids::REVIEWED.to_owned(),
            at: UnixSeconds(AT),
        };
        let clicks = [DANA, SAM, ERIN].map(click).into();
        let rules = Seen { members, emergencies, ..Seen::default() };
        Observed { rules, clicks, began_at: Some(UnixSeconds(AT)), ..Observed::default() }
    }

    fn broken_by(request: Request, known: &Observed) -> Option<Invariant> {
        hold(&Facts::default(), &facts(request), known).err().map(|violation| violation.invariant)
    }

    const RULE: (&str, &str) = ("approve_by_rule", "rule:auto_approve");
    const GLASS: (&str, &str) = ("approve_by_rule", "rule:break_glass");

    #[test]
    fn a_rule_grants_to_whom_it_names_and_for_its_limit() {
        let named = Some(Invariant::NamedByTheRule);
        assert_eq!(broken_by(request(BY_RULE, DANA, 3_600, &[RULE]), &known(false)), None);
        assert_eq!(broken_by(request(BY_RULE, ERIN, 3_600, &[RULE]), &known(false)), None);
        assert_eq!(broken_by(request(BY_RULE, SAM, 3_600, &[RULE]), &known(false)), named);
        assert_eq!(broken_by(request(BY_RULE, DANA, 3_601, &[RULE]), &known(false)), named);
        assert_eq!(broken_by(request("Deploy", DANA, 60, &[RULE]), &known(false)), named);
        assert_eq!(broken_by(request(BY_RULE, DANA, 60, &[RULE]), &known(true)), named);
        let mut left = known(false);
        left.rules.members[0].left_at = Some(UnixSeconds(AT - 29));
        assert_eq!(broken_by(request(BY_RULE, ERIN, 60, &[RULE]), &left), None);
        left.rules.members[0].left_at = Some(UnixSeconds(AT - 30));
        assert_eq!(broken_by(request(BY_RULE, ERIN, 60, &[RULE]), &left), named);
    }

    #[test]
    fn an_emergency_is_short_and_reviewed_once_by_somebody_else_who_may() {
        let reviewed = |by| request(IN_EMERGENCY, DANA, 1_800, &[GLASS, ("review", by)]);
        assert_eq!(broken_by(request(IN_EMERGENCY, DANA, 1_800, &[GLASS]), &known(true)), None);
        assert_eq!(broken_by(reviewed(SAM), &known(true)), None);
        let wrong = Some(Invariant::ReviewedAfterwards);
        assert_eq!(broken_by(reviewed(DANA), &known(true)), wrong);
        assert_eq!(broken_by(reviewed(OLIVIA), &known(true)), wrong, "without a click");
        assert_eq!(broken_by(reviewed(ERIN), &known(true)), Some(Invariant::EverybodyMayDecide));
        let twice = [GLASS, ("review", SAM), ("review", SAM)];
        assert_eq!(broken_by(request(IN_EMERGENCY, DANA, 60, &twice), &known(true)), wrong);
        // What was granted before, so that only how long it lasts is looked at.
        let long = request(IN_EMERGENCY, DANA, 1_801, &[GLASS]);
        assert_eq!(no_longer_than_an_emergency(&long).unwrap_err().invariant, Invariant::ReviewedAfterwards);
        let mut forgotten = facts(request(IN_EMERGENCY, DANA, 60, &[GLASS]));
        forgotten.marked = Arc::default();
        let broken = hold(&Facts::default(), &forgotten, &known(true)).unwrap_err();
        assert!(broken.what.contains("forgotten"), "{broken}");
    }

    #[test]
    fn a_request_that_was_denied_stays_denied() {
        let with_status = |status: &str, expires_at: Value| {
            let mut record = serde_json::to_value(request("Deploy", DANA, 60, &[])).unwrap();
            record["status"] = status.into();
            record["expires_at"] = expires_at;
            facts(serde_json::from_value(record).unwrap())
        };
        let denied = with_status("DENIED", Value::Null);
        assert!(denied_stays_denied(&Facts::default(), &denied).is_ok());
        for now in [with_status("APPROVED", json!(AT)), with_status("DENIED", json!(AT))] {
            assert_eq!(denied_stays_denied(&denied, &now).unwrap_err().invariant, Invariant::OneDecision);
        }
    }
}
