//! What needs nobody, and what waits for somebody, on the real programs: a role's rules, break-glass with its review, reminders and
//! whom else is asked.

use endpoint::catalogue::{CHANNEL, DANA, OLIVIA, SAM, read_only};
use endpoint::workspace::{button, words};
use endpoint::{PATIENCE, Stage, eventually};
use serde_json::{Value, json};
use testkit::slack::{Message, View};

use crate::operators::result;

/// A project whose one role is changed so.
async fn offer(stage: &Stage, change: impl Fn(&mut Value)) {
    let mut project = json!({
        "project": "ledger", "owner_slack_id": OLIVIA, "approver_slack_ids": [OLIVIA],
        "channel": CHANNEL, "roles": { "ReadOnly": read_only() }});
    change(&mut project);
    stage.cloud.add_project(&project).await;
}

async fn command(stage: &Stage, words: &str) {
    let answer = stage.slack.command(stage.ingress_url.as_str(), DANA, words).await.expect("an answer");
    assert_eq!(answer.0.as_u16(), 200);
}

/// The message in the channel that says all of this.
async fn in_channel(stage: &Stage, said: &[&str]) -> Message {
    let is_it = |message: &&Message| {
        let shown = words(message);
        message.channel == CHANNEL && said.iter().all(|part| shown.contains(part))
    };
    let find = |messages: &[Message]| messages.iter().find(is_it).cloned();
    let found = stage.slack.wait_for(find, PATIENCE).await;
    found.unwrap_or_else(|| panic!("nothing says {said:?}: {:#?}", stage.slack.messages()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_grants_and_extends_without_anybody_and_says_so() {
    let stage = Stage::open().await;
    offer(&stage, |project| {
        let role = &mut project["roles"]["ReadOnly"];
        role["auto_approve"] = json!({"for": [DANA], "max_duration": "10m"});
        role["max_extensions"] = json!(1);
    })
    .await;
    command(&stage, "ledger ReadOnly 5m looking").await;
    let request = stage.only_request("ACTIVE").await;
    let live = in_channel(&stage, &["rule (`auto_approve`)", "nobody has to decide"]).await;
    assert!(button(&live, "approve").is_none());
    let told = stage.expect_message(DANA, &["auto_approve", "approved your request"]).await;
    stage.click(DANA, &told, "extend").await;
    let find = |view: &View| view.view.to_string().contains("from their decision").then(|| view.clone());
    let form = stage.slack.wait_for_view(DANA, find, PATIENCE).await.expect("the form");
    let fields = [("duration_text", "9m")];
    stage.slack.submit(stage.ingress_url.as_str(), &form.id, &fields).await.expect("an answer");
    stage.expect_message(DANA, &["A rule (`auto_approve`) extended your access"]).await;
    let extended = stage.only_request("ACTIVE").await;
    assert_eq!(extended["extensions"][0]["decided_by"], "rule:auto_approve");
    assert!(extended["expires_at"].as_i64() > request["expires_at"].as_i64(), "{extended}");
    in_channel(&stage, &["Extended by a rule (`auto_approve`)"]).await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_in_an_emergency_is_told_to_everybody_and_reviewed_by_somebody_else() {
    let stage = Stage::open().await;
    offer(&stage, |project| {
        project["approver_slack_ids"] = json!([OLIVIA, SAM, DANA]);
        project["roles"]["ReadOnly"]["break_glass"] = json!({"for": [DANA], "max_duration": "5m"});
    })
    .await;
    command(&stage, "break-glass ledger ReadOnly 1h the ledger is down").await;
    let request = stage.only_request("ACTIVE").await;
    assert_eq!(request["duration_seconds"], 300, "the rule's own limit");
    for approver in [OLIVIA, SAM] {
        stage.expect_message(approver, &["broke the glass"]).await;
    }
    let message = in_channel(&stage, &["broke the glass", "has to be reviewed"]).await;
    let listed = result(&stage, &["grants", "list", "--unreviewed"]).await;
    assert_eq!(listed["requests"][0]["request_id"], request["request_id"], "{listed}");
    stage.click(DANA, &message, "reviewed").await;
    stage.expect_message(DANA, &["You cannot review your own access"]).await;
    stage.click(SAM, &message, "reviewed").await;
    in_channel(&stage, &["broke the glass; reviewed by"]).await;
    let listed = result(&stage, &["grants", "list", "--unreviewed"]).await;
    assert_eq!(listed["requests"], json!([]), "{listed}");
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_not_decided_is_reminded_and_others_are_asked_until_somebody_decides() {
    let stage = Stage::open().await;
    offer(&stage, |project| {
        project["remind_after"] = json!("10s");
        project["escalate_after"] = json!("15s");
        project["escalate_to"] = json!([SAM]);
    })
    .await;
    let (id, asked) = stage.asked(DANA, "ledger", "ReadOnly", "5m").await;
    let is_reminded = async |stage: &Stage| {
        stage.cloud.sweep().await;
        let messages = stage.slack.messages();
        messages.iter().any(|one| one.channel == CHANNEL && words(one).contains("still waits")).then_some(())
    };
    eventually("a reminder", PATIENCE * 3, async || is_reminded(&stage).await).await;
    let to_sam = eventually("somebody else is asked", PATIENCE * 3, async || {
        stage.cloud.sweep().await;
        stage
            .slack
            .messages_seen_by(SAM)
            .into_iter()
            .find(|one| one.channel != CHANNEL && button(one, "approve").is_some())
    })
    .await;
    stage.click(SAM, &to_sam, "approve").await;
    stage.request_is(&id, "ACTIVE", PATIENCE).await;
    assert_ne!(asked.channel, to_sam.channel);
    stage.close().await;
}
