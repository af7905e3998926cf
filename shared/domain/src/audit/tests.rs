//! Every kind of tampering is found, and what Keylease writes itself never is.

mod chain;
mod record;
mod shorter;
mod writing;

use serde_json::{Value, json};

use super::*;
use crate::authorization::{People, Person};
use crate::delivery::Undelivered;
use crate::end_reason::EndReason;
use crate::job::AccessRequest;
use crate::lifecycle::{Event, Transition, decide};
use crate::project::Project;
use crate::request::Grant;
use crate::validation::{admit, open};
use crate::{DeploymentId, GrantDuration, SlackUserId};

const START: i64 = 1_000_000;

fn person(id: &str) -> SlackUserId {
    SlackUserId::parse(id).unwrap()
}

fn project() -> Project {
    serde_json::from_value(json!({
        "project": "payments", "owner_slack_id": "U0OWNER", "approver_slack_ids": ["U0OWNER", "U0SECOND"],
        "roles": {"Admin": {"kind": "user", "policy_arns": ["arn:aws:iam::aws:policy/AdministratorAccess"],
                            "inline_policy": {"Statement": []}, "max_duration": "8h", "approvals_required": 2}}
    }))
    .unwrap()
}

fn admin() -> crate::RoleName {
    crate::RoleName::parse("Admin").unwrap()
}

fn asked() -> Request {
    let ask = AccessRequest {
        idempotency_key: "i-1".into(),
        received_at: UnixSeconds(START),
        user_id: person("U0DANA"),
        user_name: "dana".into(),
        project: "Payments ".into(),
        role: " admin".into(),
        duration: "1h".into(),
        justification: Some("line one\nline two ✓".into()),
        command: None,
        break_glass: false,
        trigger_id: None,
    };
    let admitted = admit(&ask, &project(), GrantDuration::SHORTEST).unwrap();
    open(&DeploymentId::default(), &ask, &project(), &admitted, 0)
}

fn everybody() -> People {
    let active = |id: &str| Person { ids: vec![person(id)], is_active: true };
    ["U0DANA", "U0EVAN", "U0OWNER", "U0SECOND"].map(active).into_iter().collect()
}

fn approve(by: &str) -> Event {
    let role = &project().roles[&admin()];
    Event::Approve {
        by: person(by),
        at: UnixSeconds(START),
        click_id: None,
        approvers: project().approvers(&admin()).to_vec(),
        approvals_required: role.approvals_required,
        self_approval_allowed: false,
        grant: Grant {
            role: role.kind.clone(),
            account_role_arn: None,
            max_extensions: 0,
            claim_within_seconds: None,
        },
        people: everybody(),
        shorter: None,
    }
}

fn deny() -> Event {
    Event::Deny {
        by: person("U0OWNER"),
        at: UnixSeconds(START),
        approvers: project().approvers(&admin()).to_vec(),
        reason: None,
    }
}

fn lapse() -> Event {
    Event::Lapse { pending_ttl: GrantDuration::from_seconds(86_400).unwrap() }
}

fn undelivered() -> Event {
    Event::Undelivered { why: Undelivered::Bounce }
}

fn revoke() -> Event {
    let approvers = project().approvers(&admin()).to_vec();
    Event::EndEarly {
        by: person("U0DANA").into(),
        at: UnixSeconds(START),
        ends_as: EndReason::Requester,
        approvers,
    }
}

fn operator_closes() -> Event {
    let by = Actor::parse("operator:alice").unwrap();
    Event::EndEarly { by, at: UnixSeconds(START), ends_as: EndReason::Operator, approvers: Vec::new() }
}

fn after(request: &Request, event: &Event, seconds: i64) -> Request {
    let now = UnixSeconds(START + seconds);
    match decide(request, &clicked(event.clone(), now), now) {
        Ok(Transition::Change(next)) => *next,
        other => panic!("{event:?} changes nothing: {other:?}"),
    }
}

/// The same event, of a click at that moment.
fn clicked(mut event: Event, now: UnixSeconds) -> Event {
    if let Event::Approve { at, .. } | Event::Deny { at, .. } | Event::EndEarly { at, .. } = &mut event {
        *at = now;
    }
    event
}

/// Asked, approved by two, active, ended by its requester, gone: six events.
fn whole() -> Request {
    let mut request = after(&asked(), &approve("U0OWNER"), 10);
    request = after(&request, &approve("U0SECOND"), 20);
    request.access.principal = Some("keylease-x".into());
    request.access.access_key_id = Some("AKIAEXAMPLE".into());
    request.access.requester_email = Some("dana@example.com".into());
    request = after(&request, &Event::Activate, 30);
    request = after(&request, &revoke(), 40);
    after(&request, &Event::Gone, 45)
}

/// The record with something done to it, as somebody who may write the table could.
fn tampered(request: &Request, tamper: impl FnOnce(&mut Value)) -> Request {
    let mut record = serde_json::to_value(request).unwrap();
    tamper(&mut record);
    serde_json::from_value(record).unwrap()
}

fn faults(request: &Request) -> String {
    verify(request).faults.iter().map(|fault| format!("{}: {fault}\n", fault.kind())).collect()
}

fn events(record: &mut Value) -> &mut Vec<Value> {
    record["history"].as_array_mut().unwrap()
}

/// Gives every event the place, the link and the hash that it would have had, as a careful forger would.
fn forge_chain(record: &mut Value) {
    let mut request: Request = serde_json::from_value(record.clone()).unwrap();
    let mut previous = None;
    for (index, change) in request.audit.history.tamper().iter_mut().enumerate() {
        (change.position, change.previous) = (place(index), previous);
        previous = Some(digest(&request.request_id, change));
        change.hash.clone_from(&previous);
    }
    request.audit.history_head = previous;
    *record = serde_json::to_value(request).unwrap();
}
