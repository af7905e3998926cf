//! What only an operator can repair waits, uses no deliveries up, and goes on by itself; what is the request's own
//! fault does not wait.

use std::sync::atomic::{AtomicBool, Ordering};

use domain::{Job, QueueName, RequestId, Status};
use testkit::aws::{Fault, Service};
use testkit::slack::Fault as SlackFault;

use workers::Failure;
use workers::consumer::Attempt;

use crate::attached::attach;
use crate::stage::{DANA, Left, OLIVIA, Stage, payments};

/// More failures than any test outlives.
const FOR_GOOD: u32 = 1_000_000;
/// Seconds between two looks: all looks together are over before a click is too old to count.
const LOOK_SECONDS: i64 = 30;

pub(crate) async fn asked(role: &str) -> (Stage, RequestId) {
    let stage = Stage::new().await;
    stage.ask(role, "1h").await;
    let id = stage.request().await.request_id;
    (stage, id)
}

/// Lets every job that waits be tried again.
pub(crate) async fn look_again(stage: &Stage) -> Left {
    stage.pass(LOOK_SECONDS);
    stage.settle().await
}

pub(crate) fn waits_for(left: &Left, what: &str) {
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
    let cases: [(Service, &str, u16, &'static str); 15] = [
        (Service::Iam, "CreateUser", 404, "NoSuchEntity"),
        (Service::Scheduler, "CreateSchedule", 403, "AccessDeniedException"),
        (Service::Scheduler, "CreateSchedule", 400, "ValidationException"),
        (Service::Iam, "CreateUser", 409, "LimitExceeded"),
        (Service::Iam, "CreateUser", 403, "ExpiredToken"),
        (Service::Iam, "PutUserPolicy", 403, "InvalidClientTokenId"),
        (Service::Iam, "CreateAccessKey", 403, "SignatureDoesNotMatch"),
        (Service::Scheduler, "CreateSchedule", 402, "ServiceQuotaExceededException"),
        (Service::Ses, "SendEmail", 400, "SendingPausedException"),
        (Service::Ses, "SendEmail", 400, "AccountSuspendedException"),
        (Service::Ses, "SendEmail", 400, "LimitExceededException"),
        (Service::Ses, "SendEmail", 400, "MailFromDomainNotVerifiedException"),
        (Service::Ses, "SendEmail", 404, "NotFoundException"),
        (Service::Ses, "SendEmail", 400, "ConfigurationSetDoesNotExistException"),
        (Service::Ses, "SendEmail", 403, "AccessDeniedException"),
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
        let told = stage.messages_to(DANA);
        let of_the_wait =
            told.iter().filter(|text| text.contains("cannot be made yet") && text.contains(code));
        assert_eq!(of_the_wait.count(), 1, "{code}: {told:?}");
        stage.aws.clear_faults();
        look_again(&stage).await;
        assert_eq!(stage.request().await.status, Status::Active, "{code}");
        assert_eq!(stage.aws.users().await[0].keys.len(), 1);
    }
}

#[tokio::test]
async fn what_the_request_itself_asks_for_is_refused_at_once() {
    let cases: [(&str, u16, &'static str); 7] = [
        ("PutUserPolicy", 409, "LimitExceeded"),
        ("PutUserPolicy", 400, "MalformedPolicyDocument"),
        ("AttachUserPolicy", 400, "PolicyNotAttachable"),
        ("AttachUserPolicy", 409, "LimitExceeded"),
        ("CreateUser", 403, "AccessDenied"),
        ("SendEmail", 400, "MessageRejected"),
        ("SendEmail", 400, "BadRequestException"),
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
        assert!(request.access.failure.as_deref().unwrap().contains(code), "{request:#?}");
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
        ("ListAccessKeys", "AccessDenied"),
        // While a credential is made, this would be refused at once.
        ("ListAttachedUserPolicies", "NewCodeOfAws"),
    ] {
        let (stage, id) = asked("ReadOnly").await;
        stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
        stage.settle().await;
        // What is on a user is listed where IAM refuses to delete it.
        for what in ["key", "policy"] {
            attach(&stage, &stage.request().await.aws_name(), what).await;
        }
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
        assert!(stage.request().await.access.gone_at.is_some());
    }
}

/// What STS answers of a role that it does not see yet, or that does not let the worker in.
const REFUSED: Fault = Fault::Answer { status: 403, code: "AccessDenied" };

#[tokio::test]
async fn a_role_that_lets_nobody_in_is_tried_again_for_a_while_and_then_the_requester_is_told() {
    let (stage, id) = asked("PowerUser").await;
    stage.aws.inject(|call| (call.operation == "AssumeRole").then_some(REFUSED));
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    let began = stage.now();
    stage.settle().await;
    let tries = stage.aws.calls().iter().filter(|call| call.operation == "AssumeRole").count();
    assert!(tries > 5 && stage.now().seconds_since(began) < 60, "{tries} tries");
    assert_eq!(stage.request().await.status, Status::Failed);
}

#[tokio::test]
async fn a_role_that_is_new_is_waited_for() {
    let (stage, id) = asked("PowerUser").await;
    let left = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(4));
    stage.aws.inject(move |call| {
        let counted = |left: u32| left.checked_sub(1);
        let refuses = call.operation == "AssumeRole"
            && left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, counted).is_ok();
        refuses.then_some(REFUSED)
    });
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    stage.settle().await;
    assert_eq!(stage.request().await.status, Status::Active);
}

