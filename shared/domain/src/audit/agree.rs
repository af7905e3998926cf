//! What a record says must follow from its events: the same status, decision, times and grant.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::fault::{Fault, shown};
use crate::history::Change;
use crate::request::{Grant, Request, is_note};
use crate::status::Status;

/// What the events say about an attribute; one that is not in it may be anything.
type Expected = BTreeMap<&'static str, Value>;

/// Attributes that only an event sets: without one, they are absent.
const SET_BY_EVENTS: [&str; 9] = [
    "approver_slack_id",
    "decided_at",
    "expires_at",
    "grant",
    "ended_at",
    "ended_by",
    "gone_at",
    "deny_reason",
    "asked_duration_seconds",
];

/// Where the record says something else than its events.
pub(super) fn disagreements(request: &Request) -> Vec<Fault> {
    let mut expected: Expected = SET_BY_EVENTS.map(|field| (field, Value::Null)).into();
    expected.insert("approvals", json!([]));
    expected.insert("extensions", json!([]));
    for change in &request.audit.history {
        take_in(&mut expected, change);
    }
    // A newer program may have said more of the grant, in the record and in the event: what is known is compared.
    if let Some(grant) = expected.get_mut("grant")
        && let Ok(known) = serde_json::from_value::<Option<Grant>>(grant.clone())
    {
        *grant = value(&known);
    }
    let said = |(field, record): (&'static str, Value)| {
        let events = expected.get(field).filter(|events| **events != record)?;
        Some(Fault::Disagrees { field, record: text(&record), events: text(events) })
    };
    record(request).into_iter().filter_map(said).collect()
}

/// What the record says.
fn record(request: &Request) -> Vec<(&'static str, Value)> {
    vec![
        ("status", value(&request.status)),
        ("requester_slack_id", value(&request.ask.requester_slack_id)),
        ("created_at", value(&request.ask.created_at)),
        ("project", value(&request.ask.project)),
        ("role", value(&request.ask.role)),
        ("duration_seconds", value(&request.ask.duration.seconds())),
        ("justification", value(&request.ask.justification)),
        ("intake_id", value(&request.ask.idempotency_key)),
        ("approvals", value(&request.decision.approvals)),
        ("approver_slack_id", value(&request.decision.approver_slack_id)),
        ("decided_at", value(&request.decision.decided_at)),
        ("deny_reason", value(&request.decision.deny_reason)),
        ("asked_duration_seconds", value(&request.decision.asked_duration_seconds)),
        ("expires_at", value(&request.access.expires_at)),
        ("extensions", value(&request.extensions.list)),
        ("grant", value(&request.decision.grant)),
        ("principal", value(&request.access.principal)),
        ("access_key_id", value(&request.access.access_key_id)),
        ("requester_email", value(&request.access.requester_email)),
        ("ended_at", value(&request.access.ended_at)),
        ("ended_by", value(&request.access.ended_by)),
        ("gone_at", value(&request.access.gone_at)),
        ("failure", value(&request.access.failure)),
    ]
}

/// What one event makes of it. It goes by where the event led, so that an event of a new name is understood too.
fn take_in(expected: &mut Expected, change: &Change) {
    use Status::{Active, Approved, Denied, Expired, Failed, Lapsed, Pending, Ready, Revoked};

    let (at, by) = (value(&change.at), value(&change.by));
    // What a person does counts from their click, which may have been worked on later.
    let counts_from = change.inputs.get("clicked_at").cloned().unwrap_or_else(|| at.clone());
    expected.insert("status", value(&change.to));
    extended(expected, change);
    if is_note(&change.event) && change.from == Some(change.to) {
        return;
    }
    match (change.from, change.to) {
        (None, Approved) => canary(expected, change, at),
        (None, _) => ask(expected, change),
        (Some(Pending), Pending) => {
            agreed(expected, by, change);
            shortened(expected, change);
        }
        (Some(_), Approved) if change.by.as_ref().is_some_and(|by| by.rule().is_some()) => {
            shortened(expected, change);
            expected.insert("decided_at", at);
            from_inputs(expected, change, &["expires_at", "grant"]);
        }
        (Some(_), Approved) => {
            agreed(expected, by.clone(), change);
            shortened(expected, change);
            expected.insert("approver_slack_id", by);
            expected.insert("decided_at", counts_from);
            from_inputs(expected, change, &["expires_at", "grant"]);
        }
        (Some(_), Denied) => {
            let by_a_person = change.by.as_ref().is_some_and(|by| by.person().is_some());
            expected.insert(if by_a_person { "approver_slack_id" } else { "ended_by" }, by);
            expected.insert("decided_at", counts_from);
            from_inputs(expected, change, &["deny_reason"]);
        }
        (Some(from), Lapsed) => {
            expected.insert("ended_at", at);
            if from == Ready {
                from_inputs(expected, change, &["gone_at"]);
            }
        }
        (Some(Active), Active) => {
            if change.inputs.contains_key("expires_at") {
                from_inputs(expected, change, &["expires_at"]);
            }
        }
        (Some(_), Active) => {
            from_inputs(expected, change, &["principal", "access_key_id"]);
            said(expected, "requester_email", change, change.inputs.get("sent_to"));
        }
        (Some(Expired | Revoked | Failed), Expired | Revoked | Failed) => {
            expected.insert("gone_at", at);
        }
        (Some(_), Failed) => {
            expected.insert("ended_at", at);
            from_inputs(expected, change, &["gone_at"]);
            said(expected, "failure", change, change.inputs.get("why"));
        }
        (Some(_), Expired) => {
            let ended_at = change.inputs.get("taken_away_at").or_else(|| change.inputs.get("expires_at"));
            said(expected, "ended_at", change, ended_at);
        }
        (Some(_), Revoked) => {
            expected.insert("ended_at", counts_from);
            expected.insert("ended_by", by);
        }
        // Nothing leads back to the start, and what waits to be claimed says nothing new; the chain of statuses is looked at
        // elsewhere.
        (Some(_), Pending | Ready) => {}
    }
}

