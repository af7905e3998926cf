//! Who counts, and when: everybody whose approval counted may approve when it was decided, and an approval counts from
//! its click, or not at all when it is worked on too late.

use domain::history::Change;
use domain::lifecycle::CLICK_STALE_AFTER_SECONDS;
use domain::{Actor, Request, SlackUserId, Status, UnixSeconds};

use crate::facts::Facts;
use crate::observed::{Clicked, Left, Observed};
use crate::people::APPROVERS;
use crate::violation::{Holds, Invariant, broken};

/// Each approval and denial that was written since `before`.
pub(crate) fn decisions(before: &Facts, facts: &Facts, known: &Observed) -> Holds {
    for new in facts.written_since(before) {
        let seen = before.request(new.request_id.as_str()).map_or(0, |old| old.audit.history.len());
        for change in new.audit.history.iter().skip(seen) {
            if change.event == "deny" {
                person(change).map_or(Ok(()), |by| is_an_approver(new, by, known))?;
            }
            if change.event != "approve" {
                continue;
            }
            let clicked_at = acted_on_in_time(new, change, known)?;
            if change.to == Status::Approved {
                lasts_from_the_click(new, clicked_at)?;
                for by in &new.decision.approvals {
                    may_approve(new, by.as_str(), known)?;
                }
            } else if let Some(by) = person(change) {
                may_approve(new, by, known)?;
            }
        }
    }
    Ok(())
}

/// Listed, active and not the requester.
pub(super) fn may_approve(request: &Request, by: &str, known: &Observed) -> Holds {
    if by == request.ask.requester_slack_id.as_str() {
        return not_allowed(request, by, "it is their own request");
    }
    is_an_approver(request, by, known)
}

/// Listed and active, as far as the worker that decided could know: whoever leaves while it is at work may still count.
pub(super) fn is_an_approver(request: &Request, by: &str, known: &Observed) -> Holds {
    let no = |why: &str| not_allowed(request, by, why);
    let gone =
        |left: &[Left]| left.iter().any(|left| left.person == by && left.before_worker <= known.at_work);
    if known.rules.is_played() && !known.rules.decides(request, by, known.began_at) {
        return no("neither the owner nor in a user group that decides");
    }
    let was_listed = APPROVERS.contains(&by) || known.joined.iter().any(|joined| joined == by);
    if !was_listed {
        return no("never on the list of approvers");
    }
    if gone(&known.left_the_list) {
        return no("left the list of approvers before");
    }
    if gone(&known.left_slack) {
        return no("left Slack before");
    }
    Ok(())
}

fn not_allowed(request: &Request, by: &str, why: &str) -> Holds {
    broken(
        Invariant::EverybodyMayDecide,
        format!("what {by} decided of {} counts: {why}", request.request_id),
    )
}

/// Gives the moment of the click that was acted on.
fn acted_on_in_time(
    request: &Request,
    change: &Change,
    known: &Observed,
) -> Result<UnixSeconds, crate::violation::Violation> {
    let id = request.request_id.as_str();
    let by = person(change).unwrap_or_default();
    let late = |what: String| crate::violation::Violation { invariant: Invariant::ActedOnInTime, what };
    let said = change.inputs.get("clicked_at").and_then(serde_json::Value::as_i64).map(UnixSeconds);
    let is_it = |click: &&Clicked| {
        click.request_id == id && click.person == by && click.action == "approve" && Some(click.at) == said
    };
    let click = known.clicks.iter().find(is_it);
    let clicked_at = click
        .map(|click| click.at)
        .ok_or_else(|| late(format!("no click is that of the approval of {id} by {by}")))?;
    // By the worker's clock when it decided, which is not before the worker began.
    let age = known.began_at.map_or(change.at, |began| change.at.max(began)).seconds_since(clicked_at);
    if age > CLICK_STALE_AFTER_SECONDS {
        return Err(late(format!("the approval of {id} by {by} is acted on {age} s after its click")));
    }
    Ok(clicked_at)
}

/// Access lasts from the click that decided.
fn lasts_from_the_click(request: &Request, clicked_at: UnixSeconds) -> Holds {
    let ends = clicked_at.after(request.ask.duration);
    if request.access.expires_at == Some(ends) {
        return Ok(());
    }
    let ends_at = request.access.expires_at.map(UnixSeconds::rfc3339).unwrap_or_default();
    broken(
        Invariant::LastsFromTheClick,
        format!(
            "{} ends at {ends_at}, and its time from the click is over at {}",
            request.request_id,
            ends.rfc3339()
        ),
    )
}

fn person(change: &Change) -> Option<&str> {
    change.by.as_ref().and_then(Actor::person).map(SlackUserId::as_str)
}
