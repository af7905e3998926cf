//! A role of a grant's own that account access manager opens, last of all; and that goes whole, with what opened it.

use domain::job::{ExtensionAsk, ExtensionClick};
use domain::policy::{Ends, ends};
use domain::{GrantDuration, Job, QueueName, Request, Status};
use serde_json::json;
use testkit::aws::Fault;
use testkit::aws::identity_center::{ACCESS_APPLICATION_ARN, ACCESS_TENANT};
use workers::consumer::Attempt;

use crate::own_role::{READ_ONLY, is_gone, the_role};
use crate::stage::{APPROVALS, DANA, OLIVIA, SAM, Stage};
use crate::ways::hold_at_every_call;

const ONCE: Attempt = Attempt { number: 1, max: 8 };

async fn stage() -> Stage {
    let mut stage = Stage::with_identity_center().await;
    stage.aws.identity_center().add_user("dana", "u0dana@example.com");
    let project = json!({
        "project": "payments", "owner_slack_id": OLIVIA, "approver_slack_ids": [OLIVIA, SAM], "channel": APPROVALS,
        "roles": {"Own": {"kind": "role", "policy_arns": [READ_ONLY], "door": "account_access", "max_duration": "8h",
            "max_extensions": 1}}});
    stage.put_project(project).await;
    stage.patient = true;
    stage
}

async fn asked(stage: &Stage) {
    stage.ask("Own", "1h").await;
    let id = stage.request().await.request_id;
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    stage.settle().await;
}

async fn live(stage: &Stage) -> Request {
    asked(stage).await;
    is_live(stage).await
}

async fn is_live(stage: &Stage) -> Request {
    let request = stage.request().await;
    assert_eq!(request.status, Status::Active, "{request:#?}");
    let role = the_role(stage).await;
    let open = stage.aws.identity_center().entitlements();
    assert_eq!(open.len(), 1, "{open:?}");
    assert_eq!(open[0].role_arn, role.arn);
    assert!(request.access.entitlement.as_ref().unwrap().id.is_some());
    request
}

async fn is_over(stage: &Stage, status: Status) {
    stage.settle().await;
    is_gone(stage, status).await;
    assert_eq!(stage.aws.identity_center().entitlements(), []);
}

async fn expires(stage: &Stage) {
    stage.pass(3_601);
    stage.fire_schedules().await;
    is_over(stage, Status::Expired).await;
}

#[tokio::test]
async fn it_is_opened_to_the_user_last_of_all_and_ends_on_its_second() {
    let stage = stage().await;
    let request = live(&stage).await;
    let role = the_role(&stage).await;
    let end = request.access.expires_at.unwrap();
    let guard = role.inline_policies["keylease-guard"].to_string();
    assert_eq!(ends(&guard), Ends::After(end));
    assert!(!guard.contains("signin:*"), "people sign in on the command line by `aws login`: {guard}");
    let statement = &role.trust["Statement"][0];
    assert_eq!(statement["Condition"]["ArnEquals"]["aws:SourceArn"], ACCESS_APPLICATION_ARN);
    assert_eq!(statement["Condition"]["StringEquals"]["aws:SourceAccount"], "999988887777");
    let calls = stage.aws.calls();
    let place = |operation: &str| calls.iter().position(|call| call.operation == operation).expect(operation);
    let order =
        ["CreateSchedule", "CreateRole", "PutRolePolicy", "AttachRolePolicy", "UpdateAssumeRolePolicy"];
    let order: Vec<usize> = order.into_iter().chain(["CreateEntitlement"]).map(place).collect();
    assert!(order.is_sorted(), "{order:?}");
    assert_eq!(request.access.principal.as_deref(), Some(role.arn.as_str()));
    assert!(stage.aws.mails().is_empty(), "there is no secret");
    let told = stage.slack.messages();
    let told = told
        .iter()
        .map(|message| message.blocks.to_string())
        .find(|text| text.contains("aws login"))
        .unwrap();
    assert!(
        told.contains(&format!("https://{ACCESS_TENANT}.account-access.us-east-1.app.aws"))
            || told.contains(ACCESS_TENANT)
    );
    expires(&stage).await;
    assert_eq!(domain::audit::verify(&stage.request().await).faults, []);
}

#[tokio::test]
async fn whoever_is_not_in_identity_center_is_refused_before_anybody_is_asked() {
    for case in ["nobody", "disabled", "off"] {
        let stage = stage().await;
        let center = stage.aws.identity_center();
        let words = match case {
            "nobody" => {
                stage.send(&Job::Submit(stage.spec(SAM, "payments", "Own", "1h"))).await;
                stage.settle().await;
                assert!(
                    stage.messages_to(SAM).last().unwrap().contains("nobody there has the email address")
                );
                assert!(stage.requests().await.is_empty());
                continue;
            }
            "disabled" => {
                let other = center.add_user("other", "other@example.com");
                center.disable(&other);
                let mut dana = stage.slack.people().into_iter().find(|person| person.id == DANA).unwrap();
                dana.email = Some("other@example.com".to_owned());
                stage.slack.add_person(dana);
                "is disabled"
            }
            _ => {
                center.disable_account_access();
                "account access manager, which is not enabled"
            }
        };
        stage.ask("Own", "1h").await;
        assert!(stage.requests().await.is_empty());
        let told = stage.messages_to(DANA);
        assert!(told.last().unwrap().contains(words), "{told:?}");
        assert!(stage.approval_message().is_none());
    }
}

