//! Deciding by the forms that the approval message's buttons open.

use endpoint::catalogue::{DANA, OLIVIA, SAM};
use endpoint::{PATIENCE, Stage};
use serde_json::Value;
use testkit::slack::View;

/// Clicks a button that opens a form; the form, once it has these words.
async fn opened(stage: &Stage, person: &str, button: &str, words: &str) -> View {
    let asked = stage.message_with(button).await;
    stage.click(person, &asked, button).await;
    let find = |view: &View| view.view.to_string().contains(words).then(|| view.clone());
    stage.slack.wait_for_view(person, find, PATIENCE).await.expect("the form")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_denied_with_a_reason_that_its_requester_reads() {
    let stage = Stage::open().await;
    stage.dana_asks("ReadOnly", "2h").await;
    let form = opened(&stage, SAM, "deny_reason", "deny_reason").await;
    let url = stage.ingress_url.as_str();
    let answer = stage.slack.submit(url, &form.id, &[("reason", "ask <!here> again tomorrow")]).await;
    assert_eq!(answer.expect("an answer").1, Value::Null);
    let request = stage.only_request("DENIED").await;
    assert_eq!(
        (&request["deny_reason"], &request["approver_slack_id"]),
        (&"ask <!here> again tomorrow".into(), &SAM.into())
    );
    stage.expect_message(DANA, &["denied", "ask &lt;!here&gt; again tomorrow"]).await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_approved_for_less_time_and_never_for_more() {
    let stage = Stage::open().await;
    stage.dana_asks("ReadOnly", "2h").await;
    let form = opened(&stage, OLIVIA, "approve_shorter", "was asked for 2 hours").await;
    let url = stage.ingress_url.as_str();
    let longer = stage.slack.submit(url, &form.id, &[("duration_text", "3h")]).await.expect("an answer");
    assert!(longer.1["errors"]["duration_text"].is_string(), "{longer:?}");
    let answer = stage.slack.submit(url, &form.id, &[("duration", "30m")]).await.expect("an answer");
    assert_eq!(answer.1, Value::Null);
    let request = stage.only_request("ACTIVE").await;
    assert_eq!(request["duration_seconds"], 1_800);
    let lasts = request["expires_at"].as_i64().unwrap() - request["decided_at"].as_i64().unwrap();
    assert_eq!(lasts, 1_800);
    stage.expect_message(DANA, &["30 minutes", "2 hours"]).await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_typed_into_a_form_that_came_too_late_is_shown_again_with_why() {
    let stage = Stage::open().await;
    stage.dana_asks("ReadOnly", "2h").await;
    let form = opened(&stage, SAM, "deny_reason", "deny_reason").await;
    let asked = stage.message_with("approve").await;
    stage.click(OLIVIA, &asked, "approve").await;
    stage.only_request("ACTIVE").await;
    let url = stage.ingress_url.as_str();
    let answer = stage.slack.submit(url, &form.id, &[("reason", "ask <!here> again")]).await;
    assert_eq!(answer.expect("an answer").1, Value::Null, "what is queued closes the form");
    let says = |view: &View| {
        let text = view.view.to_string();
        (view.id != form.id && text.contains("Nothing to decide") && text.contains("ask <!here> again"))
            .then(|| view.clone())
    };
    stage.slack.wait_for_view(SAM, says, PATIENCE).await.expect("the form comes back");
    stage.expect_message(SAM, &["Nothing to decide"]).await;
    assert_eq!(stage.only_request("ACTIVE").await["approver_slack_id"], OLIVIA);
    stage.close().await;
}
