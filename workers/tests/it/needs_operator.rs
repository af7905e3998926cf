//! What only an operator can repair waits, uses no deliveries up, and goes on by itself; what is the request's own
//! fault does not wait.

use std::sync::atomic::{AtomicBool, Ordering};

use domain::{Job, QueueName, RequestId, Status};
use testkit::aws::{Fault, Service};
use testkit::slack::Fault as SlackFault;

use workers::Failure;
use workers::consumer::Attempt;

use crate::stage::{DANA, Left, OLIVIA, Stage, payments};

/// More failures than any test outlives.
const FOR_GOOD: u32 = 1_000_000;
/// Seconds between two looks: all looks together are over before a click is too old to count.
const LOOK_SECONDS: i64 = 30;

async fn asked(role: &str) -> (Stage, RequestId) {
    let stage = Stage::new().await;
    stage.ask(role, "1h").await;
    let id = stage.request().await.request_id;
    (stage, id)
}

/// Lets every job that waits be tried again.
async fn look_again(stage: &Stage) -> Left {
    stage.pass(LOOK_SECONDS);
    stage.settle().await
}

fn waits_for(left: &Left, what: &str) {
    assert!(left.rejected.is_empty(), "{left:?}");
    assert!(left.waiting.iter().any(|(_, error)| error.contains(what)), "{what}: {left:?}");
}

#[tokio::test]
async fn a_token_that_expired_before_the_credential_was_made_costs_nobody_a_grant() {
    for code in ["token_expired", "invalid_auth", "token_revoked", "account_inactive", "missing_scope"] {
        let (stage, id) = asked("ReadOnly").await;
        stage.slack.fail("users.info", SlackFault::Api(code.into()), FOR_GOOD);
        stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
        // More often than a queue delivers one message.
        for _ in 0..2 * testkit::aws::MAX_RECEIVE_COUNT {
            waits_for(&look_again(&stage).await, code);
        }
        assert!(!stage.request().await.status.is_final());
        stage.slack.clear_faults();
        look_again(&stage).await;
        assert_eq!(stage.request().await.status, Status::Active, "{code}");
        assert_eq!(stage.aws.mails().len(), 1);
    }
}

