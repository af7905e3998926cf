//! Each call that makes or ends a grant fails for a while, each for somebody else: every grant comes live, and every one
//! goes whole.

use std::time::Duration;

use aws_sdk_iam::Client as Iam;
use endpoint::Stage;
use endpoint::faulty::{Faulty, Until, Wrong};
use endpoint::key::Key;

use crate::crowd::Crowd;
use crate::whole::nothing_is_dead;

/// So long a call fails, from its first failure on: longer than the SDK itself tries it.
const WHILE: Until = Until::Elapsed(Duration::from_secs(2));

/// A role, a call, and how it fails.
type Case = (&'static str, &'static str, Wrong);

const USER: &str = "ReadOnly";
const SESSION: &str = "PowerUser";
const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

const THROTTLED: Wrong = Wrong::Answered(400, "Throttling");
const TOO_MANY: Wrong = Wrong::Answered(429, "TooManyRequestsException");
const UNAVAILABLE: Wrong = Wrong::Answered(503, "ServiceUnavailable");
const FAILED: Wrong = Wrong::Answered(500, "InternalFailure");
const DENIED: Wrong = Wrong::Answered(403, "AccessDenied");
const DENIED_JSON: Wrong = Wrong::Answered(400, "AccessDeniedException");
const TOKEN_EXPIRED: Wrong = Wrong::Answered(403, "ExpiredToken");

/// What is worked on until it succeeds: it may pass by itself, or somebody repairs it.
const MAKING: [Case; 24] = [
    (USER, "CreateUser", THROTTLED),
    (USER, "CreateUser", TOKEN_EXPIRED),
    (USER, "CreateUser", Wrong::Answered(409, "LimitExceeded")),
    (USER, "PutUserPolicy", UNAVAILABLE),
    (USER, "AttachUserPolicy", FAILED),
    (USER, "AttachUserPolicy", DENIED),
    (USER, "AttachUserPolicy", Wrong::Answered(409, "ConcurrentModification")),
    (USER, "CreateAccessKey", UNAVAILABLE),
    (USER, "CreateAccessKey", DENIED),
    (USER, "CreateAccessKey", Wrong::Answered(409, "LimitExceeded")),
    (USER, "CreateSchedule", Wrong::Answered(429, "ThrottlingException")),
    (USER, "CreateSchedule", Wrong::Answered(403, "AccessDeniedException")),
    (USER, "CreateSchedule", Wrong::Answered(402, "ServiceQuotaExceededException")),
    (USER, "SendEmail", TOO_MANY),
    (USER, "SendEmail", UNAVAILABLE),
    (USER, "SendEmail", Wrong::Answered(403, "AccessDeniedException")),
    (USER, "SendEmail", Wrong::Answered(400, "SendingPausedException")),
    (USER, "GetItem", DENIED_JSON),
    (USER, "PutItem", Wrong::Answered(400, "ProvisionedThroughputExceededException")),
    (USER, "PutItem", DENIED_JSON),
    (SESSION, "AssumeRole", THROTTLED),
    (SESSION, "AssumeRole", TOKEN_EXPIRED),
    (SESSION, "SendEmail", FAILED),
    (SESSION, "CreateSchedule", FAILED),
];

