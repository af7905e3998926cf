//! IAM that does not see its own writes at once: a grant is made and ended all the same, and "gone" is not believed early.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use domain::{Job, RequestId, Status};
use testkit::aws::{Fault, Lag, Service};
use workers::consumer::Attempt;

use crate::stage::{DANA, OLIVIA, Stage};

const LAGS: [Lag; 5] = [Lag::Calls(1), Lag::Calls(4), Lag::Seconds(1), Lag::Seconds(5), Lag::Seconds(15)];

/// A stage on which somebody has asked, and IAM is behind.
async fn asked(lag: Lag, denies: bool) -> (Stage, RequestId) {
    let stage = Stage::new().await;
    stage.ask("ReadOnly", "1h").await;
    stage.aws.let_iam_lag(Some(lag));
    if denies {
        stage.aws.deny_names_without_a_path();
    }
    let id = stage.request().await.request_id;
    (stage, id)
}

async fn is_live(stage: &Stage) {
    let request = stage.request().await;
    assert_eq!(request.status, Status::Active, "{request:#?}");
    let users = stage.aws.users().await;
    assert_eq!(users.len(), 1);
    let keys: Vec<&str> = users[0].keys.iter().map(|key| key.id.as_str()).collect();
    assert_eq!(keys, [request.access.access_key_id.as_deref().unwrap()]);
    assert!(users[0].inline_policies.contains_key("keylease-guard"));
    assert_eq!(users[0].attached_policies.len(), 1);
}

async fn is_gone(stage: &Stage, status: Status) {
    let request = stage.request().await;
    assert_eq!(request.status, status, "{request:#?}");
    assert!(request.access.gone_at.is_some(), "{request:#?}");
    assert!(stage.aws.users().await.is_empty());
}

#[tokio::test]
async fn a_grant_is_made_and_ends_however_far_iam_is_behind() {
    for (lag, denies) in LAGS.into_iter().flat_map(|lag| [(lag, false), (lag, true)]) {
        let (stage, id) = asked(lag, denies).await;
        stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
        let left = stage.settle().await;
        assert!(left.rejected.is_empty(), "{lag:?}, denied: {denies}: {:?}", left.rejected);
        is_live(&stage).await;
        stage.send(&Job::EndGrant(stage.click(&id, DANA))).await;
        let left = stage.settle().await;
        assert!(left.rejected.is_empty(), "{lag:?}, denied: {denies}: {:?}", left.rejected);
        is_gone(&stage, Status::Revoked).await;
    }
}

#[tokio::test]
async fn one_attempt_is_enough_where_iam_is_a_few_seconds_behind() {
    let (stage, id) = asked(Lag::Seconds(5), true).await;
    stage.handle(domain::QueueName::Provision, &Job::Approve(stage.click(&id, OLIVIA)), FIRST).await.unwrap();
    let job = Job::Provision { request_id: id };
    stage.handle(domain::QueueName::Provision, &job, FIRST).await.unwrap();
    is_live(&stage).await;
}

const FIRST: Attempt = Attempt { number: 1, max: 8 };

#[tokio::test]
async fn a_created_user_whose_answer_was_lost_is_recognised_when_it_appears() {
    let (stage, id) = asked(Lag::Seconds(3), false).await;
    stage.aws.inject(|call| (call.operation == "CreateUser").then_some(Fault::LoseAnswer));
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    let approve = stage.take(domain::QueueName::Provision).await.remove(0);
    stage.handle(domain::QueueName::Provision, &approve, FIRST).await.unwrap();
    let job = stage.take(domain::QueueName::Provision).await.remove(0);
    let outcome = stage.handle(domain::QueueName::Provision, &job, FIRST).await;
    assert!(matches!(outcome, Err(workers::Failure::Retry { .. })), "{outcome:?}");
    stage.aws.clear_faults();
    stage.handle(domain::QueueName::Provision, &job, FIRST).await.unwrap();
    is_live(&stage).await;
}