#[tokio::test]
async fn a_role_that_is_seen_late_is_waited_for() {
    for late in [3, 30] {
        let stage = stage().await;
        stage.aws.identity_center().let_roles_show_late(late);
        live(&stage).await;
        expires(&stage).await;
    }
}

#[tokio::test]
async fn what_the_worker_may_not_open_fails_whole() {
    let stage = stage().await;
    stage.aws.inject(|call| (call.operation == "CreateEntitlement").then_some(Fault::Deny));
    asked(&stage).await;
    stage.aws.clear_faults();
    stage.pass(70);
    is_over(&stage, Status::Failed).await;
}

#[tokio::test]
async fn a_conflict_is_waited_for() {
    for operation in ["CreateEntitlement", "DeleteEntitlement"] {
        let stage = stage().await;
        let left = std::sync::atomic::AtomicU32::new(12);
        stage.aws.inject(move |call| {
            let order = std::sync::atomic::Ordering::SeqCst;
            let hit = call.operation == operation
                && left.fetch_update(order, order, |left| left.checked_sub(1)).is_ok();
            hit.then_some(Fault::Answer { status: 409, code: "ConflictException" })
        });
        live(&stage).await;
        expires(&stage).await;
    }
}

#[tokio::test]
async fn lists_that_show_late_leave_nothing_behind() {
    let stage = stage().await;
    stage.aws.identity_center().let_lists_lag(3);
    live(&stage).await;
    expires(&stage).await;
}

#[tokio::test]
async fn an_early_end_denies_the_role_first_whether_the_entitlement_can_be_taken_away_or_not() {
    let stage = stage().await;
    let request = live(&stage).await;
    stage.aws.inject(|call| (call.operation == "DeleteEntitlement").then_some(Fault::FailBefore));
    stage.send(&Job::EndGrant(stage.click(&request.request_id, DANA))).await;
    stage.settle().await;
    assert!(stage.aws.grant_roles().await.is_empty(), "access is over, whatever else fails");
    assert!(stage.request().await.access.gone_at.is_none(), "the entitlement is still there");
    stage.aws.clear_faults();
    stage.pass(400);
    stage.send(&Job::Sweep).await;
    is_over(&stage, Status::Revoked).await;
    let calls = stage.aws.calls();
    let place = |operation: &str| calls.iter().rposition(|call| call.operation == operation).unwrap();
    assert!(place("DeleteRole") < place("DeleteEntitlement"));
}

async fn every_call_fails_once(fault: Fault) {
    let counted = stage().await;
    let calls = crate::faults::watch(&counted, u64::MAX, &fault);
    live(&counted).await;
    expires(&counted).await;
    let calls = calls.load(std::sync::atomic::Ordering::Relaxed);
    assert!(calls > 30, "only {calls} calls were seen");
    hold_at_every_call(calls, &fault, |number, fault| async move {
        let stage = stage().await;
        crate::faults::watch(&stage, number, &fault);
        live(&stage).await;
        expires(&stage).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_fails_once_in_every_way() {
    for fault in [Fault::FailBefore, Fault::LoseAnswer, Fault::Throttle] {
        every_call_fails_once(fault).await;
    }
}

#[tokio::test]
async fn every_job_is_delivered_twice() {
    let mut stage = stage().await;
    stage.twice = true;
    live(&stage).await;
    expires(&stage).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wherever_the_worker_stops_an_end_leaves_nothing() {
    for number in 0.. {
        let stage = stage().await;
        stage.ask("Own", "1h").await;
        let id = stage.request().await.request_id;
        stage.handle(QueueName::Provision, &Job::Approve(stage.click(&id, OLIVIA)), ONCE).await.unwrap();
        let provision = Job::Provision { request_id: id.clone() };
        crate::faults::watch(&stage, number, &Fault::LoseAnswer);
        let stopped = stage.handle(QueueName::Provision, &provision, ONCE).await;
        stage.aws.clear_faults();
        if stopped.is_ok() && number > 12 {
            break;
        }
        stage.take(QueueName::Provision).await;
        stage.send(&Job::EndGrant(stage.click(&id, DANA))).await;
        stage.settle().await;
        stage.pass(120);
        is_over(&stage, Status::Revoked).await;
    }
}

#[tokio::test]
async fn it_is_extended_by_its_guard() {
    let stage = stage().await;
    let request = live(&stage).await;
    let mut click = stage.click(&request.request_id, DANA);
    click.message = None;
    let duration = GrantDuration::parse("2h").unwrap();
    stage.send(&Job::AskExtension(ExtensionAsk { click, duration })).await;
    stage.settle().await;
    let mut click = stage.click(&request.request_id, OLIVIA);
    click.message = None;
    stage.send(&Job::ApproveExtension(ExtensionClick { click, extension: 1 })).await;
    stage.settle().await;
    let request = is_live(&stage).await;
    let guard = the_role(&stage).await.inline_policies["keylease-guard"].to_string();
    assert_eq!(ends(&guard), Ends::After(request.extensions.list[0].until.unwrap()));
    assert!(!guard.contains("signin:*"));
    stage.pass(7_300);
    stage.fire_schedules().await;
    is_over(&stage, Status::Expired).await;
}
