//! A grant that is an IAM role of its own: what is made in which order, who gets in and until when, and that it goes whole.

use aws_sdk_iam::Client as IamClient;
use domain::policy::{Ends, closed_door, door, ends};
use domain::{Job, RequestId, Status};
use serde_json::{Value, json};
use testkit::aws::{ACCOUNT, Fault, RoleView, Service};
use workers::consumer::Attempt;

use crate::stage::{DANA, OLIVIA, Stage, payments};

pub(crate) const READ_ONLY: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";
pub(crate) const FIRST: Attempt = Attempt { number: 1, max: 8 };

/// A project whose role `Own` is opened to the user in AWS that has the requester's address as its name.
pub(crate) fn with_own_role(principal: &str) -> Value {
    let mut project = payments();
    project["roles"]["Own"] = json!({"kind": "role", "policy_arns": [READ_ONLY], "max_duration": "8h",
        "inline_policy": {"Statement": {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}},
        "door": "assume_role", "principals": [principal]});
    project
}

pub(crate) async fn asked() -> (Stage, RequestId) {
    let stage = Stage::new().await;
    stage.put_project(with_own_role(&format!("arn:aws:iam::{ACCOUNT}:user/${{requester_email}}"))).await;
    stage.ask("Own", "1h").await;
    let id = stage.request().await.request_id;
    (stage, id)
}

pub(crate) async fn approve(stage: &Stage, id: &RequestId) {
    stage.send(&Job::Approve(stage.click(id, OLIVIA))).await;
    let left = stage.settle().await;
    assert!(left.rejected.is_empty(), "{:?}", left.rejected);
}

pub(crate) async fn live() -> (Stage, RequestId) {
    let (stage, id) = asked().await;
    approve(&stage, &id).await;
    assert_eq!(stage.request().await.status, Status::Active);
    (stage, id)
}

pub(crate) async fn the_role(stage: &Stage) -> RoleView {
    let mut roles = stage.aws.grant_roles().await;
    assert_eq!(roles.len(), 1, "{roles:?}");
    roles.remove(0)
}

pub(crate) async fn is_gone(stage: &Stage, status: Status) {
    let request = stage.request().await;
    assert_eq!(request.status, status, "{request:#?}");
    assert!(request.access.gone_at.is_some(), "{request:#?}");
    assert!(stage.aws.grant_roles().await.is_empty());
}

/// Somebody with a user in AWS that may assume roles: what they sign with.
pub(crate) async fn person_in_aws(stage: &Stage, name: &str) -> aws_config::SdkConfig {
    let iam = IamClient::new(&stage.sdk);
    iam.create_user().user_name(name).send().await.unwrap();
    let may = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}]}"#;
    iam.put_user_policy().user_name(name).policy_name("may").policy_document(may).send().await.unwrap();
    let key = iam.create_access_key().user_name(name).send().await.unwrap().access_key.unwrap();
    stage.aws.sdk_config_for(&key.access_key_id, &key.secret_access_key, None)
}

/// What they get by assuming the role, if they may.
pub(crate) async fn assume(
    stage: &Stage,
    as_who: &aws_config::SdkConfig,
    arn: &str,
) -> Option<aws_config::SdkConfig> {
    let sts = aws_sdk_sts::Client::new(as_who);
    let answer = sts.assume_role().role_arn(arn).role_session_name("dana").send().await.ok()?;
    let made = answer.credentials?;
    let token = Some(made.session_token.as_str());
    Some(stage.aws.sdk_config_for(&made.access_key_id, &made.secret_access_key, token))
}

pub(crate) async fn can_list_queues(with: &aws_config::SdkConfig) -> bool {
    aws_sdk_sqs::Client::new(with).list_queues().send().await.is_ok()
}

pub(crate) fn address(stage: &Stage) -> String {
    let dana = stage.slack.people().into_iter().find(|person| person.id == DANA).unwrap();
    dana.email.unwrap()
}

fn set_address(stage: &Stage, email: Option<&str>) {
    let mut dana = stage.slack.people().into_iter().find(|person| person.id == DANA).unwrap();
    dana.email = email.map(str::to_owned);
    stage.slack.add_person(dana);
}

