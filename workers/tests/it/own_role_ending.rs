//! How a role of a grant's own ends, and that it is whole or gone whatever fails.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use aws_sdk_iam::Client as IamClient;
use domain::policy::{Ends, closed_door, door, ends};
use domain::{Job, QueueName, Status};
use testkit::aws::{ACCOUNT, Fault, Lag, Service};

use crate::faults::watch;
use crate::own_role::{
    FIRST, READ_ONLY, address, approve, asked, assume, can_list_queues, is_gone, live, person_in_aws,
    the_role, with_own_role,
};
use crate::stage::{DANA, OLIVIA, Stage};
use crate::ways::hold_at_every_call;

#[tokio::test]
async fn an_early_end_denies_first_and_takes_everything_that_was_attached() {
    let (stage, id) = live().await;
    let role = the_role(&stage).await;
    let dana = person_in_aws(&stage, &address(&stage)).await;
    let session = assume(&stage, &dana, &role.arn).await.unwrap();
    let iam = IamClient::new(&stage.sdk);
    let more = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    iam.put_role_policy()
        .role_name(&role.name)
        .policy_name("more")
        .policy_document(more)
        .send()
        .await
        .unwrap();
    iam.attach_role_policy()
        .role_name(&role.name)
        .policy_arn("arn:aws:iam::aws:policy/PowerUserAccess")
        .send()
        .await
        .unwrap();
    iam.create_instance_profile().instance_profile_name("machines").send().await.unwrap();
    let add = iam.add_role_to_instance_profile().instance_profile_name("machines").role_name(&role.name);
    add.send().await.unwrap();
    // What is in the way of taking it away does not keep it open.
    stage.aws.inject(|call| (call.operation == "DetachRolePolicy").then_some(Fault::FailBefore));
    stage.handle(QueueName::Revoke, &Job::EndGrant(stage.click(&id, DANA)), FIRST).await.unwrap();
    assert!(!can_list_queues(&session).await);
    let seen = the_role(&stage).await;
    assert!(seen.permissions_boundary.unwrap().ends_with("policy/AWSDenyAll"));
    assert_eq!(ends(&seen.inline_policies["keylease-guard"].to_string()), Ends::Now);
    assert!(door(&seen.trust.to_string()).principals.is_empty());
    stage.aws.clear_faults();
    stage.settle().await;
    is_gone(&stage, Status::Revoked).await;
    assert!(stage.aws.schedules().await.is_empty());
    assert!(!can_list_queues(&session).await);
}

#[tokio::test]
async fn a_role_is_made_and_ends_however_far_iam_is_behind() {
    for (lag, denies) in [Lag::Calls(1), Lag::Calls(4), Lag::Seconds(5), Lag::Seconds(15)]
        .into_iter()
        .flat_map(|lag| [(lag, false), (lag, true)])
    {
        let (stage, id) = asked().await;
        stage.aws.let_iam_lag(Some(lag));
        if denies {
            stage.aws.deny_names_without_a_path();
        }
        approve(&stage, &id).await;
        assert_eq!(stage.request().await.status, Status::Active, "{lag:?}, denied: {denies}");
        let role = the_role(&stage).await;
        assert!(role.inline_policies.contains_key("keylease-guard"));
        assert!(!door(&role.trust.to_string()).principals.is_empty());
        stage.send(&Job::EndGrant(stage.click(&id, DANA))).await;
        let left = stage.settle().await;
        assert!(left.rejected.is_empty(), "{lag:?}, denied: {denies}: {:?}", left.rejected);
        is_gone(&stage, Status::Revoked).await;
    }
}

