//! What a rule of the catalogue grants: to whom it names, for as long as it may, while the request is young.

use super::event::Event;
use super::transition::{Illegal, Transition, change, is_stale, shorten};
use crate::job::Job;
use crate::reminders::REVIEW_REMINDED_EVERY_SECONDS;
use crate::request::Request;
use crate::rule::{RuleName, RulePassedOver, RuleRefused};
use crate::status::Status;
use crate::time::UnixSeconds;

/// Any other event is not for here.
pub(super) fn approve(request: &Request, event: &Event, now: UnixSeconds) -> Result<Transition, Illegal> {
    let Event::ApproveByRule { name, rule, grant, people } = event else {
        return Err(Illegal::Status { status: request.status, event: event.name() });
    };
    let refused = |why| Err(Illegal::NotByRule(why));
    let requester = &request.ask.requester_slack_id;
    if !people.is_listed(&rule.named, requester) {
        return refused(RuleRefused::NotNamed);
    }
    if people.is_active(requester) != Some(true) {
        return refused(RuleRefused::NotActive);
    }
    let limit = rule.max_duration;
    match name {
        RuleName::AutoApprove if request.ask.duration > limit => {
            return refused(RuleRefused::PassedOver(RulePassedOver::TooLong { limit }));
        }
        // In an emergency, less at once serves better than a question.
        RuleName::AutoApprove | RuleName::BreakGlass => {}
    }
    if is_stale(request.ask.created_at, now) {
        return refused(RuleRefused::PassedOver(RulePassedOver::Late));
    }
    let duration = request.ask.duration.min(limit);
    Ok(change(request, event, now, Status::Approved, |next| {
        shorten(next, duration);
        next.decision.decided_at = Some(now);
        next.slack.remind_at = match name {
            RuleName::AutoApprove => None,
            RuleName::BreakGlass => Some(now.plus_seconds(REVIEW_REMINDED_EVERY_SECONDS)),
        };
        next.decision.grant = Some(grant.clone());
        next.set_end(now.after(duration));
        next.work.outbox.push(Job::Provision { request_id: request.request_id.clone() });
    }))
}
