//! Whose approval counts: that of people who are listed and active at the moment of the decision, each once.

use endpoint::catalogue::{DANA, OLIVIA, SAM, STRANGER};
use endpoint::stage::words;
use endpoint::{PATIENCE, Stage, eventually};
use serde_json::{Value, json};
use testkit::slack::{Message, Person};

use crate::whole::{all_is_done, nothing_is_dead};

#[tokio::test(flavor = "multi_thread")]
async fn approvals_of_those_who_left_do_not_count() {
    let stage = Stage::open().await;
    tokio::join!(
        off_the_list(&stage),
        deactivated(&stage),
        one_person_under_two_ids(&stage),
        one_who_agreed_is_enough_by_now(&stage)
    );
    all_is_done(&stage).await;
    nothing_is_dead(&stage).await;
    stage.close().await;
}

async fn off_the_list(stage: &Stage) {
    stage.cloud.add_project(&project("listed", &[OLIVIA, SAM, STRANGER])).await;
    let (id, asking) = stage.asked(DANA, "listed", "Two", "1h").await;
    stage.click(OLIVIA, &asking, "approve").await;
    counted(stage, &id, &[OLIVIA]).await;
    stage.cloud.add_project(&project("listed", &[SAM, STRANGER])).await;
    stage.click(SAM, &asking, "approve").await;
    counted(stage, &id, &[SAM]).await;
    says(stage, &asking, &format!("<@{OLIVIA}> no longer counts")).await;
    stage.click(OLIVIA, &asking, "approve").await;
    stage.expect_message(OLIVIA, &["cannot decide"]).await;
    stage.click(STRANGER, &asking, "approve").await;
    let granted = stage.request_is(&id, "ACTIVE", PATIENCE).await;
    assert_eq!(granted["approvals"], json!([SAM, STRANGER]));
}

async fn deactivated(stage: &Stage) {
    let leaver = Person::with_id("U0LEAVER");
    stage.slack.add_person(leaver.clone());
    stage.cloud.add_project(&project("leaving", &["U0LEAVER", SAM, STRANGER])).await;
    let (id, asking) = stage.asked(SAM, "leaving", "Two", "1h").await;
    stage.click("U0LEAVER", &asking, "approve").await;
    counted(stage, &id, &["U0LEAVER"]).await;
    stage.slack.add_person(Person { deleted: true, ..leaver });
    stage.click(STRANGER, &asking, "approve").await;
    counted(stage, &id, &[STRANGER]).await;
    assert_eq!(stage.request_is(&id, "PENDING", PATIENCE).await["approver_slack_id"], Value::Null);
}

/// In an Enterprise Grid one person has an id of the workspace and one of the organisation.
async fn one_person_under_two_ids(stage: &Stage) {
    for id in ["U0GRID", "W0GRID"] {
        stage.slack.add_person(Person::with_id(id));
        stage.slack.set_enterprise_id(id, "W0GRID");
    }
    stage.cloud.add_project(&project("grid", &["W0GRID", SAM])).await;
    let (own, asking) = stage.asked("U0GRID", "grid", "One", "1h").await;
    stage.click("W0GRID", &asking, "approve").await;
    stage.expect_message("W0GRID", &["cannot approve your own request"]).await;
    stage.click(SAM, &asking, "approve").await;
    stage.request_is(&own, "ACTIVE", PATIENCE).await;

    let (others, asking) = stage.asked(STRANGER, "grid", "Two", "1h").await;
    for id in ["U0GRID", "W0GRID"] {
        stage.click(id, &asking, "approve").await;
        counted(stage, &others, &["U0GRID"]).await;
    }
    stage.expect_message("W0GRID", &["counts already"]).await;
    stage.click(SAM, &asking, "approve").await;
    stage.request_is(&others, "ACTIVE", PATIENCE).await;
}

/// Two had to agree, and by now one is enough: whoever agreed clicks again, within the same second perhaps.
async fn one_who_agreed_is_enough_by_now(stage: &Stage) {
    stage.cloud.add_project(&project("lowered", &[OLIVIA, SAM])).await;
    let (id, asking) = stage.asked(STRANGER, "lowered", "Two", "1h").await;
    stage.click(OLIVIA, &asking, "approve").await;
    counted(stage, &id, &[OLIVIA]).await;
    let mut lowered = project("lowered", &[OLIVIA]);
    lowered["roles"]["Two"]["approvals_required"] = json!(1);
    stage.cloud.add_project(&lowered).await;
    stage.click(OLIVIA, &asking, "approve").await;
    stage.request_is(&id, "ACTIVE", PATIENCE).await;
}

/// Waits until the request is pending with the approvals of these.
async fn counted(stage: &Stage, id: &str, approvers: &[&str]) {
    eventually(&format!("{id} has the approvals of {approvers:?} alone"), PATIENCE, async || {
        let requests = stage.cloud.requests().await;
        let request = requests.into_iter().find(|request| request["request_id"] == id)?;
        assert_eq!(request["status"], "PENDING", "{request:#}");
        (request["approvals"] == json!(approvers)).then_some(())
    })
    .await;
}

async fn says(stage: &Stage, asking: &Message, what: &str) {
    eventually(&format!("the message says {what}"), PATIENCE, async || {
        let messages = stage.slack.messages();
        messages.iter().any(|m| m.ts == asking.ts && words(m).contains(what)).then_some(())
    })
    .await;
}

fn project(name: &str, approvers: &[&str]) -> Value {
    let role = |approvals: u32| {
        json!({"kind": "user", "policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"], "max_duration": "8h",
               "approvals_required": approvals})
    };
    json!({"project": name, "owner_slack_id": approvers[0], "approver_slack_ids": approvers, "channel": "C0APPROVALS",
           "roles": {"One": role(1), "Two": role(2)}})
}
