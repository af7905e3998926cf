//! Extensions: each decided once by whom it may be, and none leaves a grant without an end that will come.

use domain::request::{Extension, ExtensionOutcome};
use domain::{Actor, Request, SlackUserId, Status, UnixSeconds};
use slack::ids;

use super::who::{is_an_approver, may_approve};
use crate::facts::{Facts, due_at};
use crate::observed::Observed;
use crate::people::approvals_required;
use crate::plot::ASKED;
use crate::theme::MAX_EXTENSIONS;
use crate::violation::{Holds, Invariant, broken};

/// While a grant lives, its schedule is due no earlier than its record says that it ends. What its guard denies, and from
/// when, is looked at with the keys.
pub(crate) fn an_end_will_come(facts: &Facts, now: UnixSeconds) -> Holds {
    for request in facts.requests.iter().filter(|request| request.status == Status::Active) {
        let Some(end) = request.taken_away_at().filter(|end| now < *end) else { continue };
        let name = request.aws_name();
        let Some(schedule) = facts.schedules.iter().find(|schedule| schedule.name == name) else { continue };
        if due_at(schedule).is_none_or(|due| due < end) {
            return broken(
                Invariant::EndWillCome,
                format!(
                    "{} lives until {}, and its schedule is due before",
                    request.request_id,
                    end.rfc3339()
                ),
            );
        }
    }
    Ok(())
}

/// What was written of extensions since `before`.
pub(crate) fn decisions(before: &Facts, facts: &Facts, known: &Observed) -> Holds {
    for new in facts.written_since(before).filter(|request| !request.extensions.list.is_empty()) {
        let old = before.request(new.request_id.as_str());
        for extension in &new.extensions.list {
            let was = old.and_then(|old| old.extensions.get(extension.number));
            of_one(new, was, extension, old.is_some_and(|old| is_being_extended(old, extension)), known)?;
        }
        let id = &new.request_id;
        if old.is_some_and(|old| old.extensions.list.len() > new.extensions.list.len()) {
            return broken(Invariant::EndWillCome, format!("an extension of {id} is gone from its record"));
        }
        if new.extensions.granted() > MAX_EXTENSIONS {
            return broken(
                Invariant::EndWillCome,
                format!("{id} was extended more often than its role allows"),
            );
        }
        only_by_an_extension(old, new)?;
    }
    Ok(())
}

fn is_being_extended(request: &Request, extension: &Extension) -> bool {
    request.extensions.extending.is_some_and(|extending| extending.number == extension.number)
}

fn of_one(
    request: &Request,
    was: Option<&Extension>,
    extension: &Extension,
    was_being_extended: bool,
    known: &Observed,
) -> Holds {
    use ExtensionOutcome::{Approved, Denied, Extended, Failed, Lapsed, Open, Void};
    let value = ids::extension_value(&request.request_id, extension.number);
    let from = was.map(|was| was.outcome);
    if from == Some(extension.outcome) {
        return Ok(());
    }
    let may = match (from, extension.outcome) {
        (None, Open | Approved)
        | (Some(Open), Approved | Denied | Lapsed | Void)
        | (Some(Approved), Extended | Failed | Void) => true,
        (Some(Extended), Failed) => was_being_extended,
        _ => false,
    };
    if !may {
        let was = from.map_or_else(|| "not there".to_owned(), |from| format!("{from:?}"));
        let what = format!("the extension {value} was {was} and became {:?}", extension.outcome);
        return broken(Invariant::EndWillCome, what);
    }
    let clicked = |by: &SlackUserId, action: &str, value: &str| {
        known
            .clicks
            .iter()
            .any(|click| click.request_id == value && click.person == by.as_str() && click.action == action)
    };
    let unasked = |by: &SlackUserId, action: &str| {
        broken(Invariant::EndWillCome, format!("no click of {by} is the `{action}` of {value}"))
    };
    match extension.outcome {
        Open => {
            if extension.by != request.ask.requester_slack_id {
                return broken(Invariant::EndWillCome, format!("{} asked for {value}", extension.by));
            }
            if !clicked(&extension.by, ASKED, request.request_id.as_str()) {
                return unasked(&extension.by, ASKED);
            }
        }
        Approved if extension.decided_by.as_ref().and_then(Actor::rule).is_some() => {
            super::rules::extended(request, extension, known)?;
        }
        Approved => {
            if extension.approvals.len() < approvals_required(request.ask.role.as_str()) {
                return broken(Invariant::EndWillCome, format!("{value} was approved by too few"));
            }
            for by in &extension.approvals {
                may_approve(request, by.as_str(), known)?;
                if !clicked(by, ids::APPROVE, &value) {
                    return unasked(by, ids::APPROVE);
                }
            }
            let ends = extension.decided_at.map(|at| at.after(extension.duration));
            if extension.until.is_none() || extension.until != ends {
                let what = format!("{value} does not last from the click that decided");
                return broken(Invariant::LastsFromTheClick, what);
            }
        }
        Denied => {
            let by = extension.decided_by.as_ref().and_then(Actor::person);
            let Some(by) = by.filter(|by| clicked(by, ids::DENY, &value)) else {
                return broken(Invariant::EndWillCome, format!("{value} was denied by no click"));
            };
            is_an_approver(request, by.as_str(), known)?;
        }
        Extended | Lapsed | Void | Failed => {}
    }
    Ok(())
}

