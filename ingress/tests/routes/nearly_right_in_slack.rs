//! Interactions and events that are nearly right: each button, each form, each event.

use crate::forms::Forms;
use crate::nearly_right::{not_even, payload_of, variants};
use crate::*;

const EVENTS: &str = "/slack/events";

impl Forms {
    fn clicked(&self, action_id: &str, block_id: &str, value: &str) -> Value {
        json!({
            "type": "block_actions", "user": {"id": "U0DANA", "username": "dana", "team_id": null}, "team": null,
            "trigger_id": self.slack.trigger("U0DANA"), "channel": {"id": "C0APPROVALS"},
            "container": {"type": "message", "message_ts": "1.2", "channel_id": "C0APPROVALS"},
            "actions": [{"type": "button", "action_id": action_id, "block_id": block_id, "value": value}]})
    }
}

fn submitted(callback_id: &str, metadata: &Value, fields: &[&str]) -> Value {
    let values: serde_json::Map<String, Value> = fields
        .iter()
        .map(|field| {
            let typed = if field.starts_with("duration") { "1h" } else { "payments" };
            let chosen = json!({"type": "static_select", "selected_option": {"value": typed}});
            let element =
                if *field == "role" { chosen } else { json!({"type": "plain_text_input", "value": typed}) };
            ((*field).to_owned(), json!({ *field: element }))
        })
        .collect();
    json!({
        "type": "view_submission", "user": {"id": "U0DANA", "username": "dana"}, "team": null,
        "view": {
            "id": "V0FORM", "callback_id": callback_id, "private_metadata": metadata.to_string(),
            "state": {"values": values}}})
}

#[tokio::test]
async fn a_click_on_any_button_is_answered_whatever_stands_in_it() {
    let forms = Forms::new().await;
    let machine = format!("r-0#{}#d#{}", "A".repeat(22), "f".repeat(16));
    let mut payloads = Vec::new();
    for (action_id, block_id, value) in [
        ("approve", "aws_actions", "r-0"),
        ("approve", "aws_actions:1", "r-0#ext-1"),
        ("deny", "aws_actions", "r-0"),
        ("deny", "aws_actions", "r-0#ext-1"),
        ("revoke", "aws_actions", "r-0"),
        ("extend", "aws_actions", "r-0"),
        ("deny_reason", "aws_more", "r-0"),
        ("deny_reason", "aws_more", "r-0#ext-1"),
        ("approve_shorter", "aws_more", "r-0"),
        ("reviewed", "aws_more", "r-0"),
        ("review_note", "aws_more", "r-0"),
        ("confirm_claim", "aws_more", &machine),
        ("refuse_claim", "aws_more", &machine),
        ("request_access", "home", "x"),
    ] {
        // At once, for a trigger lasts for three seconds, and all that follows takes longer on a busy machine.
        let as_it_is = forms.clicked(action_id, block_id, value);
        forms.holds(CLICK, &payload_of(&as_it_is.to_string())).await;
        payloads.push(forms.clicked(action_id, block_id, value));
    }
    for payload in payloads.iter().flat_map(variants) {
        forms.holds(CLICK, &payload_of(&payload)).await;
    }
    for value in [
        "r-0#ext-",
        "r-0#ext-99999999999",
        "#ext-1",
        "r-0#ext-1#ext-2",
        "r 0",
        &"r".repeat(9_000),
        ":::",
        "\u{0}",
    ] {
        for action in ["approve", "deny", "revoke", "extend", "deny_reason", "confirm_claim", "reviewed"] {
            for block in ["aws_actions", "aws_more"] {
                forms.holds(CLICK, &payload_of(&forms.clicked(action, block, value).to_string())).await;
            }
        }
    }
    let names = forms.only_jobs_of(&["U0DANA"]);
    for name in [
        "approve",
        "deny",
        "end",
        "approve_extension",
        "deny_extension",
        "review",
        "fill_form",
        "confirm_claim",
        "refuse_claim",
    ] {
        assert!(names.contains(name), "{name}: {names:?}");
    }
}

