//! People and channels that Slack delivers nothing to: whoever asked hears of it, and no job is dead for it.

use endpoint::catalogue::{DANA, OLIVIA, SAM, STRANGER, colleague, read_only};
use endpoint::payload::{self, Signed};
use endpoint::stage::button;
use endpoint::{PATIENCE, Stage, eventually};
use serde_json::json;
use testkit::slack::{Fault, Person};

use crate::whole::{all_is_done, nothing_is_dead, slack_was_called};

/// Somebody of another workspace, whom Slack does not show to the app.
const EXTERN: &str = "U0EXTERN";
/// More failures than any test outlives.
const FOR_GOOD: u32 = 1_000_000;

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_be_reached_holds_nobody_up() {
    let stage = Stage::open().await;
    tokio::join!(
        nobody_is_left_to_approve(&stage),
        no_approver_can_be_written_to(&stage),
        a_stranger_of_another_workspace_clicks(&stage),
    );
    all_is_done(&stage).await;
    nothing_is_dead(&stage).await;
    stage.close().await;
}

async fn nobody_is_left_to_approve(stage: &Stage) {
    let left = Person { deleted: true, ..colleague(1) };
    stage.cloud.add_project(&project("deserted", None, &[&left.id])).await;
    stage.slack.add_person(left);
    assert_eq!(stage.ask(SAM, "deserted", "ReadOnly", "1h").await.status, 200);
    stage.expect_message(SAM, &["Nobody can approve"]).await;
    let requests = stage.cloud.requests().await;
    assert!(requests.iter().all(|request| request["project"] != "deserted"), "nothing waits: {requests:#?}");
}

async fn no_approver_can_be_written_to(stage: &Stage) {
    let refuse = |to: &str, code: &str| {
        let to = format!(r#""channel":"{to}""#);
        stage.slack.fail_about("chat.postMessage", &to, Fault::Api(code.to_owned()), FOR_GOOD);
    };
    refuse("C0ARCHIVED", "is_archived");
    let approver = colleague(2);
    refuse(&approver.id, "messages_tab_disabled");
    stage.cloud.add_project(&project("archived", Some("C0ARCHIVED"), &[&approver.id])).await;
    stage.slack.add_person(approver);
    // Whoever asked may ask again.
    for (asks, duration) in [(1, "1h"), (2, "2h")] {
        assert_eq!(stage.ask(STRANGER, "archived", "ReadOnly", duration).await.status, 200);
        eventually("the request is closed", PATIENCE, async || {
            let requests = stage.cloud.requests().await;
            let closed = requests.iter().filter(|r| r["project"] == "archived" && r["status"] == "LAPSED");
            (closed.count() == asks).then_some(())
        })
        .await;
        eventually("the requester is told", PATIENCE, async || {
            let told = stage.slack.messages_seen_by(STRANGER);
            let told = told.iter().filter(|message| message.recipient.as_deref() == Some(STRANGER));
            (told.count() == asks).then_some(())
        })
        .await;
    }
}

async fn a_stranger_of_another_workspace_clicks(stage: &Stage) {
    for code in ["user_not_found", "cannot_dm_bot", "a_code_of_tomorrow"] {
        let to = format!(r#""channel":"{EXTERN}""#);
        stage.slack.fail_about("chat.postMessage", &to, Fault::Api(code.to_owned()), 1);
    }
    let (id, asking) = stage.asked(DANA, "payments", "ReadOnly", "1h").await;
    for (clicks, action) in [(1, "approve"), (2, "deny"), (3, "revoke")] {
        let click = payload::click(EXTERN, &asking.channel, &asking.ts, action, &id);
        assert_eq!(stage.post_interaction(&Signed::at(0, click)).await.status, 200);
        slack_was_called(stage, "chat.postMessage", EXTERN, clicks).await;
    }
    // An ask by somebody whom Slack does not know.
    assert_eq!(stage.ask(EXTERN, "payments", "ReadOnly", "1h").await.status, 200);
    slack_was_called(stage, "chat.postMessage", EXTERN, 4).await;
    assert_eq!(
        stage.request_is(&id, "PENDING", PATIENCE).await["approvals"].as_array().map_or(0, Vec::len),
        0
    );
    assert_eq!(button(&asking, "approve").as_deref(), Some(id.as_str()));
    stage.click(OLIVIA, &asking, "approve").await;
    stage.request_is(&id, "ACTIVE", PATIENCE).await;
}

fn project(name: &str, channel: Option<&str>, approvers: &[&str]) -> serde_json::Value {
    let mut project = json!({
        "project": name, "owner_slack_id": approvers[0], "approver_slack_ids": approvers,
        "roles": {"ReadOnly": read_only()}
    });
    if let Some(channel) = channel {
        project["channel"] = json!(channel);
    }
    project
}
