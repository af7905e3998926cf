//! Deciding: who may, when, once; and the credential that follows.

use domain::{Job, Status};
use testkit::aws::{Fault, Service};

use crate::stage::{DANA, OLIVIA, SAM, SESSION_ROLE, STRANGER, Stage, payments, person};

async fn asked(role: &str) -> (Stage, domain::RequestId) {
    let stage = Stage::new().await;
    stage.ask(role, "1h").await;
    let id = stage.request().await.request_id;
    (stage, id)
}

async fn approve(stage: &Stage, id: &domain::RequestId, person: &str) {
    stage.send(&Job::Approve(stage.click(id, person))).await;
    stage.settle().await;
}

#[tokio::test]
async fn an_approval_makes_a_user_with_its_guard_and_mails_its_key() {
    let (stage, id) = asked("ReadOnly").await;
    stage.pass(600);
    approve(&stage, &id, SAM).await;

    let request = stage.request().await;
    assert_eq!(request.status, Status::Active);
    let (decided, expires) = (request.decision.decided_at.unwrap(), request.access.expires_at.unwrap());
    assert_eq!(expires.seconds_since(decided), 3_600, "time runs from the decision");
    assert!(decided.seconds_since(request.ask.created_at) >= 600);
    assert_eq!(request.access.requester_email.as_deref(), Some("u0dana@example.com"));

    let users = stage.aws.users().await;
    let [user] = users.as_slice() else { panic!("one user: {users:?}") };
    assert_eq!((user.name.as_str(), user.path.as_str()), (request.aws_name().as_str(), "/keylease/"));
    assert_eq!(user.tags["keylease:request-id"], id.as_str());
    assert_eq!(user.tags["keylease:project"], "payments");
    assert_eq!(user.tags["keylease:requester"], DANA);
    assert_eq!(user.tags["keylease:expires-at"], expires.rfc3339());
    assert_eq!(user.attached_policies, ["arn:aws:iam::aws:policy/ReadOnlyAccess"]);
    let guard: serde_json::Value = serde_json::from_str(&domain::policy::guard(expires)).unwrap();
    assert_eq!(user.inline_policies["keylease-guard"], guard);
    let [key] = user.keys.as_slice() else { panic!("one key: {user:?}") };
    assert_eq!(request.access.access_key_id.as_deref(), Some(key.id.as_str()));
    assert_eq!(request.access.principal.as_deref(), Some(user.name.as_str()));

    let mails = stage.aws.mails();
    let [mail] = mails.as_slice() else { panic!("one mail: {mails:?}") };
    assert_eq!(mail.to, ["u0dana@example.com"]);
    assert!(mail.text.contains(&key.id) && mail.html.contains(&key.id));

    let schedules = stage.aws.schedules().await;
    let [schedule] = schedules.as_slice() else { panic!("one schedule: {schedules:?}") };
    assert_eq!(schedule.name, request.aws_name());
    let revoke = format!(r#"{{"job":"revoke","request_id":"{id}","version":1}}"#);
    assert_eq!(schedule.input.as_deref(), Some(revoke.as_str()));

    let message = stage.approval_message().unwrap();
    assert!(message.text.contains("Approved by <@U0SECOND>"), "{}", message.text);
    assert!(message.blocks.to_string().contains(r#""action_id":"revoke""#));
    let told = stage.messages_to(DANA);
    assert!(told.last().unwrap().contains("The credential is in an email to u…a@example.com"), "{told:?}");
}

#[tokio::test]
async fn the_end_is_arranged_before_the_credential_and_the_guard_before_the_key() {
    let (stage, id) = asked("ReadOnly").await;
    let before = stage.aws.calls().len();
    approve(&stage, &id, OLIVIA).await;
    let calls: Vec<String> = stage.aws.calls()[before..].iter().map(testkit::aws::CallInfo::action).collect();
    let at = |action: &str| {
        calls.iter().position(|c| c == action).unwrap_or_else(|| panic!("no {action} in {calls:?}"))
    };
    let order = [
        at("scheduler:CreateSchedule"),
        at("iam:CreateUser"),
        at("iam:PutUserPolicy"),
        at("iam:AttachUserPolicy"),
        at("iam:CreateAccessKey"),
        at("ses:SendEmail"),
    ];
    assert!(order.is_sorted(), "{calls:?}");
}

#[tokio::test]
async fn a_session_role_gives_a_session_with_the_guard_as_its_policy() {
    let (stage, id) = asked("PowerUser").await;
    approve(&stage, &id, OLIVIA).await;
    let request = stage.request().await;
    assert_eq!(request.status, Status::Active, "{:?}", request.access.failure);
    let principal = request.access.principal.clone().unwrap();
    assert!(principal.contains(":assumed-role/payments-power/keylease-"), "{principal}");
    assert!(stage.aws.users().await.is_empty());
    let sessions = stage.aws.sessions().await;
    let policy = sessions[0].policy.as_ref().unwrap().to_string();
    assert!(policy.contains(&request.access.expires_at.unwrap().rfc3339()), "{policy}");
    let mail = &stage.aws.mails()[0];
    assert!(mail.text.contains("aws_session_token = ") && mail.text.contains(&principal));
    assert_eq!(stage.aws.schedules().await.len(), 1);
    assert!(SESSION_ROLE.ends_with("payments-power"));
}

#[tokio::test]
async fn strangers_requesters_and_those_who_left_decide_nothing() {
    let (stage, id) = asked("ReadOnly").await;
    let mut gone = person(SAM);
    gone.deleted = true;
    stage.slack.add_person(gone);
    for (who, part) in
        [(STRANGER, "<@U0OWNER> or <@U0SECOND> can"), (DANA, "You cannot decide"), (SAM, "deactivated")]
    {
        for click in [Job::Approve(stage.click(&id, who)), Job::Deny(stage.click(&id, who))] {
            stage.send(&click).await;
            stage.settle().await;
            let told = stage.messages_to(who);
            assert!(told.last().unwrap().contains(part), "{who}: {told:?}");
        }
    }
    assert_eq!(stage.request().await.status, Status::Pending);
    assert!(stage.aws.users().await.is_empty() && stage.aws.mails().is_empty());
}

#[tokio::test]
async fn self_approval_is_refused_unless_the_project_allows_it() {
    let stage = Stage::new().await;
    stage.send(&Job::Submit(stage.spec(OLIVIA, "payments", "ReadOnly", "1h"))).await;
    stage.settle().await;
    let id = stage.request().await.request_id;
    approve(&stage, &id, OLIVIA).await;
    assert_eq!(stage.request().await.status, Status::Pending);
    assert!(stage.messages_to(OLIVIA).last().unwrap().contains("cannot approve your own"));

    let mut project = payments();
    project["allow_self_approval"] = true.into();
    stage.put_project(project).await;
    approve(&stage, &id, OLIVIA).await;
    assert_eq!(stage.request().await.status, Status::Active);
}

#[tokio::test]
async fn eight_clicks_are_one_decision() {
    let (stage, id) = asked("ReadOnly").await;
    for person in [OLIVIA, SAM].into_iter().cycle().take(8) {
        stage.send(&Job::Approve(stage.click(&id, person))).await;
    }
    stage.send(&Job::Deny(stage.click(&id, SAM))).await;
    stage.settle().await;
    let request = stage.request().await;
    assert_eq!(request.audit.history.iter().filter(|c| c.event == "approve" || c.event == "deny").count(), 1);
    assert!(stage.aws.users().await.len() <= 1);
    assert_eq!(stage.aws.mails().len(), stage.aws.users().await.len());
}

#[tokio::test]
async fn a_role_that_needs_two_waits_for_the_second() {
    let (stage, id) = asked("Both").await;
    approve(&stage, &id, OLIVIA).await;
    assert_eq!(stage.request().await.status, Status::Pending);
    let text = stage.approval_message().unwrap().blocks.to_string();
    assert!(text.contains("Approved so far by <@U0OWNER> (1 of 2 needed)"), "{text}");
    approve(&stage, &id, OLIVIA).await;
    assert_eq!(stage.request().await.status, Status::Pending, "the same person does not count twice");
    approve(&stage, &id, SAM).await;
    assert_eq!(stage.request().await.status, Status::Active);
}

#[tokio::test]
async fn a_denial_is_final_and_said_by_whom() {
    let (stage, id) = asked("ReadOnly").await;
    stage.send(&Job::Deny(stage.click(&id, SAM))).await;
    stage.settle().await;
    approve(&stage, &id, OLIVIA).await;
    assert_eq!(stage.request().await.status, Status::Denied);
    assert!(stage.messages_to(OLIVIA).last().unwrap().contains("was denied by <@U0SECOND>"));
    let message = stage.approval_message().unwrap();
    assert!(
        message.text.contains("Denied by <@U0SECOND>") && !message.blocks.to_string().contains("aws_actions")
    );
    assert!(stage.messages_to(DANA).last().unwrap().contains("denied your request"));
}

#[tokio::test]
async fn an_approval_that_comes_too_late_grants_nothing() {
    let (stage, id) = asked("ReadOnly").await;
    stage.pass(24 * 3_600 + 1);
    approve(&stage, &id, OLIVIA).await;
    assert_eq!(stage.request().await.status, Status::Lapsed);
    assert!(stage.aws.users().await.is_empty());
    assert!(stage.messages_to(DANA).last().unwrap().contains("it lapsed"));
}

#[tokio::test]
async fn a_role_that_was_taken_out_or_shortened_cannot_be_approved_any_more() {
    let (stage, id) = asked("ReadOnly").await;
    let mut project = payments();
    project["roles"]["ReadOnly"]["max_duration"] = "30m".into();
    stage.put_project(project.clone()).await;
    approve(&stage, &id, OLIVIA).await;
    assert!(stage.messages_to(OLIVIA).last().unwrap().contains("limit is now 30 minutes"));
    project["roles"].as_object_mut().unwrap().remove("ReadOnly");
    stage.put_project(project).await;
    approve(&stage, &id, OLIVIA).await;
    assert!(stage.messages_to(OLIVIA).last().unwrap().contains("no longer offers that role"));
    assert_eq!(stage.request().await.status, Status::Pending);
}

/// What cannot be made is undone whole, and the people are told why.
async fn fails(stage: &Stage, why: &str) {
    let request = stage.request().await;
    assert_eq!(request.status, Status::Failed);
    assert!(request.access.gone_at.is_some());
    assert!(request.access.failure.as_ref().unwrap().contains(why), "{:?}", request.access.failure);
    assert!(stage.aws.users().await.is_empty() && stage.aws.schedules().await.is_empty());
    assert!(stage.messages_to(DANA).last().unwrap().contains("could not be made"));
}

#[tokio::test]
async fn a_policy_that_does_not_exist_fails_and_leaves_nothing() {
    let stage = Stage::new().await;
    let mut project = payments();
    project["roles"]["ReadOnly"]["policy_arns"] = serde_json::json!([
        "arn:aws:iam::aws:policy/ReadOnlyAccess",
        "arn:aws:iam::123456789012:policy/nowhere"
    ]);
    stage.put_project(project).await;
    stage.ask("ReadOnly", "1h").await;
    let id = stage.request().await.request_id;
    approve(&stage, &id, OLIVIA).await;
    fails(&stage, "iam:AttachUserPolicy").await;
    assert!(stage.aws.mails().is_empty());
}

#[tokio::test]
async fn a_requester_without_an_address_fails_and_leaves_nothing() {
    let (stage, id) = asked("ReadOnly").await;
    let mut silent = person(DANA);
    silent.email = None;
    stage.slack.add_person(silent);
    approve(&stage, &id, OLIVIA).await;
    fails(&stage, "no email address").await;
}

#[tokio::test]
async fn mail_that_is_down_for_good_fails_and_leaves_nothing() {
    let (stage, id) = asked("ReadOnly").await;
    stage.aws.inject(|call| (call.service == Service::Ses).then_some(Fault::FailBefore));
    approve(&stage, &id, OLIVIA).await;
    fails(&stage, "ses:SendEmail").await;
}

#[tokio::test]
async fn an_inline_policy_too_large_for_the_guard_fails_and_says_so() {
    let stage = Stage::new().await;
    let mut project = payments();
    let long = format!("arn:aws:s3:::{}", "x".repeat(2_000));
    let statement = serde_json::json!({"Effect": "Allow", "Action": "s3:*", "Resource": long});
    project["roles"]["ReadOnly"]["inline_policy"] = serde_json::json!({"Statement": [statement]});
    stage.put_project(project).await;
    stage.ask("ReadOnly", "1h").await;
    let id = stage.request().await.request_id;
    approve(&stage, &id, OLIVIA).await;
    fails(&stage, "attach a managed policy instead").await;
}
