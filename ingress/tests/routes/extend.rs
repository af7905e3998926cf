//! The form by which somebody asks to have access for longer, and the buttons by which that is decided.

use crate::forms::Forms;
use crate::*;

const DANA: &str = "U0DANA";

/// A click on a button of a message.
fn click(forms: &Forms, action_id: &str, block_id: &str, value: &str) -> Value {
    json!({
        "type": "block_actions", "user": {"id": DANA}, "team": null, "trigger_id": forms.slack.trigger(DANA),
        "container": {"type": "message", "message_ts": "1.2", "channel_id": "D0DANA"},
        "actions": [{"type": "button", "action_id": action_id, "block_id": block_id, "value": value}]})
}

async fn opened(forms: &Forms) -> testkit::slack::View {
    let click = click(forms, "extend", "aws_actions", "r-0");
    assert_eq!(forms.slack.interact(&forms.url, &click).await.unwrap().0, StatusCode::OK);
    forms.slack.views_seen_by(DANA).pop().unwrap()
}

#[tokio::test]
async fn the_button_opens_the_form_and_what_is_sent_is_queued() {
    let forms = Forms::new().await;
    let view = opened(&forms).await;
    assert_eq!(view.view["callback_id"], "extend");
    let fill = forms.stage.queued("notify").pop().unwrap();
    assert_eq!((&fill["form"], &fill["request_id"]), (&json!("extend"), &json!("r-0")));
    let fields = [("duration", "2 hours"), ("justification", "not <done>")];
    let (status, answer) = forms.slack.submit(&forms.url, &view.id, &fields).await.unwrap();
    assert_eq!((status, answer), (StatusCode::OK, Value::Null));
    let ask = forms.stage.queued("notify").pop().unwrap();
    assert_eq!((&ask["job"], &ask["request_id"]), (&json!("extend"), &json!("r-0")));
    assert_eq!((&ask["duration"], &ask["reason"]), (&json!("2h"), &json!("not <done>")));
    assert_eq!((&ask["user_id"], &ask["click_id"]), (&json!(DANA), &json!(view.id)));
    assert!(ask["clicked_at"].is_i64());
}

#[tokio::test]
async fn a_mistake_stands_at_its_field() {
    let forms = Forms::new().await;
    let view = opened(&forms).await;
    let queued = forms.stage.queued("notify").len();
    let ends_at = service::clock::now().plus_seconds(3_000).0;
    let long = "x".repeat(501);
    for (duration, why, at, part) in [
        ("9h", "w", "duration", "8 hours"),
        ("5m", "w", "duration", "15 minutes"),
        ("soon", "w", "duration", "90m"),
        ("40m", "w", "duration", "for 50 minutes more"),
        ("2h", long.as_str(), "justification", "501"),
    ] {
        let mut payload =
            forms.slack.submission(&view, &[("duration", duration), ("justification", why)]).unwrap();
        payload["view"]["private_metadata"] = json!(
            json!({"request_id": "r-0", "shortest": 900, "longest": 28_800, "ends_at": ends_at}).to_string()
        );
        let (status, answer) = forms.slack.interact(&forms.url, &payload).await.unwrap();
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!((status, &answer["response_action"]), (StatusCode::OK, &json!("errors")), "{duration}");
        assert!(answer["errors"][at].as_str().unwrap().contains(part), "{duration}: {answer}");
    }
    // What does not say which grant it is about is answered, too.
    let mut payload = forms.slack.submission(&view, &[("duration", "2h")]).unwrap();
    payload["view"]["private_metadata"] = json!("");
    let (status, answer) = forms.slack.interact(&forms.url, &payload).await.unwrap();
    assert!(status == StatusCode::OK && answer.contains("which request"), "{answer}");
    assert_eq!(forms.stage.queued("notify").len(), queued);
}

#[tokio::test]
async fn a_click_on_a_message_about_an_extension_is_a_job_of_its_own() {
    let forms = Forms::new().await;
    for (action_id, queue, job) in
        [("approve", "provision", "approve_extension"), ("deny", "notify", "deny_extension")]
    {
        let click = click(&forms, action_id, "aws_actions", "r-0#ext-2");
        assert_eq!(forms.slack.interact(&forms.url, &click).await.unwrap().0, StatusCode::OK);
        let queued = forms.stage.queued(queue).pop().unwrap();
        assert_eq!((&queued["job"], &queued["request_id"]), (&json!(job), &json!("r-0")));
        assert_eq!((&queued["extension"], &queued["user_id"]), (&json!(2), &json!(DANA)));
    }
    let before: Vec<usize> =
        ["notify", "provision", "revoke"].map(|queue| forms.stage.queued(queue).len()).into();
    for (action_id, value) in [
        ("revoke", "r-0#ext-1"),
        ("approve", "r-0#ext-"),
        ("approve", "r-0#ext-99999999999"),
        ("approve", "#ext-1"),
        ("approve", "r-0#1"),
        ("extend", "r-0#ext-1"),
    ] {
        let click = click(&forms, action_id, "aws_actions", value);
        assert_eq!(forms.slack.interact(&forms.url, &click).await.unwrap().0, StatusCode::OK, "{value}");
    }
    let after: Vec<usize> =
        ["notify", "provision", "revoke"].map(|queue| forms.stage.queued(queue).len()).into();
    assert_eq!(before, after, "what is no button of ours asks for nothing");
}