#[tokio::test]
async fn a_role_is_made_whole_before_anybody_gets_in() {
    let (stage, id) = asked().await;
    let before = stage.aws.calls().last().unwrap().number;
    approve(&stage, &id).await;
    let request = stage.request().await;
    let role = the_role(&stage).await;
    assert_eq!(request.access.principal.as_deref(), Some(role.arn.as_str()));
    assert_eq!(role.arn, format!("arn:aws:iam::{ACCOUNT}:role/keylease/keylease-{id}"));
    assert_eq!((&request.access.access_key_id, &request.access.requester_email), (&None, &None));
    assert_eq!(role.tags["keylease:request-id"], id.as_str());
    assert_eq!(role.tags["keylease:deployment"], "keylease");
    let expires_at = request.access.expires_at.unwrap();
    assert_eq!(role.tags["keylease:expires-at"], expires_at.rfc3339());
    assert!(role.permissions_boundary.unwrap().ends_with("policy/keylease-boundary"));
    assert_eq!(role.session_max_seconds, 3_600);
    assert_eq!(ends(&role.inline_policies["keylease-guard"].to_string()), Ends::After(expires_at));
    assert!(role.inline_policies.contains_key("keylease-role"));
    assert_eq!(role.attached_policies, [READ_ONLY]);
    let open = door(&role.trust.to_string());
    assert_eq!(open.principals, [format!("arn:aws:iam::{ACCOUNT}:user/{}", address(&stage))]);
    assert_eq!(open.until, Some(expires_at));

    let calls = stage.aws.calls();
    let made: Vec<String> = calls
        .iter()
        .filter(|call| {
            call.number > before && matches!(call.service, Service::Iam | Service::Scheduler | Service::Ses)
        })
        .map(|call| call.operation.clone())
        .collect();
    let order = [
        "CreateSchedule",
        "CreateRole",
        "PutRolePolicy",
        "PutRolePolicy",
        "AttachRolePolicy",
        "UpdateAssumeRolePolicy",
    ];
    assert_eq!(made, order, "and nothing is mailed");
    let created = calls.iter().find(|call| call.operation == "CreateRole").unwrap();
    let body: std::collections::HashMap<String, String> =
        form_urlencoded::parse(&created.body).into_owned().collect();
    assert_eq!(body["AssumeRolePolicyDocument"], closed_door(), "at first it lets nobody in");
}

#[tokio::test]
async fn who_asked_gets_in_and_nobody_else_and_what_it_allows_ends_on_its_second() {
    let (stage, _) = live().await;
    let arn = the_role(&stage).await.arn;
    let dana = person_in_aws(&stage, &address(&stage)).await;
    let other = person_in_aws(&stage, "sam@example.com").await;
    assert!(assume(&stage, &other, &arn).await.is_none());
    let session = assume(&stage, &dana, &arn).await.expect("who asked gets in");
    assert!(can_list_queues(&session).await);
    let users = IamClient::new(&session).create_user().user_name("more").send().await;
    assert!(users.is_err(), "the guard denies what makes identities");
    assert!(assume(&stage, &session, &arn).await.is_none(), "and what prolongs one");

    stage.pass(3_601);
    assert!(!can_list_queues(&session).await, "by its guard, with every worker down");
    assert!(assume(&stage, &dana, &arn).await.is_none(), "and the door is shut by its own time");
    stage.fire_schedules().await;
    stage.settle().await;
    is_gone(&stage, Status::Expired).await;
}

#[tokio::test]
async fn the_person_is_told_how_to_get_in_and_that_it_is_over() {
    let (stage, id) = live().await;
    let arn = the_role(&stage).await.arn;
    let told = stage.slack.messages().into_iter().rfind(|message| message.told(DANA).is_some()).unwrap();
    assert!(told.text.contains(&arn), "{}", told.text);
    let blocks = told.blocks.to_string();
    for part in [
        format!("role_arn = {arn}"),
        "[profile keylease-payments-Own]".to_owned(),
        "source_profile".to_owned(),
        format!(
            "https://signin.aws.amazon.com/switchrole?account={ACCOUNT}&amp;roleName=keylease%2Fkeylease-{id}&amp;"
        ),
    ] {
        assert!(blocks.contains(&part), "{part} is not in {blocks}");
    }
    assert!(stage.aws.mails().is_empty());
    stage.send(&Job::EndGrant(stage.click(&id, DANA))).await;
    stage.settle().await;
    let told = stage.messages_to(DANA);
    assert!(told.iter().any(|text| text.contains("The role no longer exists")), "{told:?}");
    assert!(!told.iter().any(|text| text.contains("credential")), "there was none: {told:?}");
}

