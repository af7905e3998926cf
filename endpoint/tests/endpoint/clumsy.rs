//! What people type in a hurry, on the real programs: an emergency in two words, a reason that shows nothing, and more time by
//! words alone.

use endpoint::catalogue::{CHANNEL, DANA, OLIVIA, read_only};
use endpoint::payload::Signed;
use endpoint::workspace::{button, words};
use endpoint::{PATIENCE, Stage};
use serde_json::{Value, json};
use testkit::slack::{Message, View};

/// A project whose one role can be had at once in an emergency, and extended once.
async fn offer(stage: &Stage) {
    let mut role = read_only();
    role["max_extensions"] = json!(1);
    role["break_glass"] = json!({"for": [DANA], "max_duration": "30m"});
    let project = json!({
        "project": "ledger", "owner_slack_id": OLIVIA, "approver_slack_ids": [OLIVIA],
        "channel": CHANNEL, "roles": { "ReadOnly": role }});
    stage.cloud.add_project(&project).await;
}

async fn command(stage: &Stage, words: &str) -> String {
    let answer = stage.slack.command(stage.ingress_url.as_str(), DANA, words).await.expect("an answer");
    assert_eq!(answer.0.as_u16(), 200, "{words}");
    answer.1
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emergency_in_two_words_is_one_and_its_reason_can_be_read() {
    let stage = Stage::open().await;
    offer(&stage).await;
    command(&stage, "break glass ledger ReadOnly 10m \u{200B}\u{2060}").await;
    stage.expect_message(DANA, &["say why you need it"]).await;
    assert!(stage.requests().await.is_empty(), "nobody could read why");
    command(&stage, "Break Glass: ledger ReadOnly 10m the ledger is down").await;
    let request = stage.only_request("ACTIVE").await;
    assert_eq!(request["justification"], "the ledger is down");
    // Whatever was typed where the app is not, is answered by the app's own message.
    let form =
        format!("command=%2Faccess&user_id={DANA}&channel_id=D0OTHER&channel_name=directmessage&text=list");
    assert_eq!(stage.post_signed("/slack/commands", &Signed::at(0, form)).await.status, 200);
    stage.expect_message(DANA, &["what you have", "ReadOnly"]).await;
    assert!(stage.slack.messages().iter().all(|message| message.channel != "D0OTHER"));
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_time_is_asked_for_by_words_and_the_button_in_the_list() {
    let stage = Stage::open().await;
    offer(&stage).await;
    let id = stage.asked_and_approved(DANA, "ledger", "ReadOnly", "10m").await;
    stage.request_is(&id, "ACTIVE", PATIENCE).await;
    let answer = command(&stage, "extend ledger 20m").await;
    assert!(answer.contains("click *Extend*"), "{answer}");
    let is_it = |message: &&Message| {
        words(message).contains("what you have") && button(message, "extend").as_deref() == Some(&*id)
    };
    let find = |messages: &[Message]| messages.iter().find(is_it).cloned();
    let list = stage.slack.wait_for(find, PATIENCE).await.expect("a list with the button");
    stage.click(DANA, &list, "extend").await;
    let find = |view: &View| view.view.to_string().contains("from their decision").then(|| view.clone());
    let form = stage.slack.wait_for_view(DANA, find, PATIENCE).await.expect("the form");
    let fields = [("duration_text", "20 min."), ("justification", "\u{2800}")];
    let answer = stage.slack.submit(stage.ingress_url.as_str(), &form.id, &fields).await;
    assert_eq!(answer.expect("an answer").1, Value::Null);
    let asks = |message: &&Message| button(message, "approve").is_some_and(|value| value.contains("#ext-1"));
    let find = |messages: &[Message]| messages.iter().find(asks).cloned();
    let asking = stage.slack.wait_for(find, PATIENCE).await.expect("the approvers are asked");
    stage.click(OLIVIA, &asking, "approve").await;
    stage.expect_message(DANA, &["extended your access"]).await;
    let extension = stage.request_is(&id, "ACTIVE", PATIENCE).await["extensions"][0].clone();
    assert_eq!((&extension["seconds"], &extension["justification"]), (&json!(1_200), &Value::Null));
    stage.close().await;
}