/// Asked, approved, and over, with everything as it should be at each step.
async fn whole_way(stage: &Stage) {
    stage.put_project(with_own_role(&format!("arn:aws:iam::{ACCOUNT}:user/${{requester_email}}"))).await;
    stage.ask("Own", "1h").await;
    let id = stage.request().await.request_id;
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    stage.settle().await;
    let request = stage.request().await;
    assert_eq!(request.status, Status::Active, "{request:#?}");
    let role = the_role(stage).await;
    assert_eq!(request.access.principal, Some(role.arn));
    assert_eq!(door(&role.trust.to_string()).until, request.access.expires_at);
    let guard = ends(&role.inline_policies["keylease-guard"].to_string());
    assert_eq!(guard, Ends::After(request.access.expires_at.unwrap()));
    assert_eq!(role.attached_policies, [READ_ONLY]);
    stage.pass(3_601);
    stage.fire_schedules().await;
    stage.settle().await;
    is_gone(stage, Status::Expired).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whichever_call_fails_once_the_role_is_made_whole_and_goes_whole() {
    let stage = Stage::new().await;
    let calls = watch(&stage, u64::MAX, &Fault::FailBefore);
    whole_way(&stage).await;
    let calls = calls.load(Ordering::Relaxed);
    assert!(calls > 30, "only {calls} calls were seen");
    for fault in [Fault::FailBefore, Fault::LoseAnswer] {
        hold_at_every_call(calls, &fault, |number, fault| async move {
            let mut stage = Stage::new().await;
            stage.patient = true;
            watch(&stage, number, &fault);
            whole_way(&stage).await;
        })
        .await;
    }
}

#[tokio::test]
async fn every_job_for_a_role_may_come_twice() {
    let mut stage = Stage::new().await;
    stage.twice = true;
    whole_way(&stage).await;
    assert_eq!(stage.messages_to(DANA).len(), 3, "asked, live, ended: {:?}", stage.messages_to(DANA));
}

#[tokio::test]
async fn a_grant_that_ends_while_its_role_is_made_is_never_opened() {
    let (stage, id) = asked().await;
    stage.handle(QueueName::Provision, &Job::Approve(stage.click(&id, OLIVIA)), FIRST).await.unwrap();
    let job = Job::Provision { request_id: id.clone() };
    // The last policy cannot be attached for now; then somebody ends it.
    stage.aws.inject(|call| (call.operation == "AttachRolePolicy").then_some(Fault::FailBefore));
    stage.handle(QueueName::Provision, &job, FIRST).await.unwrap_err();
    assert!(door(&the_role(&stage).await.trust.to_string()).principals.is_empty());
    stage.aws.clear_faults();
    stage.handle(QueueName::Revoke, &Job::EndGrant(stage.click(&id, DANA)), FIRST).await.unwrap();
    stage.handle(QueueName::Provision, &job, FIRST).await.unwrap();
    stage.settle().await;
    is_gone(&stage, Status::Revoked).await;
    let opened = stage.aws.calls().into_iter().filter(|call| {
        call.operation == "UpdateAssumeRolePolicy"
            && String::from_utf8_lossy(&call.body).contains("KeyleaseDoor")
    });
    assert_eq!(opened.count(), 0);
}

#[tokio::test]
async fn a_sweep_takes_roles_that_no_live_request_has_and_no_others() {
    let (stage, id) = live().await;
    let iam = IamClient::new(&stage.sdk);
    let tag =
        |key: &str, value: &str| aws_sdk_iam::types::Tag::builder().key(key).value(value).build().unwrap();
    for (name, path, request, deployment) in [
        ("keylease-orphan-0", "/keylease/", "orphan-0", "keylease"),
        ("keylease-theirs-0", "/keylease/", "theirs-0", "other"),
        ("keylease-elsewhere-0", "/", "elsewhere-0", "keylease"),
        ("keylease-misnamed-0", "/keylease/", "another-0", "keylease"),
    ] {
        let role = iam.create_role().role_name(name).path(path).assume_role_policy_document(closed_door());
        let role =
            role.tags(tag("keylease:request-id", request)).tags(tag("keylease:deployment", deployment));
        role.send().await.unwrap();
    }
    stage.send(&Job::Sweep).await;
    stage.settle().await;
    let names: BTreeSet<String> = stage.aws.grant_roles().await.into_iter().map(|role| role.name).collect();
    let kept = [format!("keylease-{id}"), "keylease-misnamed-0".to_owned(), "keylease-theirs-0".to_owned()];
    assert_eq!(names, BTreeSet::from(kept));
    assert!(iam.get_role().role_name("keylease-elsewhere-0").send().await.is_ok());
    assert_eq!(stage.request().await.status, Status::Active);
}

#[tokio::test]
async fn a_role_past_its_end_goes_by_its_own_tag_with_the_table_down() {
    let (stage, id) = live().await;
    stage.pass(3_600);
    stage.aws.inject(|call| (call.service == Service::DynamoDb).then_some(Fault::FailBefore));
    stage.handle(QueueName::Revoke, &Job::ExpireGrant { request_id: id }, FIRST).await.unwrap_err();
    assert!(stage.aws.grant_roles().await.is_empty());
    stage.aws.clear_faults();
    stage.fire_schedules().await;
    stage.settle().await;
    is_gone(&stage, Status::Expired).await;

    let (stage, _) = live().await;
    stage.pass(3_600);
    stage.aws.inject(|call| (call.service == Service::DynamoDb).then_some(Fault::FailBefore));
    let _ = stage.handle(QueueName::Revoke, &Job::Sweep, FIRST).await;
    assert!(stage.aws.grant_roles().await.is_empty(), "by the sweep too");
}

#[tokio::test]
async fn a_list_of_roles_that_is_refused_does_not_keep_users_from_being_swept() {
    let stage = Stage::new().await;
    stage.ask("ReadOnly", "1h").await;
    let id = stage.request().await.request_id;
    approve(&stage, &id).await;
    stage.pass(3_600);
    stage.aws.inject(|call| (call.operation == "ListRoles").then_some(Fault::Deny));
    let _ = stage.handle(QueueName::Revoke, &Job::Sweep, FIRST).await;
    assert!(stage.aws.users().await.is_empty());
}
