//! Records that say something else than their events, and records from before the chain.

use super::*;

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
        ("deny_reason", json!("because")),
        ("asked_duration_seconds", json!(7_200)),
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
        &Event::Fail { why: "no address".into(), removed: true },
        30,
    );
    let request = tampered(&failed, |record| record["failure"] = json!("\u{1b}[2Jall is well"));
    insta::assert_snapshot!(faults(&request), @r"disagrees: the record's `failure` is `\u{1b}[2Jall is well`, and by its events it would be `no address`");
    let decided = tampered(&asked(), |record| record["gone_at"] = json!(5));
    insta::assert_snapshot!(faults(&decided), @"disagrees: the record's `gone_at` is 5, and by its events it would be absent");
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
    assert_eq!(next.audit.history[5].position, 6);
    let edited = tampered(&next, |record| events(record)[1]["note"] = json!("edited later"));
    insta::assert_snapshot!(faults(&edited), @"unlinked: event 6 (gone) was chained to another event than the one before it: that one was replaced");
    let status = tampered(&old, |record| record["status"] = json!("ACTIVE"));
    insta::assert_snapshot!(faults(&status), @"disagrees: the record's `status` is `ACTIVE`, and by its events it would be `REVOKED`");
}

fn whole_until_active() -> Request {
    let approved = after(&after(&asked(), &approve("U0OWNER"), 10), &approve("U0SECOND"), 20);
    after(&approved, &Event::Activate, 30)
}
