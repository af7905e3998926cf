//! Everybody who counts towards a decision is listed, active and not the requester, at the moment of the decision.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{Job, RequestId, Status};

use crate::stage::{APPROVALS, DANA, OLIVIA, SAM, STRANGER, Stage, payments, person};

async fn asked(role: &str) -> (Stage, RequestId) {
    let stage = Stage::new().await;
    stage.ask(role, "1h").await;
    let id = stage.request().await.request_id;
    (stage, id)
}

async fn approve(stage: &Stage, id: &RequestId, who: &str) {
    stage.pass(1);
    stage.send(&Job::Approve(stage.click(id, who))).await;
    assert!(stage.settle().await.rejected.is_empty());
}

async fn deny(stage: &Stage, id: &RequestId, who: &str) {
    stage.send(&Job::Deny(stage.click(id, who))).await;
    assert!(stage.settle().await.rejected.is_empty());
}

fn deactivate(stage: &Stage, who: &str) {
    let mut gone = person(who);
    gone.deleted = true;
    stage.slack.add_person(gone);
}

async fn list(stage: &Stage, approvers: &[&str], approvals_required: u32) {
    let mut project = payments();
    project["approver_slack_ids"] = approvers.into();
    project["roles"]["Both"]["approvals_required"] = approvals_required.into();
    stage.put_project(project).await;
}

async fn remove_project(stage: &Stage) {
    let delete = aws_sdk_dynamodb::Client::new(&stage.sdk).delete_item();
    let table = stage.settings().projects_table.clone();
    delete.table_name(table).key("project", AttributeValue::S("payments".into())).send().await.unwrap();
}

#[tokio::test]
async fn an_approval_of_somebody_who_left_the_list_or_slack_no_longer_counts() {
    for leaves_slack in [false, true] {
        let (stage, id) = asked("Both").await;
        approve(&stage, &id, OLIVIA).await;
        if leaves_slack {
            deactivate(&stage, OLIVIA);
        } else {
            list(&stage, &[SAM, STRANGER], 2).await;
        }
        approve(&stage, &id, SAM).await;
        let request = stage.request().await;
        assert_eq!(request.status, Status::Pending, "one of two");
        assert_eq!(request.decision.approvals.iter().map(ToString::to_string).collect::<Vec<_>>(), [SAM]);
        assert!(stage.aws.users().await.is_empty());
        assert_eq!(domain::audit::verify(&request).faults, []);
        let text = stage.approval_message().unwrap().blocks.to_string();
        assert!(text.contains("Approved so far by <@U0SECOND> (1 of 2 needed)"), "{text}");
        assert!(text.contains("The approval of <@U0OWNER> no longer counts"), "{text}");
    }
}

#[tokio::test]
async fn a_lowered_number_of_approvals_is_met_by_a_click_of_whoever_agreed_before() {
    let (stage, id) = asked("Both").await;
    approve(&stage, &id, OLIVIA).await;
    approve(&stage, &id, OLIVIA).await;
    assert_eq!(stage.request().await.status, Status::Pending);
    let told = stage.messages_to(OLIVIA);
    assert!(told.last().unwrap().contains("counts already. It has 1 of the 2"), "{told:?}");
    list(&stage, &[OLIVIA], 1).await;
    approve(&stage, &id, OLIVIA).await;
    let request = stage.request().await;
    assert_eq!(request.status, Status::Active);
    assert_eq!(domain::audit::verify(&request).faults, []);
}

#[tokio::test]
async fn the_same_click_delivered_twice_says_nothing_twice() {
    let (stage, id) = asked("Both").await;
    let click = Job::Approve(stage.click(&id, OLIVIA));
    for _ in 0..2 {
        stage.send(&click).await;
        stage.settle().await;
    }
    assert!(stage.messages_to(OLIVIA).is_empty(), "{:?}", stage.messages_to(OLIVIA));
}

#[tokio::test]
async fn two_ids_of_one_person_are_that_person() {
    for (listed, clicks) in [("W0OWNER", OLIVIA), (OLIVIA, "W0OWNER")] {
        let (stage, id) = asked("ReadOnly").await;
        stage.slack.add_person(person("W0OWNER"));
        stage.slack.set_enterprise_id(OLIVIA, "W0OWNER");
        list(&stage, &[listed, SAM], 2).await;
        approve(&stage, &id, clicks).await;
        assert_eq!(stage.request().await.status, Status::Active, "{listed} as {clicks}");
        stage.send(&Job::EndGrant(stage.click(&id, clicks))).await;
        stage.settle().await;
        assert_eq!(stage.request().await.status, Status::Revoked);
    }
}

#[tokio::test]
async fn the_requester_under_another_id_does_not_approve_their_own() {
    let stage = Stage::new().await;
    stage.slack.add_person(person("W0OWNER"));
    stage.slack.set_enterprise_id(OLIVIA, "W0OWNER");
    list(&stage, &["W0OWNER", SAM], 2).await;
    stage.send(&Job::Submit(stage.spec(OLIVIA, "payments", "ReadOnly", "1h"))).await;
    stage.settle().await;
    let id = stage.request().await.request_id;
    approve(&stage, &id, "W0OWNER").await;
    assert_eq!(stage.request().await.status, Status::Pending);
    assert!(stage.messages_to("W0OWNER").last().unwrap().contains("cannot approve your own"));
}

#[tokio::test]
async fn a_request_can_be_denied_and_a_grant_ended_when_the_project_is_gone() {
    let (stage, id) = asked("ReadOnly").await;
    remove_project(&stage).await;
    approve(&stage, &id, SAM).await;
    let told = stage.messages_to(SAM);
    assert!(
        told.last().unwrap().contains("no longer in the catalogue")
            && told.last().unwrap().contains("You can deny it")
    );
    deny(&stage, &id, STRANGER).await;
    let told = stage.messages_to(STRANGER);
    assert!(told.last().unwrap().contains("<@U0OWNER> or <@U0SECOND> can deny it"), "{told:?}");
    assert_eq!(stage.request().await.status, Status::Pending);
    deny(&stage, &id, SAM).await;
    assert_eq!(stage.request().await.status, Status::Denied);

    let (stage, id) = asked("ReadOnly").await;
    approve(&stage, &id, OLIVIA).await;
    remove_project(&stage).await;
    stage.send(&Job::EndGrant(stage.click(&id, STRANGER))).await;
    stage.settle().await;
    let told = stage.messages_to(STRANGER);
    assert!(told.last().unwrap().contains("<@U0DANA>, <@U0OWNER> or <@U0SECOND> can."), "{told:?}");
    stage.send(&Job::EndGrant(stage.click(&id, SAM))).await;
    stage.settle().await;
    assert_eq!(stage.request().await.status, Status::Revoked);
}

#[tokio::test]
async fn a_denial_names_who_denied_and_not_who_had_agreed() {
    let (stage, id) = asked("Both").await;
    approve(&stage, &id, OLIVIA).await;
    deny(&stage, &id, SAM).await;
    let text = stage.approval_message().unwrap().text;
    assert!(text.contains("Denied by <@U0SECOND>") && !text.contains("<@U0OWNER>"), "{text}");
    assert!(stage.messages_to(DANA).last().unwrap().contains("<@U0SECOND> denied"));
    assert!(stage.slack.messages().iter().any(|message| message.channel == APPROVALS));
}
