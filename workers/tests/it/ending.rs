//! Ending: at its time, early, by whom, and whatever was attached from outside.

use domain::{Job, OperatorName, RequestId, Status};
use testkit::aws::{Fault, Service};

use crate::stage::{DANA, OLIVIA, SAM, SESSION_ROLE, STRANGER, Stage};

pub(crate) async fn live(role: &str) -> (Stage, RequestId) {
    let stage = Stage::new().await;
    stage.ask(role, "1h").await;
    let id = stage.request().await.request_id;
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    stage.settle().await;
    assert_eq!(stage.request().await.status, Status::Active);
    (stage, id)
}

pub(crate) async fn nothing_is_left(stage: &Stage, status: Status) {
    let request = stage.request().await;
    assert_eq!(request.status, status);
    assert!(request.access.gone_at.is_some(), "{request:?}");
    assert!(stage.aws.users().await.is_empty());
}

#[tokio::test]
async fn a_grant_ends_at_its_time_and_everybody_is_told() {
    for role in ["ReadOnly", "PowerUser"] {
        let (stage, _) = live(role).await;
        assert_eq!(stage.fire_schedules().await, 0, "not before its time");
        stage.pass(3_600);
        assert_eq!(stage.fire_schedules().await, 1);
        stage.settle().await;
        nothing_is_left(&stage, Status::Expired).await;
        let request = stage.request().await;
        assert_eq!(request.access.ended_at, request.access.expires_at);
        assert!(
            stage.messages_to(DANA).iter().any(|text| text.contains("ended") && text.contains("as planned"))
        );
        let message = stage.approval_message().unwrap();
        assert!(message.text.contains("ended as planned"), "{}", message.text);
        assert!(!message.blocks.to_string().contains("aws_actions"), "its button is gone");
        let buttons =
            stage.slack.messages().iter().filter(|m| m.blocks.to_string().contains("revoke")).count();
        assert_eq!(buttons, 0, "and the requester's too");
    }
}

#[tokio::test]
async fn a_message_that_comes_early_ends_nothing() {
    let (stage, id) = live("ReadOnly").await;
    stage.send(&Job::ExpireGrant { request_id: id }).await;
    let left = stage.settle().await;
    assert_eq!(left.later, 1);
    assert_eq!(stage.request().await.status, Status::Active);
    assert_eq!(stage.aws.users().await.len(), 1);
}

#[tokio::test]
async fn the_requester_and_the_approvers_may_end_it_early_and_nobody_else() {
    for (who, said) in [(DANA, "You ended"), (SAM, "<@U0SECOND> ended")] {
        let (stage, id) = live("ReadOnly").await;
        stage.send(&Job::EndGrant(stage.click(&id, STRANGER))).await;
        stage.settle().await;
        assert_eq!(stage.request().await.status, Status::Active);
        assert!(stage.messages_to(STRANGER).last().unwrap().contains("You cannot end"));

        stage.send(&Job::EndGrant(stage.click(&id, who))).await;
        stage.settle().await;
        nothing_is_left(&stage, Status::Revoked).await;
        assert!(stage.aws.schedules().await.is_empty());
        let told = stage.messages_to(DANA);
        assert!(told.iter().any(|text| text.contains(said)), "{told:?}");
    }
}

#[tokio::test]
async fn an_operator_ends_it_early_and_everybody_is_told_who() {
    let (mut stage, id) = live("ReadOnly").await;
    stage.twice = true;
    let job = Job::EndByOperator {
        request_id: id,
        by: OperatorName::parse("alice@example.com").unwrap(),
        requested_at: None,
    };
    stage.send(&job).await;
    assert!(stage.settle().await.rejected.is_empty());
    nothing_is_left(&stage, Status::Revoked).await;
    assert!(stage.aws.schedules().await.is_empty());
    let by = stage.request().await.access.ended_by.map(|by| by.to_string());
    assert_eq!(by.as_deref(), Some("operator:alice@example.com"));
    let told = stage.messages_to(DANA);
    let says = "An operator (alice@example.com) ended your access to *ReadOnly* on *payments*";
    assert_eq!(told.iter().filter(|text| text.contains(says)).count(), 1, "{told:?}");
    let approvers = stage.approval_message().unwrap().text;
    assert!(approvers.contains("An operator (alice@example.com) ended access early"), "{approvers}");
}

#[tokio::test]
async fn an_operator_ends_nothing_where_nothing_is_granted() {
    let (stage, id) = live("ReadOnly").await;
    stage.send(&Job::EndGrant(stage.click(&id, DANA))).await;
    stage.settle().await;
    let by = OperatorName::parse("alice").unwrap();
    stage.send(&Job::EndByOperator { request_id: id, by: by.clone(), requested_at: None }).await;
    assert!(stage.settle().await.rejected.is_empty());
    assert_eq!(stage.request().await.access.ended_by.unwrap().to_string(), DANA);
    let nobody = RequestId::parse("nobody-0").unwrap();
    stage.send(&Job::EndByOperator { request_id: nobody, by, requested_at: None }).await;
    assert_eq!(stage.settle().await.rejected, [("end_by_operator".to_owned(), "unknown_request")]);
}