#[tokio::test]
async fn what_the_account_lacks_waits_until_it_is_there() {
    let cases: [(Service, &str, u16, &'static str); 7] = [
        (Service::Iam, "CreateUser", 409, "LimitExceeded"),
        (Service::Iam, "CreateUser", 403, "ExpiredToken"),
        (Service::Iam, "PutUserPolicy", 403, "InvalidClientTokenId"),
        (Service::Iam, "CreateAccessKey", 403, "SignatureDoesNotMatch"),
        (Service::Scheduler, "CreateSchedule", 402, "ServiceQuotaExceededException"),
        (Service::Ses, "SendEmail", 400, "SendingPausedException"),
        (Service::Ses, "SendEmail", 400, "AccountSuspendedException"),
    ];
    for (service, operation, status, code) in cases {
        let (stage, id) = asked("ReadOnly").await;
        stage.aws.inject(move |call| {
            let hit = call.service == service && call.operation == operation;
            hit.then_some(Fault::Answer { status, code })
        });
        stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
        for _ in 0..2 * testkit::aws::MAX_RECEIVE_COUNT {
            waits_for(&look_again(&stage).await, code);
        }
        assert_eq!(stage.request().await.status, Status::Approved, "{code}");
        stage.aws.clear_faults();
        look_again(&stage).await;
        assert_eq!(stage.request().await.status, Status::Active, "{code}");
        assert_eq!(stage.aws.users().await[0].keys.len(), 1);
    }
}

#[tokio::test]
async fn what_the_request_itself_asks_for_is_refused_at_once() {
    let cases: [(&str, u16, &'static str); 6] = [
        ("PutUserPolicy", 409, "LimitExceeded"),
        ("PutUserPolicy", 400, "MalformedPolicyDocument"),
        ("AttachUserPolicy", 400, "PolicyNotAttachable"),
        ("AttachUserPolicy", 409, "LimitExceeded"),
        ("CreateUser", 403, "AccessDenied"),
        ("SendEmail", 400, "MessageRejected"),
    ];
    for (operation, status, code) in cases {
        let (stage, id) = asked("ReadOnly").await;
        // Once: the guard that denies everything is put by the same call afterwards.
        let met = AtomicBool::new(false);
        stage.aws.inject(move |call| {
            let hit = call.operation == operation && !met.swap(true, Ordering::Relaxed);
            hit.then_some(Fault::Answer { status, code })
        });
        stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
        stage.settle().await;
        let request = stage.request().await;
        assert_eq!(request.status, Status::Failed, "{operation} {code}");
        assert!(request.failure.as_deref().unwrap().contains(code), "{request:#?}");
        assert!(stage.aws.users().await.is_empty(), "{operation} {code}");
        assert!(stage.messages_to(DANA).last().unwrap().contains(code));
    }
}

#[tokio::test]
async fn an_ending_is_never_given_up() {
    for (operation, code) in [
        ("DeleteUser", "AccessDenied"),
        ("DetachUserPolicy", "AccessDenied"),
        ("DeleteAccessKey", "NewCodeOfAws"),
        // While a credential is made, these would be refused at once.
        ("ListAccessKeys", "AccessDenied"),
        ("ListAttachedUserPolicies", "NewCodeOfAws"),
    ] {
        let (stage, id) = asked("ReadOnly").await;
        stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
        stage.settle().await;
        stage
            .aws
            .inject(move |call| (call.operation == operation).then_some(Fault::Answer { status: 400, code }));
        stage.send(&Job::EndGrant(stage.click(&id, DANA))).await;
        for _ in 0..2 * testkit::aws::MAX_RECEIVE_COUNT {
            waits_for(&look_again(&stage).await, code);
        }
        stage.aws.clear_faults();
        look_again(&stage).await;
        assert!(stage.aws.users().await.is_empty(), "{operation} {code}");
        assert!(stage.request().await.gone_at.is_some());
    }
}

/// A project that acts in another account, through this role there.
async fn elsewhere(role_arn: &str) -> Stage {
    let stage = Stage::new().await;
    let mut project = payments();
    project["account_role_arn"] = role_arn.into();
    stage.put_project(project).await;
    stage
}

#[tokio::test]
async fn an_account_that_cannot_be_assumed_holds_a_grant_up_until_its_end_and_is_named_then() {
    let stage = elsewhere("arn:aws:iam::444455556666:role/closed").await;
    stage.ask("ReadOnly", "1h").await;
    let id = stage.request().await.request_id;
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    waits_for(&stage.settle().await, "AssumeRole");
    assert_eq!(stage.request().await.status, Status::Approved);

    // However many sweeps come meanwhile, one job waits.
    for _ in 0..5 {
        stage.pass(300);
        stage.send(&Job::Sweep).await;
        let left = stage.settle().await;
        let waiting = left.waiting.iter().filter(|(job, _)| job == "provision");
        assert_eq!(waiting.count(), 1, "{left:?}");
    }
    stage.pass(3_600);
    stage.fire_schedules().await;
    stage.settle().await;
    let request = stage.request().await;
    assert_eq!(request.status, Status::Failed);
    let why = request.failure.unwrap();
    assert!(why.contains("time ran out") && why.contains("not authorized"), "{why}");
    assert!(
        stage.messages_to(DANA).last().unwrap().contains("not authorized"),
        "{:?}",
        stage.messages_to(DANA)
    );
}

#[tokio::test]
async fn an_account_that_is_opened_again_makes_the_grant_go_on() {
    let stage = Stage::new().await;
    let member = stage.member_role("member").await;
    let mut project = payments();
    project["account_role_arn"] = member.into();
    stage.put_project(project).await;
    stage.ask("ReadOnly", "8h").await;
    let id = stage.request().await.request_id;
    let refused = Fault::Answer { status: 403, code: "AccessDenied" };
    stage.aws.inject(move |call| (call.operation == "AssumeRole").then(|| refused.clone()));
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    for _ in 0..2 * testkit::aws::MAX_RECEIVE_COUNT {
        waits_for(&look_again(&stage).await, "AccessDenied");
    }
    stage.aws.clear_faults();
    look_again(&stage).await;
    assert_eq!(stage.request().await.status, Status::Active);
}

#[tokio::test]
async fn an_account_whose_sts_is_down_is_tried_again_like_anything_that_is_down() {
    let stage = Stage::new().await;
    let mut project = payments();
    project["account_role_arn"] = stage.member_role("member").await.into();
    stage.put_project(project).await;
    stage.ask("ReadOnly", "8h").await;
    let id = stage.request().await.request_id;
    stage.aws.inject(|call| (call.operation == "AssumeRole").then_some(Fault::FailBefore));
    let outcome = approve_and_make(&stage, &id).await;
    assert!(matches!(outcome, Err(Failure::Retry { .. })), "{outcome:?}");
}

async fn approve_and_make(stage: &Stage, id: &RequestId) -> Result<(), Failure> {
    let attempt = Attempt { number: 1, max: 8 };
    stage.handle(QueueName::Provision, &Job::Approve(stage.click(id, OLIVIA)), attempt).await.unwrap();
    stage.take(QueueName::Provision).await;
    stage.handle(QueueName::Provision, &Job::Provision { request_id: id.clone() }, attempt).await
}