#[tokio::test]
async fn a_request_that_nobody_could_be_let_in_by_is_refused_before_anybody_is_asked() {
    for (email, says) in [
        (None, "I see none there"),
        (Some("*@example.com"), "cannot stand in the name"),
        (Some("d?na@example.com"), "cannot stand in the name"),
        (Some("${x}@example.com"), "cannot stand in the name"),
        (Some("a/b@example.com"), "cannot stand in the name"),
    ] {
        let stage = Stage::new().await;
        stage.put_project(with_own_role(&format!("arn:aws:iam::{ACCOUNT}:user/${{requester_email}}"))).await;
        set_address(&stage, email);
        stage.ask("Own", "1h").await;
        assert!(stage.requests().await.is_empty(), "{email:?}");
        let told = stage.messages_to(DANA);
        assert!(told.iter().any(|text| text.contains(says)), "{email:?}: {told:?}");
    }
}

#[tokio::test]
async fn a_role_can_be_opened_by_the_persons_id_in_identity_center() {
    let own =
        with_own_role(&format!("arn:aws:sts::{ACCOUNT}:assumed-role/Dev_*/${{identity_store_user_id}}"));
    let stage = Stage::with_identity_center().await;
    stage.put_project(own.clone()).await;
    let center = stage.aws.identity_center();
    let user_id = center.add_user("dana.in.the.directory", &address(&stage));
    stage.ask("Own", "1h").await;
    let id = stage.request().await.request_id;
    approve(&stage, &id).await;
    assert_eq!(stage.request().await.status, Status::Active);
    let condition = &the_role(&stage).await.trust["Statement"][0]["Condition"];
    assert_eq!(condition["StringEquals"], json!({ "identitystore:UserId": user_id }));

    for is_set_up in [true, false] {
        let stage = if is_set_up { Stage::with_identity_center().await } else { Stage::new().await };
        stage.put_project(own.clone()).await;
        stage.ask("Own", "1h").await;
        assert!(stage.requests().await.is_empty(), "nobody is asked");
        let told = stage.messages_to(DANA);
        assert!(told.iter().any(|text| text.contains("I cannot find you there")), "{told:?}");
    }
}

#[tokio::test]
async fn who_has_no_address_may_ask_for_a_role_that_needs_none() {
    let stage = Stage::new().await;
    stage.put_project(with_own_role(&format!("arn:aws:iam::{ACCOUNT}:role/people/*"))).await;
    set_address(&stage, None);
    stage.ask("Own", "1h").await;
    let id = stage.request().await.request_id;
    approve(&stage, &id).await;
    assert_eq!(stage.request().await.status, Status::Active);
}

#[tokio::test]
async fn a_role_that_cannot_be_made_leaves_nothing_behind() {
    for (operation, fault) in [
        ("AttachRolePolicy", Fault::Answer { status: 400, code: "PolicyNotAttachable" }),
        ("UpdateAssumeRolePolicy", Fault::Answer { status: 400, code: "MalformedPolicyDocument" }),
        ("AttachRolePolicy", Fault::Deny),
    ] {
        let (stage, id) = asked().await;
        stage.aws.inject(move |call| (call.operation == operation).then(|| fault.clone()));
        approve(&stage, &id).await;
        is_gone(&stage, Status::Failed).await;
        let told = stage.messages_to(DANA);
        assert!(told.iter().any(|text| text.contains("the role could not be made")), "{told:?}");
    }
}

#[tokio::test]
async fn a_role_lives_in_the_account_that_the_project_acts_in() {
    let stage = Stage::new().await;
    let mut project = with_own_role(&format!("arn:aws:iam::{ACCOUNT}:user/${{requester_email}}"));
    project["account_role_arn"] = stage.member_role("keylease-member").await.into();
    stage.put_project(project).await;
    stage.ask("Own", "1h").await;
    let id = stage.request().await.request_id;
    approve(&stage, &id).await;
    assert_eq!(stage.request().await.status, Status::Active);
    assert!(the_role(&stage).await.permissions_boundary.unwrap().ends_with("policy/keylease-boundary"));
    stage.send(&Job::EndGrant(stage.click(&id, DANA))).await;
    stage.settle().await;
    is_gone(&stage, Status::Revoked).await;
}

#[tokio::test]
async fn a_role_of_that_name_that_is_for_something_else_is_left_alone() {
    let (stage, id) = asked().await;
    let iam = IamClient::new(&stage.sdk);
    let name = format!("keylease-{id}");
    let theirs = closed_door();
    iam.create_role()
        .role_name(&name)
        .path("/keylease/")
        .assume_role_policy_document(theirs)
        .tags(
            aws_sdk_iam::types::Tag::builder().key("keylease:request-id").value("another-0").build().unwrap(),
        )
        .send()
        .await
        .unwrap();
    approve(&stage, &id).await;
    let request = stage.request().await;
    assert_eq!(request.status, Status::Failed);
    assert!(request.access.failure.unwrap().contains("it is for something else"));
    assert_eq!(stage.aws.grant_roles().await.len(), 1, "it stays");
}