fn ask(expected: &mut Expected, change: &Change) {
    expected.insert("requester_slack_id", value(&change.by));
    expected.insert("created_at", value(&change.at));
    from_inputs(expected, change, &["project", "role", "duration_seconds", "intake_id"]);
    let typed = change.inputs.get("typed").and_then(|typed| typed.get("justification"));
    // A blank reason is none.
    let why = typed.filter(|why| why.as_str().is_some_and(|why| !why.trim().is_empty()));
    said(expected, "justification", change, why);
}

/// A canary begins approved, in the name of the project's owner.
fn canary(expected: &mut Expected, change: &Change, at: Value) {
    expected.insert("created_at", at.clone());
    expected.insert("decided_at", at);
    expected.insert("justification", value(&change.note));
    let fields = ["requester_slack_id", "project", "role", "duration_seconds", "expires_at", "grant"];
    from_inputs(expected, change, &fields);
}

/// What an event says of the extension that it changed.
fn extended(expected: &mut Expected, change: &Change) {
    let Some(Value::Array(known)) = expected.get_mut("extensions") else { return };
    let Some(Value::Object(changed)) = change.inputs.get("extension") else { return };
    match known.iter_mut().find(|one| one.get("number") == changed.get("number")) {
        Some(Value::Object(fields)) => fields.extend(changed.clone()),
        Some(_) | None => known.push(Value::Object(changed.clone())),
    }
}

/// An approver may have granted less than was asked for.
fn shortened(expected: &mut Expected, change: &Change) {
    if change.inputs.contains_key("duration_seconds") {
        from_inputs(expected, change, &["duration_seconds", "asked_duration_seconds"]);
    }
}

/// One more agreed. Approvals that no longer count are taken out, and one person counts once, by whichever id.
fn agreed(expected: &mut Expected, by: Value, change: &Change) {
    let Some(Value::Array(people)) = expected.get_mut("approvals") else { return };
    let void = change.inputs.get("void_approvals").and_then(Value::as_array);
    for one in void.into_iter().flatten() {
        people.retain(|person| Some(person) != one.get("by"));
    }
    let so_far = change.inputs.get("approvals_so_far").and_then(Value::as_array);
    let counts_by_another_id = so_far.is_some_and(|so_far| !so_far.contains(&by) && so_far == people);
    if !people.contains(&by) && !counts_by_another_id {
        people.push(by);
    }
}

fn from_inputs(expected: &mut Expected, change: &Change, fields: &[&'static str]) {
    for field in fields {
        said(expected, field, change, change.inputs.get(*field));
    }
}

/// The event's inputs say this of an attribute. An event from before there were inputs says nothing.
fn said(expected: &mut Expected, field: &'static str, change: &Change, what: Option<&Value>) {
    if change.inputs.is_empty() {
        expected.remove(field);
    } else {
        expected.insert(field, what.cloned().unwrap_or_default());
    }
}

fn value(of: &impl Serialize) -> Value {
    // Ids, numbers, texts and lists of them: each is JSON.
    serde_json::to_value(of).unwrap_or_default()
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => "absent".to_owned(),
        Value::String(text) => format!("`{}`", shown(text)),
        other => shown(&other.to_string()),
    }
}
