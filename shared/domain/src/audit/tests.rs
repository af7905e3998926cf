//! Every kind of tampering is found, and what Keylease writes itself never is.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::ending::EndsAs;
use crate::intake::{admit, open};
use crate::job::Ask;
use crate::lifecycle::{Event, Step, decide};
use crate::project::Project;
use crate::request::Grant;
use crate::{GrantDuration, SlackUserId};

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

fn asked() -> Request {
    let ask = Ask {
        intake_id: "i-1".into(),
        received_at: UnixSeconds(START),
        user_id: person("U0DANA"),
        user_name: "dana".into(),
        project: "Payments ".into(),
        role: " admin".into(),
        duration: "1h".into(),
        justification: Some("line one\nline two ✓".into()),
    };
    let admitted = admit(&ask, &project(), GrantDuration::SHORTEST).unwrap();
    open(&ask, &project(), &admitted, 0)
}

fn approve(by: &str) -> Event {
    let role = &project().roles[&crate::RoleName::parse("Admin").unwrap()];
    Event::Approve {
        by: person(by),
        approvers: project().approvers().to_vec(),
        approvals_required: role.approvals_required,
        self_approval_allowed: false,
        grant: Grant { role: role.kind.clone(), account_role_arn: None },
    }
}

fn deny() -> Event {
    Event::Deny { by: person("U0OWNER"), approvers: project().approvers().to_vec() }
}

fn lapse() -> Event {
    Event::Lapse { pending_ttl: GrantDuration::from_seconds(86_400).unwrap() }
}

fn revoke() -> Event {
    let approvers = project().approvers().to_vec();
    Event::Revoke { by: person("U0DANA").into(), ends_as: EndsAs::Requester, approvers }
}

fn after(request: &Request, event: &Event, seconds: i64) -> Request {
    match decide(request, event, UnixSeconds(START + seconds)) {
        Ok(Step::Change(next)) => *next,
        other => panic!("{event:?} changes nothing: {other:?}"),
    }
}

/// Asked, approved by two, active, ended by its requester, gone: six events.
fn whole() -> Request {
    let mut request = after(&asked(), &approve("U0OWNER"), 10);
    request = after(&request, &approve("U0SECOND"), 20);
    request.principal = Some("keylease-x".into());
    request.access_key_id = Some("AKIAEXAMPLE".into());
    request.requester_email = Some("dana@example.com".into());
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
    for (index, change) in request.history.0.iter_mut().enumerate() {
        (change.position, change.previous) = (place(index), previous);
        previous = Some(digest(&request.request_id, change));
        change.hash.clone_from(&previous);
    }
    request.history_head = previous;
    *record = serde_json::to_value(request).unwrap();
}

#[test]
fn the_events_say_what_each_decision_was_made_from() {
    let whole = whole();
    let said: String = whole
        .history
        .iter()
        .map(|change| {
            format!("{} {}: {}\n", change.position, change.event, Value::from(change.inputs.clone()))
        })
        .collect();
    insta::assert_snapshot!(said);
    assert_eq!(verify(&whole), Verified::default());
    for end in [deny(), lapse()] {
        assert_eq!(verify(&after(&asked(), &end, 90_000)), Verified::default());
    }
    let approved = after(&after(&asked(), &approve("U0OWNER"), 10), &approve("U0SECOND"), 20);
    for end in [Event::Fail { why: "w".into() }, Event::Expire, revoke()] {
        assert_eq!(verify(&after(&approved, &end, 4_000)), Verified::default(), "{end:?}");
    }
}

#[test]
fn an_edited_event_is_found() {
    let request = tampered(&whole(), |record| events(record)[2]["by"] = json!("U0EVE"));
    insta::assert_snapshot!(faults(&request));
    let retyped =
        tampered(&whole(), |record| events(record)[0]["inputs"]["typed"]["justification"] = json!("x"));
    insta::assert_snapshot!(faults(&retyped));
    // With a hash that fits, it is the next event that does not.
    let sealed = tampered(&whole(), |record| {
        events(record)[1]["note"] = json!("forged");
        let edited: Change = serde_json::from_value(events(record)[1].clone()).unwrap();
        events(record)[1]["hash"] = json!(digest(&whole().request_id, &edited));
    });
    insta::assert_snapshot!(faults(&sealed));
}

