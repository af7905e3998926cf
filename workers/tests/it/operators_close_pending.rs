//! An operator closes requests that nobody has decided on yet, as well as ending grants that are live.

use domain::{Job, OperatorName, Request, RequestId, Status, UnixSeconds};

use crate::stage::{DANA, OLIVIA, Stage};

fn closes(request_id: &RequestId, requested_at: Option<UnixSeconds>) -> Job {
    let by = OperatorName::parse("alice@example.com").unwrap();
    Job::EndByOperator { request_id: request_id.clone(), by, requested_at }
}

async fn asked() -> (Stage, Request) {
    let stage = Stage::new().await;
    stage.ask("ReadOnly", "1h").await;
    let request = stage.request().await;
    (stage, request)
}

#[tokio::test]
async fn a_pending_request_is_closed_and_everybody_is_told_by_whom() {
    let (mut stage, request) = asked().await;
    stage.twice = true;
    stage.pass(60);
    let requested_at = stage.now();
    stage.pass(120);
    stage.send(&closes(&request.request_id, Some(requested_at))).await;
    assert!(stage.settle().await.rejected.is_empty());

    let closed = stage.request().await;
    assert_eq!((closed.status, closed.decision.decided_at), (Status::Denied, Some(requested_at)));
    assert_eq!(closed.decision.approver_slack_id, None, "an operator is nobody in Slack");
    let by = closed.access.ended_by.as_ref().map(ToString::to_string);
    assert_eq!(by.as_deref(), Some("operator:alice@example.com"));
    assert_eq!(domain::audit::verify(&closed).faults, []);

    let says = "An operator (alice@example.com) closed your request for *ReadOnly* on *payments*";
    let told = stage.messages_to(DANA);
    assert_eq!(told.iter().filter(|text| text.contains(says)).count(), 1, "{told:?}");
    let message = stage.approval_message().unwrap();
    assert!(message.text.contains("Closed by an operator (alice@example.com)"), "{}", message.text);
    assert!(!message.blocks.to_string().contains("aws_actions"), "no button is left");
}

#[tokio::test]
async fn what_was_closed_cannot_be_approved_and_says_by_whom() {
    let (stage, request) = asked().await;
    stage.send(&closes(&request.request_id, None)).await;
    stage.settle().await;
    stage.send(&Job::Approve(stage.click(&request.request_id, OLIVIA))).await;
    stage.settle().await;
    assert_eq!(stage.request().await.status, Status::Denied);
    assert!(stage.aws.users().await.is_empty() && stage.aws.mails().is_empty());
    let told = stage.messages_to(OLIVIA);
    assert!(told.last().unwrap().contains("was denied by an operator (alice@example.com)"), "{told:?}");
}

#[tokio::test]
async fn an_approval_that_was_first_is_ended_instead() {
    let (stage, request) = asked().await;
    stage.send(&Job::Approve(stage.click(&request.request_id, OLIVIA))).await;
    stage.settle().await;
    stage.send(&closes(&request.request_id, Some(stage.now()))).await;
    stage.settle().await;
    let ended = stage.request().await;
    assert_eq!(ended.status, Status::Revoked);
    assert!(ended.access.gone_at.is_some() && stage.aws.users().await.is_empty());
}
