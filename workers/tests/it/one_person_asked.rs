//! One person under two ids of an Enterprise Grid is one person, also before anybody is asked.

use domain::{Job, Status};

use crate::stage::{DANA, OLIVIA, SAM, Stage, payments, person};

const OLIVIA_IN_THE_GRID: &str = "W0OWNER";

async fn listed(approvers: &[&str]) -> Stage {
    let stage = Stage::new().await;
    stage.slack.add_person(person(OLIVIA_IN_THE_GRID));
    stage.slack.set_enterprise_id(OLIVIA, OLIVIA_IN_THE_GRID);
    let mut project = payments();
    project["approver_slack_ids"] = approvers.into();
    project.as_object_mut().map(|fields| fields.remove("channel"));
    stage.put_project(project).await;
    stage
}

async fn ask(stage: &Stage, who: &str, role: &str) {
    stage.send(&Job::Submit(stage.spec(who, "payments", role, "1h"))).await;
    assert!(stage.settle().await.rejected.is_empty());
}

/// Where a message stands whose button approves.
fn asked(stage: &Stage) -> Vec<String> {
    let messages = stage.slack.messages().into_iter();
    let with_button =
        messages.filter(|message| message.blocks.to_string().contains(r#""action_id":"approve""#));
    with_button.map(|message| message.channel).collect()
}

#[tokio::test]
async fn one_person_is_not_two_of_the_approvers_that_a_role_needs() {
    for approvers in [[OLIVIA, OLIVIA_IN_THE_GRID], [OLIVIA_IN_THE_GRID, OLIVIA]] {
        let stage = listed(&approvers).await;
        ask(&stage, DANA, "Both").await;
        assert!(stage.requests().await.is_empty(), "{approvers:?}");
        let told = stage.messages_to(DANA);
        assert!(told[0].contains("needs 2") && !told[0].contains("deactivated"), "{told:?}");
    }
}

#[tokio::test]
async fn the_requester_under_another_id_is_not_one_of_the_approvers() {
    let stage = listed(&[OLIVIA_IN_THE_GRID]).await;
    ask(&stage, OLIVIA, "ReadOnly").await;
    assert!(stage.requests().await.is_empty());
    assert_eq!(stage.messages_to(OLIVIA).len(), 1);
}

#[tokio::test]
async fn one_person_is_asked_once_and_the_requester_is_not_asked() {
    let stage = listed(&[OLIVIA, OLIVIA_IN_THE_GRID, SAM]).await;
    ask(&stage, DANA, "ReadOnly").await;
    assert_eq!(stage.request().await.status, Status::Pending);
    assert_eq!(asked(&stage).len(), 2, "{:?}", asked(&stage));

    let stage = listed(&[OLIVIA_IN_THE_GRID, SAM]).await;
    ask(&stage, OLIVIA, "ReadOnly").await;
    assert_eq!(asked(&stage).len(), 1, "{:?}", asked(&stage));
}
