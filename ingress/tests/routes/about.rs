//! Forms about a request: opened by its buttons, and submitted as decisions.

use crate::forms::Forms;
use crate::*;

const OLIVIA: &str = "U0OWNER";

fn button(forms: &Forms, action_id: &str) -> Value {
    let mut payload = click(action_id);
    payload["actions"][0]["block_id"] = json!("aws_more");
    payload["trigger_id"] = json!(forms.slack.trigger(OLIVIA));
    payload
}

/// What somebody fills into the form that a button opens; the answer.
async fn submit(forms: &Forms, button_id: &str, field: &str, value: &str) -> (StatusCode, Value) {
    let opened = forms.slack.interact(&forms.url, &button(forms, button_id)).await.unwrap();
    assert_eq!(opened, (StatusCode::OK, String::new()));
    let view = forms.slack.views_seen_by(OLIVIA).pop().unwrap();
    assert_eq!(view.view["callback_id"], button_id);
    forms.slack.submit(&forms.url, &view.id, &[(field, value)]).await.unwrap()
}

#[tokio::test]
async fn a_denial_with_a_reason_is_a_denial_that_says_why() {
    let forms = Forms::new().await;
    let before = service::clock::now().0;
    let answer = submit(&forms, "deny_reason", "reason", " not <today> ").await;
    assert_eq!(answer, (StatusCode::OK, Value::Null));
    let queued = forms.stage.queued("notify");
    let [job] = queued.as_slice() else { panic!("{queued:?}") };
    assert_eq!(
        (&job["job"], &job["reason"], &job["request_id"]),
        (&json!("deny"), &json!("not <today>"), &json!("r-0"))
    );
    assert_eq!((&job["user_id"], &job["message"]["channel"]), (&json!(OLIVIA), &json!("C0APPROVALS")));
    assert!(job["clicked_at"].as_i64().unwrap() >= before, "it counts from its submission");
    for (reason, part) in
        [("", "Say why"), (" \n", "Say why"), ("\u{200B}\u{2800}", "Say why"), (&*"x".repeat(1_001), "1001")]
    {
        let (status, answer) = submit(&forms, "deny_reason", "reason", reason).await;
        assert_eq!(status, StatusCode::OK);
        assert!(answer["errors"]["reason"].as_str().unwrap().contains(part), "{answer}");
    }
    assert_eq!(forms.stage.queued("notify").len(), 1);
}

#[tokio::test]
async fn a_denial_of_an_extension_says_why_too() {
    let forms = Forms::new().await;
    let mut payload = button(&forms, "deny_reason");
    payload["actions"][0]["value"] = json!("r-0#ext-2");
    forms.slack.interact(&forms.url, &payload).await.unwrap();
    let view = forms.slack.views_seen_by(OLIVIA).pop().unwrap();
    let answer = forms.slack.submit(&forms.url, &view.id, &[("reason", "use <staging>")]).await.unwrap();
    assert_eq!(answer, (StatusCode::OK, Value::Null));
    let queued: Vec<Value> =
        ["notify", "provision"].iter().flat_map(|queue| forms.stage.queued(queue)).collect();
    let [job] = queued.as_slice() else { panic!("{queued:?}") };
    assert_eq!(
        (&job["job"], &job["request_id"], &job["extension"]),
        (&json!("deny_extension"), &json!("r-0"), &json!(2))
    );
    assert_eq!(job["reason"], "use <staging>");
    // An extension is approved as it was asked for, or not.
    let mut payload = button(&forms, "approve_shorter");
    payload["actions"][0]["value"] = json!("r-0#ext-2");
    forms.slack.interact(&forms.url, &payload).await.unwrap();
    assert!(forms.slack.views_seen_by(OLIVIA).is_empty());
}

