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

/// At the same number of calls as ever, everybody on the list is looked up in turn, and nobody who left is mentioned again.
#[tokio::test]
async fn each_request_looks_up_another_approver_so_that_who_left_gets_to_be_known() {
    let roles = ["First", "Second", "Third", "Fourth", "Fifth"];
    let stage = stage(&[OLIVIA, SAM], |project| {
        for role in roles {
            project["roles"][role] = project["roles"]["ReadOnly"].clone();
        }
    })
    .await;
    let mut asked = Vec::new();
    for role in roles {
        if role == "Third" {
            leaves(&stage, SAM);
        }
        let before = stage.slack.calls().len();
        stage.ask(role, "1h").await;
        let calls = stage.slack.calls().split_off(before);
        let looked_up = |id: &str| calls.iter().filter(|call| call.body["user"] == id).count();
        asked.push((looked_up(OLIVIA), looked_up(SAM)));
        stage.pass(60);
    }
    assert_eq!(
        asked,
        [(1, 0), (0, 1), (1, 0), (1, 1), (1, 0)],
        "one at a time, in turn, and who left no more"
    );
    let messages = in_channel(&stage);
    assert!(messages[..2].iter().all(|message| message.contains("<@U0SECOND>")), "{messages:?}");
    for message in &messages[3..] {
        assert!(!message.contains("<@U0SECOND>") && message.contains("cannot: the account"), "{message}");
    }
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
