//! What Keylease writes itself verifies, and says what each decision was made from.

use proptest::prelude::*;

use super::*;

#[test]
fn the_events_say_what_each_decision_was_made_from() {
    let whole = whole();
    let said: String = whole
        .audit
        .history
        .iter()
        .map(|change| {
            format!("{} {}: {}\n", change.position, change.event, Value::from(change.inputs.clone()))
        })
        .collect();
    insta::assert_snapshot!(said, @r#"
    1 ask: {"approvers":["U0OWNER","U0SECOND"],"duration_seconds":3600,"intake_id":"i-1","project":"payments","role":"Admin","typed":{"duration":"1h","justification":"line one\nline two ✓","project":"Payments ","role":" admin"}}
    2 approve: {"approvals_required":2,"approvals_so_far":["U0OWNER"],"approvers":["U0OWNER","U0SECOND"],"clicked_at":1000010,"duration_seconds":3600,"grant":{"role":{"inline_policy":"{\"Statement\":[]}","kind":"user","policy_arns":["arn:aws:iam::aws:policy/AdministratorAccess"]}},"self_approval_allowed":false}
    3 approve: {"approvals_required":2,"approvals_so_far":["U0OWNER","U0SECOND"],"approvers":["U0OWNER","U0SECOND"],"clicked_at":1000020,"duration_seconds":3600,"expires_at":1003620,"grant":{"role":{"inline_policy":"{\"Statement\":[]}","kind":"user","policy_arns":["arn:aws:iam::aws:policy/AdministratorAccess"]}},"self_approval_allowed":false}
    4 activate: {"access_key_id":"AKIAEXAMPLE","expires_at":1003620,"principal":"keylease-x","sent_to":"dana@example.com"}
    5 revoke: {"approved_by":["U0OWNER","U0SECOND"],"approvers":["U0OWNER","U0SECOND"],"clicked_at":1000040,"ends_as":"requester","expires_at":1003620}
    6 gone: {"expires_at":1003620,"lateness_seconds":-3575}
    "#);
    assert_eq!(verify(&whole), Verified::default());
    for end in [deny(), lapse(), operator_closes(), Event::RequesterLeft] {
        assert_eq!(verify(&after(&asked(), &end, 90_000)), Verified::default());
    }
    let approved = after(&after(&asked(), &approve("U0OWNER"), 10), &approve("U0SECOND"), 20);
    for end in [
        Event::Fail { why: "w".into(), removed: true },
        Event::Expire,
        revoke(),
        undelivered(),
        Event::RequesterLeft,
    ] {
        assert_eq!(verify(&after(&approved, &end, 4_000)), Verified::default(), "{end:?}");
    }
}

proptest! {
    /// However events come, what was written verifies after each, also read back from JSON.
    #[test]
    fn what_is_written_verifies(steps in prop::collection::vec((0_usize..12, 0_i64..3_000, 0_i64..1_200), 1..20)) {
        let mut request = asked();
        let mut now = UnixSeconds(START);
        for (which, seconds, lag) in steps {
            now = now.plus_seconds(seconds);
            let events = [approve("U0OWNER"), approve("U0SECOND"), deny(), lapse(), Event::Activate,
                Event::Fail { why: "w".into(), removed: true }, Event::Expire, revoke(), undelivered(), Event::Gone, operator_closes(),
                Event::RequesterLeft];
            let event = clicked(events[which].clone(), now.plus_seconds(-lag));
            if let Ok(Transition::Change(next)) = decide(&request, &event, now) {
                request = *next;
            }
            let read: Request = serde_json::from_str(&serde_json::to_string(&request).unwrap()).unwrap();
            prop_assert_eq!(verify(&read), Verified::default());
        }
    }
}
