//! Extending a grant while it lasts: the same key works beyond the end that it had, until the later one.

use endpoint::catalogue::{CHANNEL, DANA, OLIVIA, SAM, read_only};
use endpoint::workspace::button;
use endpoint::{PATIENCE, Stage};
use serde_json::{Value, json};
use testkit::slack::{Message, View};

/// A project whose one role can be extended once.
async fn offer(stage: &Stage) {
    let mut role = read_only();
    role["max_extensions"] = json!(1);
    let project = json!({
        "project": "ledger", "owner_slack_id": OLIVIA, "approver_slack_ids": [OLIVIA, SAM],
        "channel": CHANNEL, "roles": { "ReadOnly": role }});
    stage.cloud.add_project(&project).await;
}

async fn live_message(stage: &Stage) -> Message {
    stage.expect_message(DANA, &["approved your request"]).await
}

/// Clicks "Extend" and sends the form; the message that asks the approvers.
async fn asked(stage: &Stage, duration: &str) -> Message {
    let live = live_message(stage).await;
    stage.click(DANA, &live, "extend").await;
    let find = |view: &View| view.view.to_string().contains("from their decision").then(|| view.clone());
    let form = stage.slack.wait_for_view(DANA, find, PATIENCE).await.expect("the form");
    let fields = [("duration_text", duration), ("justification", "not <done>")];
    let answer = stage.slack.submit(stage.ingress_url.as_str(), &form.id, &fields).await;
    assert_eq!(answer.expect("an answer").1, Value::Null);
    let is_about =
        |message: &Message| button(message, "approve").is_some_and(|value| value.contains("#ext-1"));
    let find = |messages: &[Message]| messages.iter().find(|message| is_about(message)).cloned();
    stage.slack.wait_for(find, PATIENCE).await.expect("the approvers are asked")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_extended_key_works_until_the_later_end() {
    let stage = Stage::open().await;
    offer(&stage).await;
    let mut live = stage.live(DANA, "ledger", "ReadOnly", "30s").await;
    let message = asked(&stage, "45s").await;
    stage.click(SAM, &message, "approve").await;
    stage.expect_message(DANA, &["extended your access", "same credential"]).await;
    let request = stage.request_is(&live.id, "ACTIVE", PATIENCE).await;
    let until = request["expires_at"].as_i64().unwrap();
    assert!(until > live.expires_at, "{request}");
    let extension = &request["extensions"][0];
    assert_eq!((&extension["by"], &extension["decided_by"]), (&json!(DANA), &json!(SAM)));
    assert_eq!((&extension["seconds"], &extension["until"]), (&json!(45), &json!(until)));
    assert_eq!(stage.mails_for(&live.id).await.len(), 1, "no second mail");
    assert!(button(&live_message(&stage).await, "extend").is_none(), "none is left");
    // Without a break, beyond the earlier end, until the later one.
    live.expires_at = until;
    live.ends_on_time().await;
    let request = stage.request_is_gone(&live.id, PATIENCE).await;
    assert_eq!(request["status"], "EXPIRED");
    stage.no_user_is_left(PATIENCE).await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denied_extension_leaves_the_end_as_it_was() {
    let stage = Stage::open().await;
    offer(&stage).await;
    let live = stage.live(DANA, "ledger", "ReadOnly", "20s").await;
    let message = asked(&stage, "2m").await;
    stage.click(OLIVIA, &message, "deny").await;
    stage.expect_message(DANA, &["denied the extension"]).await;
    live.ends_on_time().await;
    let request = stage.request_is_gone(&live.id, PATIENCE).await;
    assert_eq!(
        (&request["status"], &request["extensions"][0]["outcome"]),
        (&json!("EXPIRED"), &json!("denied"))
    );
    stage.close().await;
}
