//! What an approver or a denier says besides: less time, and why not.

use super::*;

fn approve_for(by: &str, length: &str, required: u32) -> Event {
    let mut event = approve(by);
    if let Event::Approve { shorter, approvals_required, .. } = &mut event {
        *shorter = GrantDuration::parse(length).ok();
        *approvals_required = required;
    }
    event
}

#[test]
fn an_approver_may_grant_less_and_never_more() {
    for (length, seconds, was) in [("15m", 900, Some(3_600)), ("1h", 3_600, None), ("300d", 3_600, None)] {
        let request = after(&asked(), &approve_for("U0OWNER", length, 1), 10);
        assert_eq!(request.ask.duration.seconds(), seconds);
        assert_eq!(request.access.expires_at, Some(UnixSeconds(START + 10 + i64::from(seconds))));
        assert_eq!(request.decision.asked_duration_seconds, was);
        assert_eq!(faults(&request), "");
    }
}

#[test]
fn of_several_approvals_the_shortest_counts_and_what_was_asked_stays_known() {
    for [first, second] in [["30m", "45m"], ["45m", "30m"], ["300d", "30m"], ["30m", "300d"]] {
        let request = after(&asked(), &approve_for("U0OWNER", first, 2), 10);
        assert_eq!(faults(&request), "");
        let request = after(&request, &approve_for("U0SECOND", second, 2), 20);
        let granted = (request.ask.duration.seconds(), request.decision.asked_duration_seconds);
        assert_eq!(granted, (1_800, Some(3_600)), "{first} {second}");
        assert_eq!(request.access.expires_at, Some(UnixSeconds(START + 20 + 1_800)));
        assert_eq!(request.audit.history.last().unwrap().inputs["duration_seconds"], 1_800);
        assert_eq!(faults(&request), "");
        let longer = tampered(&request, |record| record["duration_seconds"] = json!(3_600));
        assert!(faults(&longer).contains("duration_seconds"));
    }
}

#[test]
fn a_denial_keeps_its_reason() {
    let mut event = deny();
    if let Event::Deny { reason, .. } = &mut event {
        *reason = Some("use the other role".to_owned());
    }
    let request = after(&asked(), &event, 10);
    assert_eq!(request.decision.deny_reason.as_deref(), Some("use the other role"));
    assert_eq!(request.audit.history.last().unwrap().note.as_deref(), Some("use the other role"));
    assert_eq!(faults(&request), "");
    let another = tampered(&request, |record| record["deny_reason"] = json!("no"));
    assert!(faults(&another).contains("deny_reason"));
}
