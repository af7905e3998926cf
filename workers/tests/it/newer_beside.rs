//! A newer program beside ours at the table of claims, and at what Identity Center gave: a write of ours keeps what only it
//! knows.

use domain::job::Renewal;
use domain::{DeliveryId, Job, Status};
use sealing::{Delivery, sign_renewal};
use serde_json::{Value, json};
use testkit::aws::Beside;

use crate::claiming::{Machine, claim_id, confirmed_on, item, ready};
use crate::identity_center::there;
use crate::stage::{DANA, Stage};

#[tokio::test]
async fn what_a_newer_program_put_into_a_claim_outlives_every_write_of_ours() {
    let stage = Stage::new().await;
    stage.aws.let_another_version_write_beside(Beside::Newer);
    let (stage, request, machine) = confirmed_on(stage, "PowerUser", "8h").await;
    stage.pass(3_500);
    let (claim_id, next) = (claim_id(&request), DeliveryId::parse("next").unwrap());
    let of = Delivery { claim_id: claim_id.as_str(), delivery_id: machine.delivery_id.as_str() };
    let requested_at = stage.now();
    let signature = sign_renewal(&machine.key, of, requested_at.0).unwrap();
    let delivery_id = machine.delivery_id.clone();
    let renewal = Renewal {
        request_id: request.request_id.clone(),
        claim_id: claim_id.clone(),
        delivery_id,
        next_delivery_id: next.clone(),
        requested_at,
        signature,
        asked_at: requested_at,
    };
    stage.send(&Job::RenewClaim(renewal)).await;
    stage.settle().await;
    let renewed = item(&stage).await;
    assert_eq!(renewed["renewals"][next.as_str()]["state"], "ready", "{renewed}");

    stage.send(&Job::EndGrant(stage.click(&request.request_id, DANA))).await;
    stage.settle().await;
    let ended = item(&stage).await;
    assert_eq!((&ended["closed"], &ended["confirmed"]), (&json!(true), &json!(machine.delivery_id)));
    let delivery = &ended["deliveries"][machine.delivery_id.as_str()];
    assert_eq!((&delivery["state"], &delivery["ciphertext"]), (&json!("over"), &Value::Null));
    assert!(ended["x_newer"].is_object() && delivery["x_newer"].is_object(), "{ended}");
    assert_eq!(ended["deliveries"].as_object().unwrap().len(), 1, "what is counted is as it was");
    assert_eq!(stage.aws.lost_attributes(), Vec::<String>::new());
}

#[tokio::test]
async fn a_delivery_in_a_state_of_tomorrow_keeps_it_and_holds_nobody_up() {
    let (stage, request) = ready("ReadOnly", "1h").await;
    let (theirs, machine) = (Machine::new("tomorrow"), Machine::new("dana"));
    stage.send(&theirs.ask(&request)).await;
    stage.settle().await;
    let mut claim = item(&stage).await;
    claim["deliveries"][theirs.delivery_id.as_str()]["state"] = json!("postponed");
    claim["paused"] = json!({"by": "tomorrow"});
    stage.aws.put("keylease-claims", &claim).await;

    stage.send(&machine.ask(&request)).await;
    stage.settle().await;
    stage.send(&Job::ConfirmClaim(theirs.answer(&stage, &request, DANA))).await;
    stage.settle().await;
    assert_eq!(stage.request().await.status, Status::Ready, "what it means is not known here");
    stage.send(&Job::ConfirmClaim(machine.answer(&stage, &request, DANA))).await;
    stage.settle().await;
    assert_eq!(stage.request().await.status, Status::Active);
    let claim = item(&stage).await;
    assert_eq!(claim["deliveries"][machine.delivery_id.as_str()]["state"], "ready");
    assert_eq!(claim["deliveries"][theirs.delivery_id.as_str()]["state"], "postponed", "{claim}");
    assert_eq!(claim["paused"], json!({"by": "tomorrow"}));
}

#[tokio::test]
async fn what_a_newer_program_put_into_what_several_grants_hold_outlives_every_write_of_ours() {
    let there = there().await;
    let holding = async || {
        let records = there.stage.aws.table("keylease-requests").await;
        Value::Object(records.into_iter().find(|record| record["status"] == "HOLDING").unwrap())
    };
    let first = there.approved("PowerUser", "1h").await;
    let mut newer = holding().await;
    newer["reviewed"] = json!({"by": "U0SECOND", "at": [1, 2]});
    there.stage.aws.put("keylease-requests", &newer).await;
    let second = there.approved("Also", "2h").await;
    assert_eq!(there.status(&second).await, Status::Active);
    there.end(&first).await;
    let now = holding().await;
    assert_eq!(now["holders"], json!([second.as_str()]));
    assert_eq!(now["reviewed"], newer["reviewed"], "{now}");
    there.end(&second).await;
    there.is_over(&second, "Also").await;
}