/// What IAM says of the tags of a user whose tags it does not show yet.
const NO_TAGS: &str = "<ListUserTagsResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><ListUserTagsResult>\
    <IsTruncated>false</IsTruncated><Tags/></ListUserTagsResult></ListUserTagsResponse>";

#[tokio::test]
async fn a_user_whose_tags_are_not_shown_yet_is_recognised_when_they_are() {
    let stage = Stage::new().await;
    stage.ask("ReadOnly", "1h").await;
    let id = stage.request().await.request_id;
    let (creates, looks) = (AtomicU32::new(0), Arc::new(AtomicU32::new(0)));
    let seen = Arc::clone(&looks);
    stage.aws.inject(move |call| match call.operation.as_str() {
        "CreateUser" if creates.fetch_add(1, Ordering::Relaxed) == 0 => Some(Fault::LoseAnswer),
        "ListUserTags" if seen.fetch_add(1, Ordering::Relaxed) < 3 => {
            Some(Fault::Reply { status: 200, body: NO_TAGS.to_owned() })
        }
        _ => None,
    });
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    let left = stage.settle().await;
    assert!(left.rejected.is_empty(), "{:?}", left.rejected);
    assert!(looks.load(Ordering::Relaxed) > 3, "its tags were not looked at");
    is_live(&stage).await;
}

#[tokio::test]
async fn a_refusal_that_lasts_ends_as_a_clear_failure() {
    let stage = Stage::new().await;
    stage.ask("ReadOnly", "1h").await;
    let id = stage.request().await.request_id;
    let began = stage.now();
    stage.aws.inject(|call| (call.operation == "AttachUserPolicy").then_some(Fault::Deny));
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    stage.settle().await;
    is_gone(&stage, Status::Failed).await;
    let failure = stage.request().await.access.failure.unwrap();
    assert!(failure.contains("iam:AttachUserPolicy failed: AccessDenied"), "{failure}");
    assert!(stage.now().seconds_since(began) < 120, "and not after an age");
}

#[tokio::test]
async fn a_policy_that_is_not_there_is_no_user_that_is_not_there() {
    let stage = Stage::new().await;
    let mut project = crate::stage::payments();
    project["roles"]["ReadOnly"]["policy_arns"] = serde_json::json!(["arn:aws:iam::aws:policy/None"]);
    stage.put_project(project).await;
    stage.ask("ReadOnly", "1h").await;
    let id = stage.request().await.request_id;
    let began = stage.now();
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    stage.settle().await;
    is_gone(&stage, Status::Failed).await;
    assert!(stage.now().seconds_since(began) < 15, "it is refused at once");
}

#[tokio::test]
async fn a_user_that_cannot_be_seen_yet_is_not_said_to_be_gone() {
    // It is given up at the moment at which its user is made and not seen.
    let (stage, id) = asked(Lag::Seconds(2), false).await;
    stage.aws.inject(|call| (call.operation == "PutUserPolicy").then_some(Fault::FailBefore));
    stage.handle(domain::QueueName::Provision, &Job::Approve(stage.click(&id, OLIVIA)), FIRST).await.unwrap();
    let job = Job::Provision { request_id: id };
    stage.handle(domain::QueueName::Provision, &job, FIRST).await.unwrap_err();
    stage.aws.clear_faults();
    let refused = Fault::Answer { status: 400, code: "PolicyNotAttachable" };
    stage.aws.inject(move |call| (call.operation == "AttachUserPolicy").then(|| refused.clone()));
    assert!(stage.handle(domain::QueueName::Provision, &job, FIRST).await.is_ok());
    stage.settle().await;
    is_gone(&stage, Status::Failed).await;
}