#[tokio::test]
async fn a_session_ended_early_is_denied_by_its_id_and_the_denial_is_pruned() {
    let (stage, id) = live("PowerUser").await;
    stage.send(&Job::EndGrant(stage.click(&id, DANA))).await;
    stage.settle().await;
    nothing_is_left(&stage, Status::Revoked).await;
    let request = stage.request().await;
    let denial = stage.aws.role_policies(SESSION_ROLE).await;
    let denied = denial.values().flat_map(|denial| domain::policy::sessions_denied(&denial.to_string()));
    assert_eq!(denied.collect::<Vec<_>>(), [request.access.assumed_role_id.unwrap()]);

    stage.pass(3_601);
    assert_eq!(stage.fire_schedules().await, 1, "the schedule stays, to prune");
    stage.settle().await;
    assert!(stage.aws.role_policies(SESSION_ROLE).await.is_empty());
}

#[tokio::test]
async fn what_was_attached_from_outside_does_not_stop_the_removal() {
    let (stage, _) = live("ReadOnly").await;
    let user = stage.request().await.aws_name();
    let iam = aws_sdk_iam::Client::new(&stage.sdk);
    iam.create_login_profile().user_name(&user).password("Long-enough-1").send().await.unwrap();
    iam.create_access_key().user_name(&user).send().await.unwrap();
    iam.create_group().group_name("others").send().await.unwrap();
    iam.add_user_to_group().group_name("others").user_name(&user).send().await.unwrap();
    let policy = domain::policy::deny_all();
    iam.put_user_policy().user_name(&user).policy_name("extra").policy_document(policy).send().await.unwrap();
    iam.create_service_specific_credential()
        .user_name(&user)
        .service_name("codecommit.amazonaws.com")
        .send()
        .await
        .unwrap();
    stage.pass(3_600);
    stage.fire_schedules().await;
    stage.settle().await;
    nothing_is_left(&stage, Status::Expired).await;
    let profile = iam.get_login_profile().user_name(&user).send().await;
    assert!(profile.is_err(), "the login profile is gone too");
    let credentials = iam.list_service_specific_credentials().user_name(&user).send().await;
    assert!(credentials.is_err() || credentials.unwrap().service_specific_credentials().is_empty());
}

#[tokio::test]
async fn slack_down_does_not_delay_an_end() {
    let (stage, _) = live("ReadOnly").await;
    for method in ["chat.postMessage", "chat.update", "users.info"] {
        stage.slack.fail(method, testkit::slack::Fault::ServerError, 4);
    }
    stage.pass(3_600);
    stage.fire_schedules().await;
    stage.settle().await;
    nothing_is_left(&stage, Status::Expired).await;
    assert!(
        stage.messages_to(DANA).iter().any(|text| text.contains("as planned")),
        "and it is told afterwards"
    );
}

#[tokio::test]
async fn the_table_down_does_not_delay_an_end() {
    let (stage, id) = live("ReadOnly").await;
    stage.pass(3_600);
    stage.aws.inject(|call| (call.service == Service::DynamoDb).then_some(Fault::FailBefore));
    let attempt = workers::consumer::Attempt { number: 1, max: 8 };
    let job = Job::ExpireGrant { request_id: id };
    let outcome = stage.handle(domain::QueueName::Revoke, &job, attempt).await;
    assert!(matches!(outcome, Err(workers::Failure::Retry { .. })), "{outcome:?}");
    assert!(stage.aws.users().await.is_empty(), "the user's own tag says that its time is over");
    stage.aws.clear_faults();
    stage.send(&job).await;
    stage.settle().await;
    nothing_is_left(&stage, Status::Expired).await;
}

#[tokio::test]
async fn the_table_down_ends_nothing_before_its_time() {
    let (stage, id) = live("ReadOnly").await;
    stage.aws.inject(|call| (call.service == Service::DynamoDb).then_some(Fault::FailBefore));
    let attempt = workers::consumer::Attempt { number: 1, max: 8 };
    let job = Job::ExpireGrant { request_id: id };
    assert!(stage.handle(domain::QueueName::Revoke, &job, attempt).await.is_err());
    assert_eq!(stage.aws.users().await.len(), 1);
}

#[tokio::test]
async fn the_schedule_that_cannot_be_deleted_does_not_delay_an_end() {
    let (stage, id) = live("ReadOnly").await;
    stage.aws.inject(|call| (call.service == Service::Scheduler).then_some(Fault::FailBefore));
    stage.send(&Job::EndGrant(stage.click(&id, DANA))).await;
    stage.settle().await;
    nothing_is_left(&stage, Status::Revoked).await;
}

#[tokio::test]
async fn the_guard_stays_until_nothing_else_is_attached() {
    let (stage, _) = live("ReadOnly").await;
    stage.pass(3_600);
    stage.aws.inject(|call| {
        let detaching = call.service == Service::Iam && call.operation == "DetachUserPolicy";
        detaching.then_some(Fault::FailBefore)
    });
    let request_id = stage.request().await.request_id;
    let attempt = workers::consumer::Attempt { number: 1, max: 8 };
    let job = Job::ExpireGrant { request_id };
    assert!(stage.handle(domain::QueueName::Revoke, &job, attempt).await.is_err());
    let users = stage.aws.users().await;
    assert_eq!(users[0].attached_policies.len(), 1);
    let denial: serde_json::Value = serde_json::from_str(&domain::policy::deny_all()).unwrap();
    assert_eq!(users[0].inline_policies["keylease-guard"], denial, "it still denies everything");
    stage.aws.clear_faults();
    stage.send(&job).await;
    stage.settle().await;
    nothing_is_left(&stage, Status::Expired).await;
}
