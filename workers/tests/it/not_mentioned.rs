//! Slack notifies whoever a message mentions: those who cannot decide are named in words, and a group in which nobody is, is said.

use domain::Job;
use serde_json::{Value, json};
use testkit::slack::Person;

use crate::stage::{APPROVALS, DANA, OLIVIA, SAM, STRANGER, Stage, payments, person};

async fn stage(approvers: &[&str], change: impl Fn(&mut Value)) -> Stage {
    let stage = Stage::new().await;
    let mut project = payments();
    project["approver_slack_ids"] = json!(approvers);
    change(&mut project);
    stage.put_project(project).await;
    stage
}

fn leaves(stage: &Stage, id: &str) {
    stage.slack.add_person(Person { deleted: true, ..person(id) });
}

fn in_channel(stage: &Stage) -> Vec<String> {
    let messages = stage.slack.messages();
    messages.iter().filter(|one| one.channel == APPROVALS).map(|one| one.blocks.to_string()).collect()
}

#[tokio::test]
async fn neither_who_left_nor_whoever_asks_is_mentioned_as_an_approver() {
    let stage = stage(&[SAM, DANA, OLIVIA], |_| {}).await;
    leaves(&stage, SAM);
    let calls = stage.slack.calls().len();
    stage.ask("ReadOnly", "1h").await;
    let asked = in_channel(&stage).pop().unwrap();
    assert!(asked.contains("<@U0OWNER> can decide.") && !asked.contains("<@U0SECOND>"), "{asked}");
    assert!(asked.contains("cannot: the account is deactivated"), "{asked}");
    let lookups = stage.slack.calls()[calls..].iter().filter(|call| call.method == "users.info").count();
    assert_eq!(lookups, 3, "nobody is looked up for it who was not anyway");
}

#[tokio::test]
async fn a_group_that_is_empty_or_gone_is_said_where_people_decide_and_in_each_later_message() {
    for members in [Some(&[][..]), None] {
        let stage = stage(&["S0GONE", OLIVIA, SAM], |_| {}).await;
        if let Some(members) = members {
            stage.slack.set_user_group("S0GONE", members);
        }
        stage.ask("Both", "1h").await;
        let asked = in_channel(&stage).pop().unwrap();
        assert!(asked.contains("Nobody can by the user group `S0GONE`"), "{asked}");
        assert!(!asked.contains("subteam") && asked.contains("0 of 2 needed"), "{asked}");
        stage.pass(60);
        let id = stage.request().await.request_id;
        stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
        stage.settle().await;
        let agreed = in_channel(&stage).pop().unwrap();
        assert!(agreed.contains("1 of 2 needed") && agreed.contains("<@U0SECOND> can decide."), "{agreed}");
        assert!(agreed.contains("Nobody can by the user group `S0GONE`"), "{agreed}");
    }
}

#[tokio::test]
async fn a_reminder_mentions_nobody_who_left_since_and_nobody_who_is_not_asked_yet() {
    let stage = stage(&[OLIVIA, SAM], |project| {
        project["remind_after"] = json!("30m");
        project["escalate_after"] = json!("4h");
        project["escalate_to"] = json!([STRANGER]);
    })
    .await;
    stage.ask("ReadOnly", "1h").await;
    leaves(&stage, SAM);
    stage.pass(31 * 60);
    stage.send(&Job::Sweep).await;
    stage.settle().await;
    let messages = in_channel(&stage);
    assert_eq!(messages.len(), 2, "{messages:?}");
    assert!(messages[1].contains("<@U0OWNER>: ") && !messages[1].contains("<@U0SECOND>"), "{}", messages[1]);
    assert!(messages.iter().all(|message| !message.contains(STRANGER)), "{messages:?}");
}
