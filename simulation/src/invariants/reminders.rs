//! Reminders: people are reminded of what waits for them, others are asked for it, and of what was decided neither.

use domain::Status;
use serde_json::Value;

use crate::call::Call;
use crate::facts::Facts;
use crate::observed::Observed;
use crate::rulebook::{ESCALATES_AFTER_SECONDS, waits};
use crate::violation::{Holds, Invariant, broken};

/// What only reminders say.
const SAID: [&str; 2] = ["still waits for a decision", "nobody has reviewed that yet"];

/// A reminder or an escalation that was written since `before` is of something that still waited.
pub(crate) fn none_is_late(before: &Facts, facts: &Facts) -> Holds {
    for new in facts.written_since(before) {
        let Some(old) = before.request(new.request_id.as_str()) else { continue };
        let id = &new.request_id;
        if new.slack.reminders > old.slack.reminders && !(waits(old) && waits(new)) {
            let what = format!("people are reminded of {id}, which is {}", new.status);
            return broken(Invariant::NoLateReminder, what);
        }
        for change in new.audit.history.iter().skip(old.audit.history.len()) {
            let since = change.at.seconds_since(new.ask.created_at);
            let may =
                old.status == Status::Pending && !old.is_escalated() && since >= ESCALATES_AFTER_SECONDS;
            if change.event == "escalate" && !may {
                let what = format!("others are asked for {id} after {since} s, which was {}", old.status);
                return broken(Invariant::NoLateReminder, what);
            }
        }
    }
    Ok(())
}

/// No worker that began after the decision was written says that something still waits.
pub(crate) fn none_is_sent_late(call: &Call, worker: u32, facts: &Facts, known: &Observed) -> Holds {
    if !known.rules.is_played() || call.operation != "chat.postMessage" {
        return Ok(());
    }
    let body = call.json();
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let (channel, thread) = (text("channel"), text("thread_ts"));
    if thread.is_empty() || !SAID.iter().any(|said| text("text").contains(said)) {
        return Ok(());
    }
    for request in &facts.requests {
        let is_about = request
            .slack
            .messages
            .iter()
            .any(|posted| posted.message.ts == thread && posted.message.channel.as_str() == channel);
        let settled = known.rules.waits_no_more.get(request.request_id.as_str());
        if is_about && settled.is_some_and(|first| *first <= worker) {
            let what =
                format!("w{worker} reminds people of {}, which is {}", request.request_id, request.status);
            return broken(Invariant::NoLateReminder, what);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::Request;
    use serde_json::json;

    use super::*;
    use crate::rulebook::{LEADS, Membership, Seen};

    const AT: i64 = 1_800_000_000;

    fn request(status: &str, reminders: u32, escalated_after: Option<i64>) -> Facts {
        let mut history = vec![json!({ "at": AT, "event": "ask", "to": "PENDING" })];
        history.extend(escalated_after.map(
            |after| json!({ "at": AT + after, "event": "escalate", "from": "PENDING", "to": "PENDING" }),
        ));
        let request: Request = serde_json::from_value(json!({
            "request_id": "r-0", "status": status, "version": 2, "project": "payments", "role": "Deploy",
            "duration_seconds": 900, "requester_slack_id": "U0DANA", "created_at": AT, "history": history,
            "reminders": reminders,
            "messages": [{ "message": { "channel": "C0APPROVALS", "ts": "1.2" }, "audience": "channel" }] }))
        .unwrap();
        Facts { requests: vec![Arc::new(request)], ..Facts::default() }
    }

    #[test]
    fn nobody_is_reminded_of_what_was_decided() {
        let open = request("PENDING", 0, None);
        assert!(none_is_late(&open, &request("PENDING", 1, None)).is_ok());
        let late = none_is_late(&request("DENIED", 0, None), &request("DENIED", 1, None)).unwrap_err();
        assert_eq!(late.invariant, Invariant::NoLateReminder);
    }

    #[test]
    fn others_are_asked_once_in_time_and_of_what_waits() {
        let (open, in_time) = (request("PENDING", 0, None), Some(ESCALATES_AFTER_SECONDS));
        assert!(none_is_late(&open, &request("PENDING", 0, in_time)).is_ok());
        for (before, after) in [
            (open, request("PENDING", 0, Some(ESCALATES_AFTER_SECONDS - 1))),
            (request("DENIED", 0, None), request("DENIED", 0, in_time)),
        ] {
            assert_eq!(none_is_late(&before, &after).unwrap_err().invariant, Invariant::NoLateReminder);
        }
    }

    #[test]
    fn a_worker_that_began_after_the_decision_says_nothing_of_waiting() {
        let facts = request("DENIED", 1, None);
        let call = |text: &str| {
            let body = json!({ "channel": "C0APPROVALS", "thread_ts": "1.2", "text": text });
            let (service, operation) = ("slack".to_owned(), "chat.postMessage".to_owned());
            let (subject, invocation) = ("C0APPROVALS".to_owned(), String::new());
            Call { service, operation, subject, invocation, body: body.to_string().into() }
        };
        let members = vec![Membership { group: LEADS, person: "U0SECOND", left_at: None }];
        let waits_no_more = [("r-0".to_owned(), 7)].into();
        let rules = Seen { members, waits_no_more, ..Seen::default() };
        let known = Observed { rules, ..Observed::default() };
        let reminder = call("Sam: Dana's request still waits for a decision");
        assert!(none_is_sent_late(&reminder, 6, &facts, &known).is_ok());
        assert!(none_is_sent_late(&call("It was denied"), 7, &facts, &known).is_ok());
        let late = none_is_sent_late(&reminder, 7, &facts, &known).unwrap_err();
        assert_eq!(late.invariant, Invariant::NoLateReminder);
    }
}