#[tokio::test]
async fn two_removals_at_once_are_both_done() {
    for denies in [false, true] {
        let (stage, id) = asked(Lag::Calls(0), denies).await;
        stage.aws.let_iam_lag(None);
        stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
        stage.settle().await;
        stage.pass(3_600);
        let sdk = stage.sdk.clone();
        let user = stage.request().await.aws_name();
        // Another worker deletes the user just when this one has found it.
        let job = Job::ExpireGrant { request_id: id };
        let other = aws_sdk_iam::Client::new(&sdk);
        let first = stage.handle(domain::QueueName::Revoke, &job, FIRST);
        let second = stage.handle(domain::QueueName::Revoke, &job, FIRST);
        let (first, second) = tokio::join!(first, second);
        first.unwrap();
        second.unwrap();
        assert!(other.get_user().user_name(user).send().await.is_err());
        is_gone(&stage, Status::Expired).await;
    }
}

#[tokio::test]
async fn a_key_is_mailed_when_aws_knows_it() {
    let (stage, id) = asked(Lag::Seconds(5), false).await;
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    stage.settle().await;
    is_live(&stage).await;
    let calls = stage.aws.calls();
    let at = |operation: &str| calls.iter().rposition(|call| call.operation == operation).unwrap();
    assert!(at("GetCallerIdentity") > at("CreateAccessKey") && at("GetCallerIdentity") < at("SendEmail"));
    let tries = calls.iter().filter(|call| call.service == Service::Sts).count();
    assert!(tries > 1, "the first try does not know it");
}

/// The user was made a moment ago, IAM does not show it yet, and its guard is refused for good.
#[tokio::test]
async fn a_user_that_is_not_shown_yet_is_taken_away_with_what_could_not_be_made() {
    for lag in [Lag::Seconds(5), Lag::Seconds(12), Lag::Calls(4)] {
        let (stage, id) = asked(lag, false).await;
        let refused = AtomicU32::new(0);
        stage.aws.inject(move |call| {
            let first = call.operation == "PutUserPolicy" && refused.fetch_add(1, Ordering::Relaxed) == 0;
            first.then_some(Fault::Answer { status: 400, code: "MalformedPolicyDocument" })
        });
        let approve = Job::Approve(stage.click(&id, OLIVIA));
        stage.handle(domain::QueueName::Provision, &approve, FIRST).await.unwrap();
        let job = Job::Provision { request_id: id };
        let _outcome = stage.handle(domain::QueueName::Provision, &job, FIRST).await;
        is_told_the_truth(&stage, &format!("{lag:?}")).await;
        stage.send(&job).await;
        stage.settle().await;
        is_gone(&stage, Status::Failed).await;
    }
}

/// Nothing is gone that is there.
async fn is_told_the_truth(stage: &Stage, of: &str) {
    let is_there = !stage.aws.users().await.is_empty();
    assert!(!is_there || stage.request().await.access.gone_at.is_none(), "{of}");
}

/// One look that is behind is no proof, and neither is a `DeleteUser` that did nothing.
#[tokio::test]
async fn gone_is_believed_when_it_was_seen_twice() {
    const DELETED: &str = "<DeleteUserResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"/>";
    let not_there = Fault::Answer { status: 404, code: "NoSuchEntity" };
    let did_nothing = Fault::Reply { status: 200, body: DELETED.to_owned() };
    for (operation, fault) in [("GetUser", not_there), ("DeleteUser", did_nothing)] {
        let stage = Stage::new().await;
        stage.ask("ReadOnly", "1h").await;
        let id = stage.request().await.request_id;
        stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
        stage.settle().await;
        stage.pass(3_600);
        let met = AtomicU32::new(0);
        stage.aws.inject(move |call| {
            let first = call.operation == operation && met.fetch_add(1, Ordering::Relaxed) == 0;
            first.then(|| fault.clone())
        });
        let job = Job::ExpireGrant { request_id: id };
        let _outcome = stage.handle(domain::QueueName::Revoke, &job, FIRST).await;
        is_told_the_truth(&stage, operation).await;
        stage.send(&job).await;
        stage.settle().await;
        is_gone(&stage, Status::Expired).await;
    }
}