/// What Scheduler answers of a role that it does not see yet, or that does not let it in.
const ROLE_REFUSED: Fault = Fault::Says {
    status: 400,
    code: "ValidationException",
    message: "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
};

#[tokio::test]
async fn a_new_role_of_the_scheduler_is_waited_for_also_by_a_short_grant() {
    for duration in ["15m", "1h"] {
        let stage = Stage::new().await;
        stage.ask("ReadOnly", duration).await;
        let id = stage.request().await.request_id;
        let left = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(4));
        stage.aws.inject(move |call| {
            let refuses = call.operation == "CreateSchedule"
                && left
                    .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1))
                    .is_ok();
            refuses.then_some(ROLE_REFUSED)
        });
        stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
        let left = stage.settle().await;
        assert!(left.waiting.is_empty() && left.rejected.is_empty(), "{duration}: {left:?}");
        assert_eq!(stage.request().await.status, Status::Active, "{duration}");
        assert_eq!(stage.aws.schedules().await.len(), 1, "{duration}");
    }
}

#[tokio::test]
async fn a_role_that_the_scheduler_may_not_assume_makes_no_grant_without_a_schedule() {
    for (duration, refused) in [
        ("15m", ROLE_REFUSED),
        // A refusal of something else, of which the delayed message is not the remedy either.
        ("15m", Fault::Answer { status: 400, code: "ValidationException" }),
        ("1h", ROLE_REFUSED),
    ] {
        let stage = Stage::new().await;
        stage.ask("ReadOnly", duration).await;
        let id = stage.request().await.request_id;
        stage.aws.inject(move |call| (call.operation == "CreateSchedule").then(|| refused.clone()));
        stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
        waits_for(&stage.settle().await, "ValidationException");
        assert!(stage.aws.users().await.is_empty(), "nothing is made without its end");
        stage.aws.clear_faults();
        look_again(&stage).await;
        assert_eq!(stage.request().await.status, Status::Active, "{duration}");
        assert_eq!(stage.aws.schedules().await.len(), 1, "{duration}");
    }
}

#[tokio::test]
async fn a_moment_that_is_too_near_for_a_schedule_has_its_delayed_message() {
    let stage = Stage::new().await;
    stage.ask("ReadOnly", "15m").await;
    let id = stage.request().await.request_id;
    let approve = Job::Approve(stage.click(&id, OLIVIA));
    let attempt = Attempt { number: 1, max: 8 };
    stage.handle(QueueName::Provision, &approve, attempt).await.unwrap();
    stage.pass(14 * 60);
    stage.aws.inject(|call| {
        let refused = Fault::Answer { status: 400, code: "ValidationException" };
        (call.operation == "CreateSchedule").then_some(refused)
    });
    stage.settle().await;
    assert_eq!(stage.request().await.status, Status::Active);
    let delayed = stage.aws.queue("keylease-revoke").unwrap();
    assert!(delayed.messages.iter().any(|message| message.body.contains("revoke")), "{delayed:?}");
}

#[tokio::test]
async fn a_job_that_comes_after_the_end_makes_nothing_and_the_requester_is_told() {
    for role in ["ReadOnly", "PowerUser"] {
        let (stage, id) = asked(role).await;
        let approve = Job::Approve(stage.click(&id, OLIVIA));
        let attempt = Attempt { number: 1, max: 8 };
        stage.handle(QueueName::Provision, &approve, attempt).await.unwrap();
        let make = stage.take(QueueName::Provision).await.remove(0);
        stage.pass(3_600);
        let before = stage.aws.calls().len();
        stage.handle(QueueName::Provision, &make, attempt).await.unwrap();
        let made = ["CreateUser", "CreateSchedule", "AssumeRole", "CreateAccessKey", "SendEmail"];
        let calls = stage.aws.calls();
        let called = calls.iter().skip(before).find(|call| made.contains(&call.operation.as_str()));
        assert!(called.is_none(), "{role}: {called:?}");
        stage.settle().await;
        let request = stage.request().await;
        assert_eq!(request.status, Status::Failed, "{role}");
        assert!(request.access.failure.unwrap().contains("time ran out"), "{role}");
        let told = stage.messages_to(DANA).pop().unwrap();
        assert!(told.contains("could not be made"), "{role}: {told}");
        assert!(stage.aws.users().await.is_empty() && stage.aws.mails().is_empty());
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
    let why = request.access.failure.unwrap();
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
