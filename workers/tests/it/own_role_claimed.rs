//! A role of a grant's own whose sessions are claimed: sealed to a machine, and renewed by it until the role is gone.

use domain::job::Renewal;
use domain::policy::{Ends, closed_door, door, ends};
use domain::{DeliveryId, Job, Request, Status, UnixSeconds};
use sealing::{Delivery, sign_renewal};
use serde_json::{Value, json};
use testkit::aws::{ACCOUNT, Fault};

use crate::claiming::{Machine, claim_id, item, opened};
use crate::own_role::{READ_ONLY, can_list_queues, is_gone, the_role};
use crate::stage::{APPROVALS, DANA, OLIVIA, SAM, Stage};
use crate::ways::hold_at_every_call;

async fn ready(stage: &Stage) -> Request {
    let project = json!({
        "project": "payments", "owner_slack_id": OLIVIA, "approver_slack_ids": [OLIVIA, SAM], "channel": APPROVALS,
        "roles": {"Own": {"kind": "role", "policy_arns": [READ_ONLY], "door": "claim", "max_duration": "8h",
            "inline_policy": {"Statement": {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}}}}});
    stage.put_project(project).await;
    stage.ask("Own", "8h").await;
    let id = stage.request().await.request_id;
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    stage.settle().await;
    let request = stage.request().await;
    assert_eq!(request.status, Status::Ready, "{request:#?}");
    request
}

async fn confirmed(stage: &Stage) -> (Request, Machine) {
    let request = ready(stage).await;
    let machine = Machine::new("dana");
    stage.send(&machine.ask(&request)).await;
    stage.settle().await;
    stage.send(&Job::ConfirmClaim(machine.answer(stage, &request, DANA))).await;
    stage.settle().await;
    let request = stage.request().await;
    assert_eq!(request.status, Status::Active, "{request:#?}");
    (request, machine)
}

/// What a machine can do with what was sealed to it.
fn with(stage: &Stage, sealed: &Value) -> aws_config::SdkConfig {
    let text = |name: &str| sealed[name].as_str().unwrap();
    stage.aws.sdk_config_for(text("AccessKeyId"), text("SecretAccessKey"), Some(text("SessionToken")))
}

fn renewal(stage: &Stage, request: &Request, machine: &Machine, next: &str) -> Job {
    let claim_id = claim_id(request);
    let of = Delivery { claim_id: claim_id.as_str(), delivery_id: machine.delivery_id.as_str() };
    Job::RenewClaim(Renewal {
        request_id: request.request_id.clone(),
        delivery_id: machine.delivery_id.clone(),
        next_delivery_id: DeliveryId::parse(next).unwrap(),
        requested_at: stage.now(),
        signature: sign_renewal(&machine.key, of, stage.now().0).unwrap(),
        asked_at: stage.now(),
        claim_id,
    })
}

#[tokio::test]
async fn the_role_is_prepared_closed_and_its_session_is_sealed_to_the_machine_that_was_confirmed() {
    let stage = Stage::new().await;
    let request = ready(&stage).await;
    let role = the_role(&stage).await;
    assert_eq!(
        role.trust,
        serde_json::from_str::<Value>(&closed_door()).unwrap(),
        "nobody gets in before a click"
    );
    assert_eq!(
        ends(&role.inline_policies["keylease-guard"].to_string()),
        Ends::After(request.access.expires_at.unwrap())
    );
    assert!(
        stage.messages_to(DANA).iter().any(|text| text.contains("keylease claim ")),
        "{:?}",
        stage.messages_to(DANA)
    );
    let machine = Machine::new("dana");
    stage.send(&machine.ask(&request)).await;
    stage.settle().await;
    stage.send(&Job::ConfirmClaim(machine.answer(&stage, &request, DANA))).await;
    stage.settle().await;
    let request = stage.request().await;
    assert_eq!(request.status, Status::Active, "{request:#?}");
    let role = the_role(&stage).await;
    let open = door(&role.trust.to_string());
    assert!(
        open.principals.iter().all(|arn| arn.starts_with(&format!("arn:aws:iam::{ACCOUNT}:role/"))),
        "{open:?}"
    );
    assert_eq!(open.until, request.access.expires_at);
    assert_eq!(request.access.principal.as_deref(), Some(role.arn.as_str()));
    let sealed = opened(&item(&stage).await, "deliveries", &machine, &machine.delivery_id);
    let lasts = UnixSeconds::from_rfc3339(sealed["Expiration"].as_str().unwrap()).unwrap();
    assert!(lasts < request.access.expires_at.unwrap(), "AWS ends a chained session after an hour");
    let session = with(&stage, &sealed);
    assert!(can_list_queues(&session).await);
    assert!(stage.aws.mails().is_empty());
    stage.send(&Job::EndGrant(stage.click(&request.request_id, DANA))).await;
    stage.settle().await;
    is_gone(&stage, Status::Revoked).await;
    assert!(!can_list_queues(&session).await, "an end ends the running session");
    assert_eq!(domain::audit::verify(&stage.request().await).faults, []);
}

#[tokio::test]
async fn its_machine_renews_it_until_its_end_and_not_after() {
    let stage = Stage::new().await;
    let (request, machine) = confirmed(&stage).await;
    stage.pass(3_500);
    stage.send(&renewal(&stage, &request, &machine, "next")).await;
    stage.settle().await;
    let next = DeliveryId::parse("next").unwrap();
    let second = opened(&item(&stage).await, "renewals", &machine, &next);
    assert!(can_list_queues(&with(&stage, &second)).await);
    stage.pass(8 * 3_600 - 3_500);
    stage.fire_schedules().await;
    stage.settle().await;
    is_gone(&stage, Status::Expired).await;
    stage.send(&renewal(&stage, &request, &machine, "after")).await;
    stage.settle().await;
    assert!(!item(&stage).await.to_string().contains("ciphertext"), "nothing is handed out after the end");
}

#[tokio::test]
async fn what_nobody_claims_goes_and_nobody_ever_got_in() {
    let stage = Stage::new().await;
    ready(&stage).await;
    stage.pass(3_700);
    stage.send(&Job::Sweep).await;
    stage.settle().await;
    is_gone(&stage, Status::Lapsed).await;
    assert!(!stage.aws.calls().iter().any(|call| call.operation == "AssumeRole"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_fails_once_in_every_way() {
    for fault in [Fault::FailBefore, Fault::LoseAnswer, Fault::Throttle] {
        let counted = Stage::new().await;
        let calls = crate::faults::watch(&counted, u64::MAX, &fault);
        confirmed(&counted).await;
        let calls = calls.load(std::sync::atomic::Ordering::Relaxed);
        assert!(calls > 25, "only {calls} calls were seen");
        hold_at_every_call(calls, &fault, |number, fault| async move {
            let mut stage = Stage::new().await;
            stage.patient = true;
            crate::faults::watch(&stage, number, &fault);
            let (_, machine) = confirmed(&stage).await;
            opened(&item(&stage).await, "deliveries", &machine, &machine.delivery_id);
            stage.pass(8 * 3_600 + 1);
            stage.fire_schedules().await;
            stage.settle().await;
            is_gone(&stage, Status::Expired).await;
        })
        .await;
    }
}
