//! Events that were edited, removed, moved, added or forged.

use super::*;

#[test]
fn an_edited_event_is_found() {
    let request = tampered(&whole(), |record| events(record)[2]["by"] = json!("U0EVE"));
    insta::assert_snapshot!(faults(&request), @r#"
    edited: event 3 (approve) was edited: its hash is not the hash of what it says
    disagrees: the record's `approvals` is ["U0OWNER","U0SECOND"], and by its events it would be ["U0OWNER","U0EVE"]
    disagrees: the record's `approver_slack_id` is `U0SECOND`, and by its events it would be `U0EVE`
    "#);
    let retyped =
        tampered(&whole(), |record| events(record)[0]["inputs"]["typed"]["justification"] = json!("x"));
    insta::assert_snapshot!(faults(&retyped), @r"
    edited: event 1 (ask) was edited: its hash is not the hash of what it says
    disagrees: the record's `justification` is `line one\nline two ✓`, and by its events it would be `x`
    ");
    // With a hash that fits, it is the next event that does not.
    let sealed = tampered(&whole(), |record| {
        events(record)[1]["note"] = json!("forged");
        let edited: Change = serde_json::from_value(events(record)[1].clone()).unwrap();
        events(record)[1]["hash"] = json!(digest(&whole().request_id, &edited));
    });
    insta::assert_snapshot!(faults(&sealed), @"unlinked: event 3 (approve) was chained to another event than the one before it: that one was replaced");
}

#[test]
fn a_removed_event_is_found_wherever_it_stood() {
    let middle = tampered(&whole(), |record| drop(events(record).remove(1)));
    insta::assert_snapshot!(faults(&middle), @r#"
    out_of_order: event 2 (approve) was written as event 3: events were removed, added or put in another order
    disagrees: the record's `approvals` is ["U0OWNER","U0SECOND"], and by its events it would be ["U0SECOND"]
    "#);
    let first = tampered(&whole(), |record| drop(events(record).remove(0)));
    insta::assert_snapshot!(faults(&first), @"out_of_order: event 1 (approve) was written as event 2: events were removed, added or put in another order");
    let last = tampered(&whole(), |record| drop(events(record).pop()));
    insta::assert_snapshot!(faults(&last), @r"
    cut_off: the last event that is there is not the last that was written: events were cut off, or added
    disagrees: the record's `gone_at` is 1000045, and by its events it would be absent
    ");
    let all = tampered(&whole(), |record| events(record).clear());
    insta::assert_snapshot!(faults(&all), @"no_events: the record has no events: they were removed");
}

#[test]
fn events_in_another_order_or_twice_or_added_are_found() {
    let swapped = tampered(&whole(), |record| events(record).swap(1, 2));
    insta::assert_snapshot!(faults(&swapped), @r#"
    out_of_order: event 2 (approve) was written as event 3: events were removed, added or put in another order
    out_of_order: event 3 (approve) was written as event 2: events were removed, added or put in another order
    unlinked: event 4 (activate) was chained to another event than the one before it: that one was replaced
    disagrees: the record's `approvals` is ["U0OWNER","U0SECOND"], and by its events it would be ["U0SECOND","U0OWNER"]
    "#);
    let twice = tampered(&whole(), |record| {
        let last = events(record)[5].clone();
        events(record).push(last);
    });
    insta::assert_snapshot!(faults(&twice), @"out_of_order: event 7 (gone) was written as event 6: events were removed, added or put in another order");
    let unchained = tampered(&whole(), |record| {
        events(record).push(json!({"at": 1_000_050, "event": "gone", "from": "REVOKED", "to": "REVOKED"}));
    });
    insta::assert_snapshot!(faults(&unchained), @r"
    unchained: event 7 (gone) has no hash, and an event before it has one: it was not written by Keylease
    cut_off: the last event that is there is not the last that was written: events were cut off, or added
    disagrees: the record's `gone_at` is 1000045, and by its events it would be 1000050
    ");
}

#[test]
fn a_tail_cut_off_with_the_head_mended_still_disagrees_with_the_record() {
    let cut = tampered(&whole(), |record| {
        events(record).truncate(4);
        record["history_head"] = events(record)[3]["hash"].clone();
    });
    insta::assert_snapshot!(faults(&cut), @r"
    disagrees: the record's `status` is `REVOKED`, and by its events it would be `ACTIVE`
    disagrees: the record's `ended_at` is 1000040, and by its events it would be absent
    disagrees: the record's `ended_by` is `U0DANA`, and by its events it would be absent
    disagrees: the record's `gone_at` is 1000045, and by its events it would be absent
    ");
}

#[test]
fn a_chain_that_is_forged_whole_must_still_make_sense() {
    // The ask is taken out, and everything is hashed anew.
    let forged = tampered(&whole(), |record| {
        events(record).remove(0);
        forge_chain(record);
    });
    insta::assert_snapshot!(faults(&forged), @"unfounded: event 1 (approve) starts from PENDING, and the event before it led to nothing");
    let by_eve = tampered(&whole(), |record| {
        events(record)[2]["by"] = json!("U0EVE");
        forge_chain(record);
    });
    insta::assert_snapshot!(faults(&by_eve), @r#"
    disagrees: the record's `approvals` is ["U0OWNER","U0SECOND"], and by its events it would be ["U0OWNER","U0EVE"]
    disagrees: the record's `approver_slack_id` is `U0SECOND`, and by its events it would be `U0EVE`
    "#);
}

#[test]
fn an_event_of_another_request_does_not_fit() {
    let request = tampered(&whole(), |record| record["request_id"] = json!("another-0"));
    assert_eq!(verify(&request).faults.len(), 6, "each of its six events: {}", faults(&request));
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

/// Every single value of every event: none can be changed unnoticed.
#[test]
fn no_value_of_an_event_can_be_changed() {
    let whole = whole();
    let mut changed = 0;
    for index in 0..whole.audit.history.len() {
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