#[tokio::test]
async fn an_approval_for_less_time_is_a_job_of_its_own() {
    let forms = Forms::new().await;
    let answer = submit(&forms, "approve_shorter", "duration", "90 minutes").await;
    assert_eq!(answer, (StatusCode::OK, Value::Null));
    let queued = forms.stage.queued("provision");
    let [job] = queued.as_slice() else { panic!("{queued:?}") };
    assert_eq!((&job["job"], &job["duration"]), (&json!("approve_shorter"), &json!("1h30m")));
    let view = forms.slack.views_seen_by(OLIVIA).pop();
    assert!(view.is_none(), "it is closed");
    assert!(job["click_id"].as_str().unwrap().starts_with("V0"), "what comes again is the same decision");
    let form = (&job["form"]["form"], &job["form"]["duration"]);
    assert_eq!(form, (&json!("approve_shorter"), &json!("90 minutes")), "as typed, to be shown again");
    assert!(job["form"]["trigger_id"].is_string(), "{job}");
    let fill = forms.stage.queued("notify").remove(0);
    assert_eq!((&fill["form"], &fill["request_id"]), (&json!("approve_shorter"), &json!("r-0")));
    for typed in ["", "soon", "2"] {
        let (status, answer) = submit(&forms, "approve_shorter", "duration", typed).await;
        assert_eq!(status, StatusCode::OK);
        assert!(answer["errors"]["duration"].is_string(), "{answer}");
    }
    assert_eq!(forms.stage.queued("provision").len(), 1);
}

#[tokio::test]
async fn a_form_that_knows_its_limits_says_so_at_the_field() {
    let forms = Forms::new().await;
    let metadata = json!({"request_id": "r-0", "shortest": 900, "longest": 7_200}).to_string();
    for (typed, part) in [("3h", "At most 2 hours"), ("5m", "15 minutes")] {
        let payload = json!({
            "type": "view_submission", "user": {"id": OLIVIA}, "view": {
                "id": "V1", "callback_id": "approve_shorter", "private_metadata": metadata,
                "state": {"values": {"duration": {"duration": {"selected_option": {"value": "1h"}}},
                    "duration_text": {"duration_text": {"value": typed}}}}}});
        let (_, answer) = forms.slack.interact(&forms.url, &payload).await.unwrap();
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert!(answer["errors"]["duration_text"].as_str().unwrap().contains(part), "{answer}");
    }
    assert!(forms.stage.nothing_is_queued());
}

#[tokio::test]
async fn a_form_that_does_not_say_which_request_decides_nothing() {
    let forms = Forms::new().await;
    for callback_id in ["deny_reason", "approve_shorter"] {
        for metadata in [json!(null), json!(""), json!("{}"), json!(r#"{"request_id":"a/../b"}"#), json!(7)] {
            for user in [json!({"id": OLIVIA}), json!(null)] {
                let payload = json!({
                    "type": "view_submission", "user": user, "view": {
                        "id": "V1", "callback_id": callback_id, "private_metadata": metadata,
                        "state": {"values": {"reason": {"reason": {"value": "x"}}, "duration": {"duration": {"value": "1h"}}}}}});
                let (status, answer) = forms.slack.interact(&forms.url, &payload).await.unwrap();
                assert_eq!(status, StatusCode::OK);
                assert!(answer.contains("errors"), "{payload}: {answer}");
            }
        }
    }
    // A button of another block, or without a request, opens nothing.
    for block_id in ["aws_actions", "elsewhere"] {
        let mut payload = button(&forms, "deny_reason");
        payload["actions"][0]["block_id"] = json!(block_id);
        assert_eq!(forms.slack.interact(&forms.url, &payload).await.unwrap().0, StatusCode::OK);
    }
    let mut payload = button(&forms, "deny_reason");
    payload["actions"][0]["value"] = json!(null);
    assert_eq!(forms.slack.interact(&forms.url, &payload).await.unwrap().0, StatusCode::OK);
    assert!(forms.slack.views_seen_by(OLIVIA).is_empty() && forms.stage.nothing_is_queued());
}