#[test]
fn a_removed_event_is_found_wherever_it_stood() {
    let middle = tampered(&whole(), |record| drop(events(record).remove(1)));
    insta::assert_snapshot!(faults(&middle));
    let first = tampered(&whole(), |record| drop(events(record).remove(0)));
    insta::assert_snapshot!(faults(&first));
    let last = tampered(&whole(), |record| drop(events(record).pop()));
    insta::assert_snapshot!(faults(&last));
    let all = tampered(&whole(), |record| events(record).clear());
    insta::assert_snapshot!(faults(&all));
}

#[test]
fn events_in_another_order_or_twice_or_added_are_found() {
    let swapped = tampered(&whole(), |record| events(record).swap(1, 2));
    insta::assert_snapshot!(faults(&swapped));
    let twice = tampered(&whole(), |record| {
        let last = events(record)[5].clone();
        events(record).push(last);
    });
    insta::assert_snapshot!(faults(&twice));
    let unchained = tampered(&whole(), |record| {
        events(record).push(json!({"at": 1_000_050, "event": "gone", "from": "REVOKED", "to": "REVOKED"}));
    });
    insta::assert_snapshot!(faults(&unchained));
}

#[test]
fn a_tail_cut_off_with_the_head_mended_still_disagrees_with_the_record() {
    let cut = tampered(&whole(), |record| {
        events(record).truncate(4);
        record["history_head"] = events(record)[3]["hash"].clone();
    });
    insta::assert_snapshot!(faults(&cut));
}

#[test]
fn a_chain_that_is_forged_whole_must_still_make_sense() {
    // One of the two approvals is taken out, and everything is hashed anew.
    let forged = tampered(&whole(), |record| {
        events(record).remove(0);
        forge_chain(record);
    });
    insta::assert_snapshot!(faults(&forged));
    let by_eve = tampered(&whole(), |record| {
        events(record)[2]["by"] = json!("U0EVE");
        forge_chain(record);
    });
    insta::assert_snapshot!(faults(&by_eve));
}

#[test]
fn a_record_that_is_changed_without_an_event_is_found() {
    let changes = [
        ("status", json!("ACTIVE")),
        ("requester_slack_id", json!("U0EVE")),
        ("created_at", json!(1)),
        ("project", json!("billing")),
        ("role", json!("ReadOnly")),
        ("duration_seconds", json!(7_200)),
        ("justification", json!("because")),
        ("intake_id", json!("i-2")),
        ("approvals", json!(["U0OWNER"])),
        ("approver_slack_id", json!("U0EVE")),
        ("decided_at", json!(1)),
        ("expires_at", json!(2_000_000_000)),
        ("grant", json!({"role": {"kind": "user", "policy_arns": []}})),
        ("principal", json!("root")),
        ("access_key_id", Value::Null),
        ("requester_email", json!("eve@example.com")),
        ("ended_at", Value::Null),
        ("ended_by", json!("U0EVE")),
        ("gone_at", Value::Null),
    ];
    for (field, value) in changes {
        let request = tampered(&whole(), |record| record[field] = value);
        match verify(&request).faults.as_slice() {
            [Fault::Disagrees { field: found, .. }] => assert_eq!(*found, field),
            other => panic!("{field}: {other:?}"),
        }
    }
    let failed = after(
        &after(&after(&asked(), &approve("U0OWNER"), 10), &approve("U0SECOND"), 20),
        &Event::Fail { why: "no address".into() },
        30,
    );
    let request = tampered(&failed, |record| record["failure"] = json!("\u{1b}[2Jall is well"));
    insta::assert_snapshot!(faults(&request));
    let decided = tampered(&asked(), |record| record["gone_at"] = json!(5));
    insta::assert_snapshot!(faults(&decided));
}

