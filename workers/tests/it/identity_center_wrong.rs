//! Identity Center as it is not: a wrong identity store is an operator's matter, and is no answer about anybody.

use domain::{Job, Status};
use testkit::aws::Fault;
use testkit::aws::identity_center::INSTANCE_ARN;

use crate::identity_center::there;
use crate::stage::{DANA, OLIVIA, Stage};

const NO_STORE: &str = r#"{"__type":"ResourceNotFoundException","Message":"IDENTITY_STORE not found.","ResourceType":"IDENTITY_STORE"}"#;

#[tokio::test]
async fn whoever_asks_is_told_that_an_operator_is_needed_and_not_that_they_are_nobody() {
    let stage = Stage::told(&[
        ("IDENTITY_CENTER_INSTANCE_ARN", INSTANCE_ARN),
        ("IDENTITY_STORE_ID", "d-0000000000"),
        ("IDENTITY_CENTER_REGION", "eu-central-1"),
    ])
    .await;
    let center = stage.aws.identity_center();
    center.add_user("dana", "u0dana@example.com");
    let group = center.add_group("Deployers");
    let project = serde_json::json!({"project": "payments", "owner_slack_id": OLIVIA, "roles": {
        "Deployers": {"kind": "group", "group_id": group, "max_duration": "8h"}}});
    stage.put_project(project).await;
    let left = stage.ask("Deployers", "1h").await;
    assert!(left.waiting.iter().any(|(_, error)| error.contains("IDENTITY_STORE_ID")), "{left:?}");
    assert!(stage.requests().await.is_empty());
    let told = stage.messages_to(DANA).join("\n");
    assert!(!told.is_empty() && !told.contains("nobody there"), "{told}");
}

#[tokio::test]
async fn nothing_is_said_to_be_gone_while_the_identity_store_is_not_there() {
    let mut there = there().await;
    there.stage.patient = true;
    let id = there.approved("Deployers", "1h").await;
    there.stage.aws.inject(|call| {
        let is_read_back =
            call.operation == "GetGroupMembershipId" || call.operation == "DeleteGroupMembership";
        is_read_back.then(|| Fault::Reply { status: 400, body: NO_STORE.to_owned() })
    });
    there.stage.send(&Job::EndGrant(there.stage.click(&id, DANA))).await;
    let left = there.stage.settle().await;
    assert!(left.waiting.iter().any(|(_, error)| error.contains("IDENTITY_STORE_ID")), "{left:?}");
    assert!(there.request(&id).await.access.gone_at.is_none() && there.has("Deployers"));
    there.stage.aws.clear_faults();
    there.stage.settle().await;
    assert_eq!(there.status(&id).await, Status::Revoked);
    there.is_over(&id, "Deployers").await;
}

/// An administrator has deleted the permission set, which takes its assignments with it.
#[tokio::test]
async fn a_permission_set_that_is_there_no_more_gives_nothing() {
    let mut there = there().await;
    there.stage.patient = true;
    let id = there.approved("PowerUser", "1h").await;
    there.stage.aws.identity_center().remove_permission_set(&there.set());
    there.end(&id).await;
    there.is_over(&id, "PowerUser").await;
}