/// A live grant's end moves only with an extension that was approved, and back only where that fails.
fn only_by_an_extension(old: Option<&Request>, new: &Request) -> Holds {
    let Some(old) = old.filter(|old| old.access.expires_at != new.access.expires_at) else { return Ok(()) };
    let end = new.access.expires_at;
    let by_one = new.extensions.extending.is_some_and(|extending| {
        Some(extending.from) == old.access.expires_at
            && new.extensions.get(extending.number).is_some_and(|one| one.until == end)
    });
    let back = old.extensions.extending.is_some_and(|extending| Some(extending.from) == end);
    if old.status != Status::Active || by_one || back {
        return Ok(());
    }
    broken(Invariant::EndWillCome, format!("the end of {} moved without an extension", new.request_id))
}

/// Once all is at rest, nothing is half extended.
pub(crate) fn at_rest(facts: &Facts) -> Holds {
    match facts.requests.iter().find(|request| request.extensions.to_carry_out().is_some()) {
        Some(request) => broken(
            Invariant::Progress,
            format!("an extension of {} was approved, and nothing comes of it", request.request_id),
        ),
        None => Ok(()),
    }
}

/// When all time is over, each extension has come to something.
pub(crate) fn at_the_end(facts: &Facts) -> Holds {
    for request in &facts.requests {
        if let Some(open) = request.extensions.list.iter().find(|extension| !extension.outcome.is_final()) {
            let value = ids::extension_value(&request.request_id, open.number);
            return broken(Invariant::Progress, format!("{value} is {:?} for ever", open.outcome));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::{Value, json};
    use testkit::aws::ScheduleView;

    use super::*;

    const END: i64 = 1_800_000_000;

    fn live(extensions: &Value) -> Request {
        serde_json::from_value(json!({
            "request_id": "r-0", "status": "ACTIVE", "version": 3, "project": "payments", "role": "ReadOnly",
            "duration_seconds": 3600, "requester_slack_id": "U0DANA", "created_at": END - 3600, "expires_at": END,
            "extensions": extensions }))
        .unwrap()
    }

    fn facts(request: Request) -> Facts {
        Facts { requests: vec![Arc::new(request)], ..Facts::default() }
    }

    fn extension(outcome: &str) -> Value {
        json!([{ "number": 1, "outcome": outcome, "asked_at": END - 900, "by": "U0DANA", "seconds": 3600,
            "decided_by": "U0OWNER", "decided_at": END - 800 }])
    }

    #[test]
    fn a_schedule_before_the_end_is_no_end_that_will_come() {
        let mut facts = facts(live(&json!([])));
        let schedule = |at: i64| ScheduleView {
            group: "default".to_owned(),
            state: "ENABLED".to_owned(),
            action_after_completion: None,
            name: "keylease-r-0".to_owned(),
            expression: format!("at({})", UnixSeconds(at).rfc3339().trim_end_matches('Z')),
            target_arn: String::new(),
            input: None,
        };
        let (early, in_time) = (schedule(END - 60), schedule(END));
        facts.schedules = Arc::new(vec![in_time]);
        assert!(an_end_will_come(&facts, UnixSeconds(END - 100)).is_ok());
        facts.schedules = Arc::new(vec![early]);
        let broken = an_end_will_come(&facts, UnixSeconds(END - 100)).unwrap_err();
        assert_eq!(broken.invariant, Invariant::EndWillCome);
    }

    #[test]
    fn what_was_denied_stays_denied() {
        let (denied, extended) = (facts(live(&extension("denied"))), facts(live(&extension("approved"))));
        let broken = decisions(&denied, &extended, &Observed::default()).unwrap_err();
        assert!(broken.what.contains("was Denied and became Approved"), "{broken}");
    }

    #[test]
    fn an_end_moves_by_no_extension_that_nobody_approved() {
        let before = facts(live(&extension("open")));
        let mut after = live(&extension("open"));
        after.access.expires_at = Some(UnixSeconds(END + 60));
        let broken = decisions(&before, &facts(after), &Observed::default()).unwrap_err();
        assert!(broken.what.contains("moved without an extension"), "{broken}");
    }
}