#[tokio::test]
async fn a_form_is_answered_whatever_stands_in_it() {
    let forms = Forms::new().await;
    let about = json!({"request_id": "r-0", "extension": null, "shortest": 900, "longest": 28_800,
        "message": {"channel": "C0APPROVALS", "ts": "1.2"}});
    let extend = json!({"request_id": "r-0", "shortest": 900, "longest": 28_800, "ends_at": 1});
    let limits =
        json!({"shortest": 900, "project": "payments", "roles": {"payments": 28_800}, "all_roles": true});
    let view = json!({"type": "modal", "id": "V0FORM", "callback_id": "request_access",
        "private_metadata": limits.to_string(), "state": {"values": {}}});
    let chosen = json!({"type": "block_actions", "user": {"id": "U0DANA"}, "view": view, "actions": [
        {"type": "static_select", "action_id": "project", "block_id": "project", "selected_option": {"value": "payments"}}]});
    let typed = json!({"type": "block_suggestion", "user": {"id": "U0DANA"}, "action_id": "project",
        "block_id": "project", "value": "pay", "view": view});
    let all = ["project", "role", "duration", "duration_text", "justification", "break_glass"];
    let payloads = [
        submitted("request_access", &limits, &all),
        submitted("deny_reason", &about, &["reason"]),
        submitted("review_note", &about, &["note"]),
        submitted("approve_shorter", &about, &["duration"]),
        submitted("extend", &extend, &["duration", "justification"]),
        json!({"type": "view_closed", "user": {"id": "U0DANA"}, "view": view, "is_cleared": false}),
        json!({"type": "shortcut", "callback_id": "request_access", "user": {"id": "U0DANA"},
            "trigger_id": forms.slack.trigger("U0DANA")}),
        chosen,
        typed,
    ];
    for payload in payloads.iter().flat_map(variants) {
        forms.holds(CLICK, &payload_of(&payload)).await;
    }
    // What a form carries is odd itself.
    for metadata in [&limits, &about, &extend].into_iter().flat_map(variants) {
        for (callback, fields) in [
            ("request_access", all.as_slice()),
            ("deny_reason", &["reason"]),
            ("approve_shorter", &["duration"]),
            ("extend", &["duration", "justification"]),
        ] {
            let mut payload = submitted(callback, &json!({}), fields);
            payload["view"]["private_metadata"] = json!(metadata);
            forms.holds(CLICK, &payload_of(&payload.to_string())).await;
        }
    }
    for body in not_even() {
        forms.holds(CLICK, &body).await;
    }
    let names = forms.only_jobs_of(&["U0DANA"]);
    for name in ["intake", "deny", "review", "approve_shorter", "extend", "fill_form"] {
        assert!(names.contains(name), "{name}: {names:?}");
    }
}

#[tokio::test]
async fn an_event_is_answered_whatever_stands_in_it() {
    let forms = Forms::new().await;
    let event =
        |event: Value| json!({"type": "event_callback", "event_id": "Ev0", "team_id": null, "event": event});
    for whole in [
        event(json!({"type": "app_home_opened", "user": "U0DANA", "tab": "home", "view": null})),
        event(
            json!({"type": "user_change", "user": {"id": "U0DANA", "deleted": true, "enterprise_user": {"id": "U0DANA"}}}),
        ),
        event(json!({"type": "function_executed", "function": {"callback_id": "request_access"},
            "function_execution_id": "Fx0", "bot_access_token": "xwfp-secret", "inputs": {"user": "U0DANA",
            "project": "payments", "role": "ReadOnly", "duration": "1h", "justification": "why"}})),
        json!({"type": "url_verification", "token": "x", "challenge": "c"}),
    ] {
        for body in variants(&whole).iter().chain(&not_even()) {
            forms.holds(EVENTS, body).await;
        }
    }
    let names = forms.only_jobs_of(&["U0DANA"]);
    for name in ["publish_home", "person_left", "workflow_step", "failed_step"] {
        assert!(names.contains(name), "{name}: {names:?}");
    }
}