const ENDING: [Case; 20] = [
    (USER, "PutUserPermissionsBoundary", THROTTLED),
    (USER, "PutUserPermissionsBoundary", DENIED),
    (USER, "ListAccessKeys", UNAVAILABLE),
    (USER, "ListAccessKeys", DENIED),
    (USER, "DeleteAccessKey", FAILED),
    (USER, "DeleteAccessKey", DENIED),
    (USER, "ListAttachedUserPolicies", DENIED),
    (USER, "DetachUserPolicy", THROTTLED),
    (USER, "DetachUserPolicy", DENIED),
    (USER, "DeleteUserPolicy", UNAVAILABLE),
    (USER, "DeleteUser", Wrong::Answered(409, "DeleteConflict")),
    (USER, "DeleteUser", DENIED),
    (USER, "DeleteUser", TOKEN_EXPIRED),
    (USER, "GetUser", DENIED),
    (USER, "DeleteSchedule", FAILED),
    (USER, "DeleteSchedule", Wrong::Answered(403, "AccessDeniedException")),
    (USER, "GetItem", DENIED_JSON),
    (USER, "PutItem", Wrong::Answered(400, "ThrottlingException")),
    (SESSION, "PutRolePolicy", THROTTLED),
    (SESSION, "PutRolePolicy", DENIED),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_makes_a_grant_and_fails_for_a_while_delays_it_alone() {
    let (stage, faulty) = stage().await;
    making(&stage, &faulty).await;
    nothing_is_dead(&stage).await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_ends_a_grant_and_fails_for_a_while_delays_the_end_alone() {
    let (stage, faulty) = stage().await;
    ending(&stage, &faulty).await;
    nothing_is_dead(&stage).await;
    stage.close().await;
}

async fn stage() -> (Stage, Faulty) {
    let faulty = Faulty::start().await;
    let stage = Stage::open_with(&[("AWS_ENDPOINT_URL", faulty.url())]).await;
    (stage, faulty)
}

async fn making(stage: &Stage, faulty: &Faulty) {
    let roles = MAKING.map(|(role, _, _)| role);
    let crowd = Crowd::asks(stage, &roles, "1h").await;
    for (asked, (_, action, wrong)) in crowd.asked.iter().zip(MAKING) {
        faulty.go_wrong_about(action, &asked.id, wrong, WHILE);
    }
    crowd.is_approved(stage).await;
    crowd.are(stage, "ACTIVE").await;
    for (asked, (_, action, wrong)) in crowd.asked.iter().zip(MAKING) {
        assert!(faulty.met_about(action, &asked.id) > 0, "{action} {wrong:?} never came");
        let mail = stage.mails_for(&asked.id).await.pop();
        let mail = mail.unwrap_or_else(|| panic!("{action} {wrong:?}: no mail"));
        assert_eq!(Key::in_mail(&mail.text).reads().await, Ok(()), "{action} {wrong:?}");
    }
}

async fn ending(stage: &Stage, faulty: &Faulty) {
    let roles = ENDING.map(|(role, _, _)| role);
    let crowd = Crowd::asks(stage, &roles, "1h").await;
    crowd.is_approved(stage).await;
    crowd.are(stage, "ACTIVE").await;
    let mut keys = Vec::new();
    for (asked, (_, action, wrong)) in crowd.asked.iter().zip(ENDING) {
        let mail = stage.mails_for(&asked.id).await.pop().expect("a mail");
        keys.push(Key::in_mail(&mail.text));
        let told = stage.expect_message(&asked.person, &[&asked.id, "revoke"]).await;
        if action.starts_with("List") {
            attach(stage, &asked.id).await;
        }
        faulty.go_wrong_about(action, &asked.id, wrong, WHILE);
        stage.click(&asked.person, &told, "revoke").await;
    }
    let ended = crowd.are_gone(stage).await;
    for (((asked, (_, action, wrong)), key), request) in crowd.asked.iter().zip(ENDING).zip(keys).zip(ended) {
        assert_eq!(request["status"], "REVOKED", "{action} {wrong:?}");
        assert!(faulty.met_about(action, &asked.id) > 0, "{action} {wrong:?} never came");
        assert!(key.reads().await.is_err(), "{action} {wrong:?}: the credential still works");
    }
    assert!(stage.cloud.users().await.is_empty(), "a user is left");
    // A schedule that could not be deleted deletes itself when it fires; a session's takes its denial away.
    let may_stay = |(role, action, _): &Case| *role == SESSION || *action == "DeleteSchedule";
    for name in stage.cloud.schedules().await {
        let of = crowd.asked.iter().zip(ENDING).find(|(asked, _)| name.ends_with(&asked.id));
        assert!(of.is_some_and(|(_, case)| may_stay(&case)), "{name} is left");
    }
}

/// Somebody attaches more to a user: what is on it is listed only where IAM refuses to delete it.
async fn attach(stage: &Stage, id: &str) {
    let (iam, user) = (Iam::new(&stage.cloud.config), format!("keylease-{id}"));
    iam.create_access_key().user_name(&user).send().await.expect("a second key");
    let attached = iam.attach_user_policy().user_name(&user).policy_arn(ADMINISTRATOR);
    attached.send().await.expect("a managed policy");
}
