//! Who may ask is the catalogue's to say; whoever may not learns no name, and approvers may be a user group.

use domain::{Job, RequestId, Status};
use serde_json::{Value, json};

use crate::stage::{DANA, OLIVIA, SAM, STRANGER, Stage, payments};

const ENGINEERS: &str = "S0ENGINEERS";
const LEADS: &str = "S0LEADS";

/// The usual project with these fields changed.
async fn stage(change: impl Fn(&mut Value)) -> Stage {
    let stage = Stage::new().await;
    let mut project = payments();
    change(&mut project);
    stage.put_project(project).await;
    stage
}

async fn approve(stage: &Stage, id: &RequestId, who: &str) -> Status {
    stage.pass(1);
    stage.send(&Job::Approve(stage.click(id, who))).await;
    assert!(stage.settle().await.rejected.is_empty());
    stage.request().await.status
}

#[tokio::test]
async fn who_is_not_listed_is_told_so_and_learns_no_name() {
    let stage = stage(|project| project["requester_slack_ids"] = json!([SAM])).await;
    stage.ask("ReadOnly", "1h").await;
    assert!(stage.requests().await.is_empty());
    let told = stage.messages_to(DANA).last().unwrap().clone();
    assert!(told.contains("You are not among those who may ask for"), "{told}");
    stage.send(&Job::Submit(stage.spec(DANA, "nothing-of-the-kind", "ReadOnly", "1h"))).await;
    stage.settle().await;
    let told = stage.messages_to(DANA).last().unwrap().clone();
    assert!(!told.contains("payments"), "{told}");
    assert!(stage.approval_message().is_none(), "nobody was asked");
}

#[tokio::test]
async fn a_role_may_be_for_some_only_and_the_others_do_not_hear_of_it() {
    let stage = stage(|project| project["roles"]["ReadOnly"]["requester_slack_ids"] = json!([SAM])).await;
    stage.ask("ReadOnly", "1h").await;
    let told = stage.messages_to(DANA).last().unwrap().clone();
    assert!(told.contains("You are not among those who may ask"), "{told}");
    stage.ask("Nonsense", "1h").await;
    let told = stage.messages_to(DANA).last().unwrap().clone();
    assert!(told.contains("Its roles are") && !told.contains("ReadOnly"), "{told}");
    assert!(stage.requests().await.is_empty());
}

#[tokio::test]
async fn members_of_a_user_group_may_ask_and_the_others_may_not() {
    let stage = stage(|project| project["requester_slack_ids"] = json!([ENGINEERS])).await;
    stage.slack.set_user_group(ENGINEERS, &[SAM, DANA]);
    stage.ask("ReadOnly", "1h").await;
    assert_eq!(stage.request().await.status, Status::Pending);
}

#[tokio::test]
async fn a_requester_who_left_the_list_is_not_given_access() {
    let stage = stage(|project| project["requester_slack_ids"] = json!([ENGINEERS])).await;
    stage.slack.set_user_group(ENGINEERS, &[DANA]);
    stage.ask("ReadOnly", "1h").await;
    let id = stage.request().await.request_id;
    stage.slack.set_user_group(ENGINEERS, &[SAM]);
    stage.pass(31);
    assert_eq!(approve(&stage, &id, OLIVIA).await, Status::Pending);
    let told = stage.messages_to(OLIVIA).last().unwrap().clone();
    assert!(told.contains("no longer among those who may ask"), "{told}");
}

#[tokio::test]
async fn a_user_group_approves_by_whoever_is_in_it_when_they_click() {
    let stage = stage(|project| project["approver_slack_ids"] = json!([LEADS])).await;
    stage.slack.set_user_group(LEADS, &[SAM]);
    stage.ask("ReadOnly", "1h").await;
    let id = stage.request().await.request_id;
    let asked = stage.approval_message().unwrap().blocks.to_string();
    assert!(asked.contains("<!subteam^S0LEADS> can decide"), "{asked}");
    assert_eq!(approve(&stage, &id, STRANGER).await, Status::Pending);
    assert_eq!(approve(&stage, &id, OLIVIA).await, Status::Pending, "the owner is not in it");
    // Members are remembered for 30 s.
    stage.slack.set_user_group(LEADS, &[STRANGER]);
    stage.pass(31);
    assert_eq!(approve(&stage, &id, SAM).await, Status::Pending, "no longer in it");
    assert_eq!(approve(&stage, &id, STRANGER).await, Status::Active);
    let request = stage.request().await;
    assert_eq!(domain::audit::verify(&request).faults, []);
    let approval = request.audit.history.iter().find(|change| change.event == "approve").unwrap();
    assert_eq!(approval.inputs["member_of"], json!([LEADS]));
    stage.send(&Job::EndGrant(stage.click(&id, STRANGER))).await;
    stage.settle().await;
    assert_eq!(stage.request().await.status, Status::Revoked);
}

#[tokio::test]
async fn members_are_asked_by_direct_message_where_there_is_no_channel() {
    let stage = stage(|project| {
        project["approver_slack_ids"] = json!([LEADS]);
        project["channel"] = Value::Null;
    })
    .await;
    stage.slack.set_user_group(LEADS, &[SAM, OLIVIA]);
    stage.ask("ReadOnly", "1h").await;
    assert_eq!((stage.messages_to(SAM).len(), stage.messages_to(OLIVIA).len()), (1, 1));
}

#[tokio::test]
async fn a_group_that_is_empty_or_gone_is_said_before_anybody_is_asked() {
    for members in [Some(&[][..]), None] {
        let stage = stage(|project| project["approver_slack_ids"] = json!([LEADS])).await;
        if let Some(members) = members {
            stage.slack.set_user_group(LEADS, members);
        }
        stage.ask("ReadOnly", "1h").await;
        assert!(stage.requests().await.is_empty());
        let told = stage.messages_to(DANA).last().unwrap().clone();
        assert!(told.contains("Nobody else can approve this"), "{told}");
    }
}

#[tokio::test]
async fn a_role_s_own_approvers_are_instead_of_the_project_s() {
    let stage = stage(|project| project["roles"]["ReadOnly"]["approver_slack_ids"] = json!([SAM])).await;
    stage.ask("ReadOnly", "1h").await;
    let id = stage.request().await.request_id;
    assert_eq!(approve(&stage, &id, OLIVIA).await, Status::Pending);
    assert_eq!(approve(&stage, &id, SAM).await, Status::Active);
}
