//! What the record says, in plain words.

use domain::canary::canary_by;
use domain::history::Change;
use domain::request::{Audience, Posted};
use domain::text::{length, one_line};
use domain::{Actor, Request, Status, UnixSeconds};

use crate::commands::grants::list::person;
use crate::moment;

pub(super) fn title(request: &Request) -> String {
    format!("Request {}: {}", request.request_id, request.status)
}

/// Who asked for what, what became of it, and until when.
pub(super) fn lines(request: &Request, now: UnixSeconds) -> Vec<String> {
    let asked = format!(
        "{} asked for {} on {} for {}",
        person(&request.ask.requester_name, &request.ask.requester_slack_id),
        request.ask.role,
        request.ask.project,
        request.ask.duration
    );
    let told = [
        ("what", Some(asked)),
        ("why", request.ask.justification.as_deref().map(on_one_line)),
        ("asked", Some(moment::second(request.ask.created_at))),
        ("approvals", approvals(request)),
        ("decided", request.decision.decided_at.map(|at| decided(request, at))),
        ("access", request.access.expires_at.map(|end| access(request, end, now))),
        ("credential", request.access.principal.as_ref().map(|principal| credential(request, principal))),
        ("failure", request.access.failure.as_deref().map(on_one_line)),
        ("unsent", unsent(request)),
    ];
    told.into_iter().filter_map(|(name, text)| Some(format!("{name:<11} {}", text?))).collect()
}

fn approvals(request: &Request) -> Option<String> {
    let waits = request.status == Status::Pending && !request.decision.approvals.is_empty();
    let people: Vec<&str> = request.decision.approvals.iter().map(domain::SlackUserId::as_str).collect();
    waits.then(|| format!("so far by {}", people.join(", ")))
}

fn decided(request: &Request, at: UnixSeconds) -> String {
    if let Some(rule) = request.granted_by_rule() {
        return format!("{} by {}", moment::second(at), Actor::Rule(rule));
    }
    let by: Vec<&str> = match (request.decision.approvals.as_slice(), canary_by(request)) {
        (_, Some(operator)) => vec![operator.as_str()],
        // Whoever had agreed before did not deny it.
        _ if request.status == Status::Denied => {
            let closed_by = request.access.ended_by.as_ref().map(ToString::to_string);
            let by = request.decision.approver_slack_id.as_ref().map(ToString::to_string).or(closed_by);
            return format!("{} by {}", moment::second(at), by.unwrap_or_else(|| "somebody".to_owned()));
        }
        ([], None) => request.decision.approver_slack_id.iter().map(domain::SlackUserId::as_str).collect(),
        (some, None) => some.iter().map(domain::SlackUserId::as_str).collect(),
    };
    if by.is_empty() { moment::second(at) } else { format!("{} by {}", moment::second(at), by.join(", ")) }
}

fn access(request: &Request, end: UnixSeconds, now: UnixSeconds) -> String {
    let planned = moment::second(end);
    let rest = end.seconds_since(now);
    let gone = match request.access.gone_at {
        Some(at) => format!("all of it gone {}", moment::second(at)),
        None => "not known to be gone yet".to_owned(),
    };
    match request.access.ended_at.filter(|_| request.status.is_over_after_grant()) {
        Some(ended) => {
            format!("ended {}; it was to last until {planned}; {gone}", moment::second(ended))
        }
        None if rest > 0 => format!("until {planned}, {} from now", length(rest)),
        None => format!("until {planned}, {} ago: its end is late", length(-rest)),
    }
}

fn credential(request: &Request, principal: &str) -> String {
    let key = request.access.access_key_id.as_ref().map(|id| format!(", key {id}")).unwrap_or_default();
    let sent = request.access.requester_email.as_ref().map(|to| format!(", for {to}")).unwrap_or_default();
    format!("{principal}{key}{sent}")
}

fn unsent(request: &Request) -> Option<String> {
    let jobs: Vec<&str> = request.work.outbox.iter().map(domain::Job::name).collect();
    (!jobs.is_empty()).then(|| format!("{} (jobs that the next sweep sends)", jobs.join(", ")))
}

/// Every change: when, what, who.
pub(super) fn history(request: &Request) -> Vec<String> {
    let event_chars = request.audit.history.iter().map(|change| change.event.len()).max().unwrap_or(0);
    request.audit.history.iter().map(|change| changed(change, event_chars)).collect()
}

fn changed(change: &Change, event_chars: usize) -> String {
    let by = change.by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
    let note = change.note.as_deref().map(|note| format!(": {}", on_one_line(note))).unwrap_or_default();
    format!("{}  {:<event_chars$}  {}{by}{note}", moment::second(change.at), change.event, change.to)
}

/// The messages that are kept up to date.
pub(super) fn messages(request: &Request) -> Vec<String> {
    request.slack.messages.iter().map(message).collect()
}

fn message(posted: &Posted) -> String {
    let audience = match &posted.audience {
        Audience::Channel => "the approvers' channel".to_owned(),
        Audience::Approver(id) => format!("the approver {id}"),
        Audience::Requester => "the requester".to_owned(),
    };
    let shows = match posted.shows {
        Some(shown) if shown.gone => format!("{}, all gone", shown.status),
        Some(shown) => shown.status.to_string(),
        None => "not known what".to_owned(),
    };
    format!("{} {} for {audience}, shows {shows}", posted.message.channel, posted.message.ts)
}

/// People may type control characters, which would reach the terminal.
fn on_one_line(typed: &str) -> String {
    one_line(&typed.replace(char::is_control, " "))
}
