//! Many sessions of one role that end early: each is denied, whatever room the role's inline policies have.

use domain::{Job, QueueName, RequestId, Status};
use serde_json::json;
use testkit::aws::{Fault, Service};

use crate::stage::{DANA, OLIVIA, SESSION_ROLE, Stage, payments};

const ROLE_NAME: &str = "payments-power";

/// So many live sessions of one role, each by a role of the catalogue of its own.
async fn live_sessions(many: usize) -> (Stage, Vec<RequestId>) {
    let stage = Stage::new().await;
    let mut project = payments();
    for number in 0..many {
        project["roles"][format!("Power{number}")] =
            json!({"kind": "session", "role_arn": SESSION_ROLE, "max_duration": "1h"});
    }
    stage.put_project(project).await;
    for number in 0..many {
        stage.ask(&format!("Power{number}"), "1h").await;
    }
    for request in stage.requests().await {
        stage.send(&Job::Approve(stage.click(&request.request_id, OLIVIA))).await;
    }
    stage.settle().await;
    let requests = stage.requests().await;
    assert!(requests.iter().all(|request| request.status == Status::Active));
    (stage, requests.into_iter().map(|request| request.request_id).collect())
}

/// Somebody else's inline policy on the role, of so many characters.
async fn fill(stage: &Stage, characters: usize) {
    let frame = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:","Resource":"*"}]}"#;
    let action = format!("s3:{}", "x".repeat(characters - frame.len()));
    let document = frame.replace("s3:", &action);
    let iam = aws_sdk_iam::Client::new(&stage.sdk);
    let put = iam.put_role_policy().role_name(ROLE_NAME).policy_name("others").policy_document(document);
    put.send().await.unwrap();
}

async fn end(stage: &Stage, ids: &[RequestId]) {
    for id in ids {
        stage.send(&Job::EndGrant(stage.click(id, DANA))).await;
    }
    let left = stage.settle().await;
    assert!(left.rejected.is_empty(), "{:?}", left.rejected);
}

async fn denied(stage: &Stage) -> usize {
    stage.aws.sessions().await.iter().filter(|session| session.denied).count()
}

#[tokio::test]
async fn sixty_sessions_of_one_role_end_at_once_and_none_works_on() {
    let (stage, ids) = live_sessions(60).await;
    let began = stage.now();
    end(&stage, &ids).await;
    assert_eq!(denied(&stage).await, 60);
    assert!(stage.requests().await.iter().all(|request| request.access.gone_at.is_some()));
    let policies = stage.aws.role_policies(SESSION_ROLE).await;
    let by_id = policies.values().flat_map(|policy| domain::policy::sessions_denied(&policy.to_string()));
    let by_id: std::collections::BTreeSet<String> = by_id.collect();
    assert_eq!(by_id.len(), 60, "each by its id, and nobody is cut off");

    let took = stage.now().seconds_since(began);
    stage.pass(3_601);
    stage.fire_schedules().await;
    stage.settle().await;
    assert!(stage.aws.role_policies(SESSION_ROLE).await.is_empty(), "and nothing is left on the role");
    assert!(took < 300, "{took} s");
}

#[tokio::test]
async fn where_a_role_is_full_the_last_resort_ends_every_session_that_began_before() {
    let (stage, ids) = live_sessions(4).await;
    fill(&stage, 9_700).await;
    end(&stage, &ids[..3]).await;
    assert_eq!(denied(&stage).await, 4, "the fourth is cut off with them");
    let policies = stage.aws.role_policies(SESSION_ROLE).await;
    assert!(
        policies.values().any(|policy| policy.to_string().contains("aws:TokenIssueTime")),
        "{policies:?}"
    );
    assert!(policies.contains_key("others"), "what is somebody else's stays");
    says_that_it_was_cut_off(&stage, &ids[3]).await;
}

/// The record, its history and its person know what became of a session that was cut off.
async fn says_that_it_was_cut_off(stage: &Stage, id: &RequestId) {
    let request = stage.requests().await.into_iter().find(|request| request.request_id == *id).unwrap();
    assert_eq!(request.status, Status::Revoked);
    assert!(request.access.gone_at.is_some());
    let event =
        request.audit.history.iter().find(|change| change.event == "cut_off").expect("it is in the history");
    assert!(event.note.as_deref().unwrap().contains("cut off together"), "{event:?}");
    assert_eq!(domain::audit::verify(&request).faults, []);
    let told = stage.messages_to(DANA);
    assert_eq!(
        told.iter().filter(|text| text.contains("AWS had no room to end it alone")).count(),
        1,
        "{told:?}"
    );
}

#[tokio::test]
async fn whoever_was_cut_off_while_the_table_did_not_answer_is_told_by_the_next_sweep() {
    let (stage, ids) = live_sessions(4).await;
    fill(&stage, 9_700).await;
    stage.aws.inject(|call| {
        (call.service == Service::DynamoDb && call.operation == "Query").then_some(Fault::FailBefore)
    });
    end(&stage, &ids[..3]).await;
    stage.aws.clear_faults();
    assert_eq!(denied(&stage).await, 4);
    let other = stage.requests().await.into_iter().find(|request| request.request_id == ids[3]).unwrap();
    assert_eq!(other.status, Status::Active, "nobody could read whose they were");

    stage.send(&Job::Sweep).await;
    stage.settle().await;
    says_that_it_was_cut_off(&stage, &ids[3]).await;
}

#[tokio::test]
async fn a_session_that_begins_after_a_cut_off_goes_on() {
    let (stage, ids) = live_sessions(4).await;
    fill(&stage, 9_700).await;
    end(&stage, &ids[..3]).await;
    stage.pass(60);
    let dana_asks = stage.spec(DANA, "payments", "PowerUser", "1h");
    stage.send(&Job::Submit(dana_asks)).await;
    stage.settle().await;
    let open = |request: &domain::Request| request.status == Status::Pending;
    let id = stage.requests().await.into_iter().find(open).unwrap().request_id;
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    stage.settle().await;
    stage.send(&Job::Sweep).await;
    stage.settle().await;
    let later = stage.requests().await.into_iter().find(|request| request.request_id == id).unwrap();
    assert_eq!(later.status, Status::Active);
}

#[tokio::test]
async fn a_role_that_others_fill_waits_for_an_operator_and_goes_on_by_itself() {
    let (stage, ids) = live_sessions(1).await;
    fill(&stage, 10_200).await;
    stage.send(&Job::EndGrant(stage.click(&ids[0], DANA))).await;
    stage.settle().await;
    assert_eq!(denied(&stage).await, 0);
    assert_eq!(stage.request().await.access.gone_at, None, "nothing is said that is not so");
    fill(&stage, 1_000).await;
    stage.send(&Job::Sweep).await;
    stage.settle().await;
    assert_eq!(denied(&stage).await, 1);
    assert!(stage.request().await.access.gone_at.is_some());
}

#[tokio::test]
async fn a_denial_whose_schedule_is_lost_is_pruned_by_a_sweep() {
    let (stage, ids) = live_sessions(1).await;
    end(&stage, &ids).await;
    stage.send(&Job::Sweep).await;
    stage.settle().await;
    assert_eq!(stage.aws.role_policies(SESSION_ROLE).await.len(), 1, "not before its time");
    stage.pass(3_601);
    assert_eq!(stage.fire_schedules().await, 1);
    assert_eq!(stage.take(QueueName::Revoke).await.len(), 1, "what the schedule sent is lost");
    stage.send(&Job::Sweep).await;
    stage.settle().await;
    assert!(stage.aws.role_policies(SESSION_ROLE).await.is_empty());
}