#[test]
fn an_event_of_another_request_does_not_fit() {
    let request = tampered(&whole(), |record| record["request_id"] = json!("another-0"));
    assert_eq!(verify(&request).faults.len(), 6, "each of its six events: {}", faults(&request));
}

/// Records from before the chain: their events have no hash, place or inputs.
fn from_before(request: &Request) -> Request {
    tampered(request, |record| {
        for event in events(record) {
            for field in ["inputs", "position", "previous", "hash"] {
                event.as_object_mut().unwrap().remove(field);
            }
        }
        record.as_object_mut().unwrap().remove("history_head");
    })
}

#[test]
fn a_record_from_before_the_chain_is_readable_and_sealed_by_its_next_event() {
    let old = from_before(&after(&whole_until_active(), &revoke(), 40));
    assert_eq!(verify(&old), Verified { faults: Vec::new(), before_the_chain: 5 });
    let next = after(&old, &Event::Gone, 45);
    assert_eq!(verify(&next), Verified { faults: Vec::new(), before_the_chain: 5 });
    assert_eq!(next.history[5].position, 6);
    let edited = tampered(&next, |record| events(record)[1]["note"] = json!("edited later"));
    insta::assert_snapshot!(faults(&edited));
    let status = tampered(&old, |record| record["status"] = json!("ACTIVE"));
    insta::assert_snapshot!(faults(&status));
}

fn whole_until_active() -> Request {
    let approved = after(&after(&asked(), &approve("U0OWNER"), 10), &approve("U0SECOND"), 20);
    after(&approved, &Event::Activate, 30)
}

/// Puts something else in the place of the `nth` scalar within this value; false when there are not so many.
fn change_scalar(value: &mut Value, nth: &mut usize) -> bool {
    match value {
        Value::Object(fields) => fields.values_mut().any(|value| change_scalar(value, nth)),
        Value::Array(items) => items.iter_mut().any(|item| change_scalar(item, nth)),
        _ if *nth > 0 => {
            *nth -= 1;
            false
        }
        Value::Number(number) => {
            *value = json!(number.as_i64().unwrap() + 1);
            true
        }
        Value::String(text) => {
            // A status must stay one, so that the record is readable.
            *value = json!(if text.as_str() == "PENDING" {
                "ACTIVE"
            } else if text.chars().all(|c| c.is_ascii_uppercase()) {
                "PENDING"
            } else {
                "other"
            });
            true
        }
        other => {
            *other = json!("other");
            true
        }
    }
}

proptest! {
    /// However events come, what was written verifies after each, also read back from JSON.
    #[test]
    fn what_is_written_verifies(steps in prop::collection::vec((0_usize..9, 0_i64..3_000), 1..20)) {
        let mut request = asked();
        let mut now = UnixSeconds(START);
        for (which, seconds) in steps {
            now = now.plus_seconds(seconds);
            let events = [approve("U0OWNER"), approve("U0SECOND"), deny(), lapse(), Event::Activate,
                Event::Fail { why: "w".into() }, Event::Expire, revoke(), Event::Gone];
            if let Ok(Step::Change(next)) = decide(&request, &events[which], now) {
                request = *next;
            }
            let read: Request = serde_json::from_str(&serde_json::to_string(&request).unwrap()).unwrap();
            prop_assert_eq!(verify(&read), Verified::default());
        }
    }
}

/// Every single value of every event: none can be changed unnoticed.
#[test]
fn no_value_of_an_event_can_be_changed() {
    let whole = whole();
    let mut changed = 0;
    for index in 0..whole.history.len() {
        for nth in 0_usize.. {
            let mut record = serde_json::to_value(&whole).unwrap();
            if !change_scalar(&mut events(&mut record)[index], &mut nth.clone()) {
                break;
            }
            let request: Request = serde_json::from_value(record).unwrap();
            let found = verify(&request).faults;
            assert!(!found.is_empty(), "value {nth} of event {index}");
            changed += 1;
        }
    }
    assert!(changed > 80, "only {changed}");
}
