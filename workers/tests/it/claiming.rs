//! A credential that is claimed: what is prepared, who may confirm which machine, what is sealed to it, and what is left
//! when nobody does.

use domain::job::{ClaimAsk, ClaimClick, Click, Renewal};
use domain::{ClaimId, DeliveryId, Job, Request, Status, UnixSeconds};
use sealing::{Delivery, PrivateKey, Sealed, code, fingerprint, open, sign_renewal};
use serde_json::{Value, json};

use crate::stage::{APPROVALS, DANA, OLIVIA, SAM, SESSION_ROLE, STRANGER, Stage};

/// A project whose credentials are claimed within half an hour.
pub(crate) fn claimed_project() -> Value {
    let claim = |kind: Value| {
        let mut role = kind;
        role["delivery"] = json!("claim");
        role["claim_within"] = json!("30m");
        role
    };
    json!({
        "project": "payments", "owner_slack_id": OLIVIA, "approver_slack_ids": [OLIVIA, SAM], "channel": APPROVALS,
        "roles": {
            "ReadOnly": claim(json!({"kind": "user", "policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
                "max_duration": "8h"})),
            "PowerUser": claim(json!({"kind": "session", "role_arn": SESSION_ROLE, "max_duration": "8h"}))}})
}

/// A machine that claims.
pub(crate) struct Machine {
    pub(crate) key: PrivateKey,
    pub(crate) label: String,
    pub(crate) delivery_id: DeliveryId,
}

impl Machine {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            key: PrivateKey::generate(),
            label: format!("{name}'s laptop"),
            delivery_id: DeliveryId::parse(&format!("delivery-of-{name}")).unwrap(),
        }
    }

    pub(crate) fn ask(&self, request: &Request) -> Job {
        Job::Claim(ClaimAsk {
            request_id: request.request_id.clone(),
            claim_id: claim_id(request),
            delivery_id: self.delivery_id.clone(),
            public_key: self.key.public().to_base64url(),
            label: self.label.clone(),
            asked_at: UnixSeconds(0),
        })
    }

    pub(crate) fn code(&self, request: &Request) -> String {
        let claim_id = claim_id(request);
        code(
            &self.key.public(),
            Delivery { claim_id: claim_id.as_str(), delivery_id: self.delivery_id.as_str() },
        )
    }

    pub(crate) fn answer(&self, stage: &Stage, request: &Request, who: &str) -> ClaimClick {
        let click = Click { message: None, ..stage.click(&request.request_id, who) };
        ClaimClick {
            click,
            claim_id: claim_id(request),
            delivery_id: self.delivery_id.clone(),
            key_fingerprint: fingerprint(&self.key.public()),
        }
    }
}

pub(crate) fn claim_id(request: &Request) -> ClaimId {
    request.access.claim.as_ref().unwrap().id.clone()
}

/// The claim as its table has it.
pub(crate) async fn item(stage: &Stage) -> Value {
    let items = stage.aws.table("keylease-claims").await;
    assert_eq!(items.len(), 1);
    Value::Object(items.into_iter().next().unwrap())
}

pub(crate) fn opened(item: &Value, within: &str, machine: &Machine, delivery_id: &DeliveryId) -> Value {
    let delivery = &item[within][delivery_id.as_str()];
    assert_eq!(delivery["state"], "ready", "{item}");
    let text = |name: &str| delivery[name].as_str().unwrap().to_owned();
    let sealed = Sealed { enc: text("enc"), ciphertext: text("ciphertext") };
    let of = Delivery { claim_id: item["claim_id"].as_str().unwrap(), delivery_id: delivery_id.as_str() };
    serde_json::from_slice(&open(&machine.key, of, &sealed).unwrap()).unwrap()
}

/// A request that waits to be claimed.
pub(crate) async fn ready(role: &str, duration: &str) -> (Stage, Request) {
    ready_on(Stage::new().await, role, duration).await
}

async fn ready_on(stage: Stage, role: &str, duration: &str) -> (Stage, Request) {
    stage.put_project(claimed_project()).await;
    stage.ask(role, duration).await;
    let id = stage.request().await.request_id;
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    stage.settle().await;
    let request = stage.request().await;
    assert_eq!(request.status, Status::Ready, "{request:?}");
    (stage, request)
}

async fn confirmed(role: &str, duration: &str) -> (Stage, Request, Machine) {
    confirmed_on(Stage::new().await, role, duration).await
}

pub(crate) async fn confirmed_on(stage: Stage, role: &str, duration: &str) -> (Stage, Request, Machine) {
    let (stage, request) = ready_on(stage, role, duration).await;
    let machine = Machine::new("dana");
    stage.send(&machine.ask(&request)).await;
    stage.settle().await;
    stage.send(&Job::ConfirmClaim(machine.answer(&stage, &request, DANA))).await;
    stage.settle().await;
    let request = stage.request().await;
    assert_eq!(request.status, Status::Active, "{request:?}");
    (stage, request, machine)
}

#[tokio::test]
async fn everything_but_the_key_is_prepared_and_the_key_is_sealed_to_the_machine_that_was_confirmed() {
    let (stage, request) = ready("ReadOnly", "1h").await;
    let users = stage.aws.users().await;
    assert_eq!(users.len(), 1);
    assert!(users[0].keys.is_empty(), "no key before a click");
    let told = stage.messages_to(DANA).join("\n");
    let url = request.access.claim.as_ref().unwrap().url.clone();
    assert!(told.contains(&format!("keylease claim {url}")), "{told}");
    assert!(stage.aws.mails().is_empty());

    let machine = Machine::new("dana");
    stage.send(&machine.ask(&request)).await;
    stage.settle().await;
    assert_eq!(item(&stage).await["deliveries"][machine.delivery_id.as_str()]["state"], "waiting");
    let asked = stage.messages_to(DANA).join("\n");
    assert!(asked.contains(&machine.code(&request)) && asked.contains("dana's laptop"), "{asked}");
    assert!(stage.aws.users().await[0].keys.is_empty(), "no key before a click");

    stage.send(&Job::ConfirmClaim(machine.answer(&stage, &request, DANA))).await;
    stage.settle().await;
    let request = stage.request().await;
    assert_eq!(request.status, Status::Active);
    let credential = opened(&item(&stage).await, "deliveries", &machine, &machine.delivery_id);
    assert_eq!(credential["AccessKeyId"].as_str(), request.access.access_key_id.as_deref());
    assert_eq!(credential["Version"], 1);
    assert_eq!(credential["Expiration"], request.access.expires_at.unwrap().rfc3339());
    assert_eq!(credential.get("SessionToken"), None);
    assert!(stage.aws.mails().is_empty(), "nothing is mailed");
    let event = request.audit.history.last().unwrap();
    assert_eq!((event.event.as_str(), event.inputs["label"].as_str()), ("claimed", Some("dana's laptop")));
    assert_eq!(event.inputs["key_fingerprint"].as_str(), Some(fingerprint(&machine.key.public()).as_str()));
    assert_eq!(domain::audit::verify(&request), domain::audit::Verified::default());
    let secret = credential["SecretAccessKey"].as_str().unwrap();
    for text in [item(&stage).await.to_string(), format!("{request:?}"), stage.messages_to(DANA).join(" ")] {
        assert!(!text.contains(secret));
    }

    // At its end nothing is handed out any more.
    stage.pass(3_600);
    stage.fire_schedules().await;
    stage.settle().await;
    assert_eq!(stage.request().await.status, Status::Expired);
    let item = item(&stage).await;
    assert_eq!(item["deliveries"][machine.delivery_id.as_str()]["state"], "over");
    assert!(!item.to_string().contains("ciphertext"));
}

#[tokio::test]
async fn nobody_but_the_requester_confirms_a_machine() {
    let (stage, request) = ready("ReadOnly", "1h").await;
    let machine = Machine::new("mallory");
    stage.send(&machine.ask(&request)).await;
    stage.settle().await;
    for who in [OLIVIA, SAM, STRANGER] {
        stage.send(&Job::ConfirmClaim(machine.answer(&stage, &request, who))).await;
        stage.send(&Job::RefuseClaim(machine.answer(&stage, &request, who))).await;
        stage.settle().await;
        assert!(stage.messages_to(who).last().unwrap().contains("Only"), "{who}");
    }
    assert_eq!(stage.request().await.status, Status::Ready);
    assert!(stage.aws.users().await[0].keys.is_empty());
}

#[tokio::test]
async fn a_key_that_was_swapped_after_its_code_was_shown_gets_nothing() {
    let (stage, request) = ready("ReadOnly", "1h").await;
    let (asked, swapped) = (Machine::new("dana"), Machine::new("mallory"));
    stage.send(&asked.ask(&request)).await;
    stage.settle().await;
    let mut item = item(&stage).await;
    item["deliveries"][asked.delivery_id.as_str()]["public_key"] = json!(swapped.key.public().to_base64url());
    stage.aws.put("keylease-claims", &item).await;
    stage.send(&Job::ConfirmClaim(asked.answer(&stage, &request, DANA))).await;
    stage.settle().await;
    assert_eq!(stage.request().await.status, Status::Ready);
    assert!(stage.messages_to(DANA).last().unwrap().contains("not the one that I asked you about"));
}

#[tokio::test]
async fn the_first_machine_that_is_confirmed_is_the_only_one() {
    let (stage, request) = ready("ReadOnly", "1h").await;
    let (first, second) = (Machine::new("dana"), Machine::new("other"));
    for machine in [&first, &second] {
        stage.send(&machine.ask(&request)).await;
    }
    stage.settle().await;
    stage.send(&Job::ConfirmClaim(second.answer(&stage, &request, DANA))).await;
    stage.send(&Job::ConfirmClaim(first.answer(&stage, &request, DANA))).await;
    stage.settle().await;
    let item = item(&stage).await;
    opened(&item, "deliveries", &second, &second.delivery_id);
    assert_eq!(item["deliveries"][first.delivery_id.as_str()]["state"], "over");
    assert!(stage.messages_to(DANA).iter().any(|text| text.contains("and to no other")));
    assert_eq!(stage.aws.users().await[0].keys.len(), 1);
    // One that comes after it is not asked about.
    let third = Machine::new("third");
    stage.send(&third.ask(&request)).await;
    stage.settle().await;
    assert!(!stage.messages_to(DANA).iter().any(|text| text.contains("third's laptop")));
}

#[tokio::test]
async fn a_machine_that_is_refused_ends_the_grant_and_the_owner_is_told() {
    for role in ["ReadOnly", "PowerUser"] {
        let (stage, request) = ready(role, "1h").await;
        let machine = Machine::new("mallory");
        stage.send(&machine.ask(&request)).await;
        stage.settle().await;
        let refuse = Job::RefuseClaim(machine.answer(&stage, &request, DANA));
        stage.send(&refuse).await;
        stage.send(&refuse).await;
        stage.settle().await;
        let request = stage.request().await;
        assert_eq!(request.status, Status::Revoked);
        assert!(request.access.gone_at.is_some());
        assert_eq!(request.audit.history.iter().filter(|change| change.event == "claim_refused").count(), 1);
        assert_eq!(domain::audit::verify(&request), domain::audit::Verified::default());
        assert!(stage.aws.users().await.is_empty());
        assert_eq!(item(&stage).await["deliveries"][machine.delivery_id.as_str()]["state"], "refused");
        let told =
            stage.messages_to(OLIVIA).into_iter().filter(|text| text.contains("is not theirs")).count();
        assert_eq!(told, 1);
        assert!(stage.messages_to(DANA).iter().any(|text| text.contains("is not yours")));
    }
}

#[tokio::test]
async fn what_nobody_claims_lapses_at_its_deadline_and_no_key_ever_existed() {
    for role in ["ReadOnly", "PowerUser"] {
        let (stage, request) = ready(role, "8h").await;
        let machine = Machine::new("dana");
        stage.send(&machine.ask(&request)).await;
        stage.settle().await;
        let late = machine.answer(&stage, &request, DANA);
        stage.pass(29 * 60);
        stage.send(&Job::Sweep).await;
        stage.settle().await;
        assert_eq!(stage.request().await.status, Status::Ready, "not before its time");
        stage.pass(61);
        stage.send(&Job::LapseUnclaimed { request_id: request.request_id.clone() }).await;
        stage.settle().await;
        let now = stage.request().await;
        assert_eq!(now.status, Status::Lapsed);
        assert!(now.access.gone_at.is_some() && now.access.access_key_id.is_none());
        assert_eq!(domain::audit::verify(&now), domain::audit::Verified::default());
        assert!(stage.aws.users().await.is_empty());
        assert!(stage.messages_to(DANA).last().unwrap().contains("did not claim"));
        let click = Click { clicked_at: Some(stage.now()), ..late.click.clone() };
        stage.send(&Job::ConfirmClaim(ClaimClick { click, ..late })).await;
        stage.settle().await;
        assert_eq!(stage.request().await.status, Status::Lapsed);
        assert!(stage.messages_to(DANA).last().unwrap().contains("not claimed in time"));
        assert_eq!(stage.aws.schedules().await.len(), 0, "its schedule is gone");
    }
}

#[tokio::test]
async fn the_sweep_finds_what_was_not_claimed_when_its_job_was_lost() {
    let (stage, _) = ready("ReadOnly", "8h").await;
    stage.pass(30 * 60 + 1);
    stage.send(&Job::Sweep).await;
    stage.settle().await;
    assert_eq!(stage.request().await.status, Status::Lapsed);
    assert!(stage.aws.users().await.is_empty());
}

#[tokio::test]
async fn a_sweep_leaves_alone_what_waits_to_be_claimed() {
    let (stage, _) = ready("ReadOnly", "8h").await;
    stage.pass(600);
    stage.send(&Job::Sweep).await;
    stage.send(&Job::SweepAll { after: None }).await;
    stage.settle().await;
    assert_eq!(stage.request().await.status, Status::Ready);
    assert_eq!(stage.aws.users().await.len(), 1);
}

#[tokio::test]
async fn it_may_be_ended_before_it_is_claimed() {
    for role in ["ReadOnly", "PowerUser"] {
        let (stage, request) = ready(role, "1h").await;
        stage.send(&Job::EndGrant(stage.click(&request.request_id, DANA))).await;
        stage.settle().await;
        let request = stage.request().await;
        assert_eq!(request.status, Status::Revoked);
        assert!(request.access.gone_at.is_some() && stage.aws.users().await.is_empty());
        assert_eq!(item(&stage).await["closed"], true);
        let links =
            stage.slack.messages().iter().filter(|m| m.blocks.to_string().contains("keylease claim")).count();
        assert_eq!(links, 0, "the link is taken out of the message");
    }
}

#[tokio::test]
async fn a_session_is_renewed_by_its_machine_until_its_end_and_not_after() {
    let (stage, request, machine) = confirmed("PowerUser", "8h").await;
    let claim_id = claim_id(&request);
    let first = opened(&item(&stage).await, "deliveries", &machine, &machine.delivery_id);
    assert!(first["SessionToken"].is_string());
    let ends = UnixSeconds::from_rfc3339(first["Expiration"].as_str().unwrap()).unwrap();
    assert!(ends < request.access.expires_at.unwrap(), "AWS ends a chained session after an hour");
    let renewal = |next: &str, requested_at: UnixSeconds, by: &PrivateKey| {
        let of = Delivery { claim_id: claim_id.as_str(), delivery_id: machine.delivery_id.as_str() };
        Job::RenewClaim(Renewal {
            request_id: request.request_id.clone(),
            claim_id: claim_id.clone(),
            delivery_id: machine.delivery_id.clone(),
            next_delivery_id: DeliveryId::parse(next).unwrap(),
            requested_at,
            signature: sign_renewal(by, of, requested_at.0).unwrap(),
            asked_at: requested_at,
        })
    };
    stage.pass(3_500);
    let asked_at = stage.now();
    stage.send(&renewal("next", asked_at, &machine.key)).await;
    stage.settle().await;
    let next = DeliveryId::parse("next").unwrap();
    let second = opened(&item(&stage).await, "renewals", &machine, &next);
    assert_ne!(second["AccessKeyId"], first["AccessKeyId"]);
    // The embedded STS counts from the real clock, and never says more than the grant has.
    let second_ends = UnixSeconds::from_rfc3339(second["Expiration"].as_str().unwrap()).unwrap();
    assert!(second_ends <= request.access.expires_at.unwrap());

    stage.send(&renewal("replayed", asked_at, &machine.key)).await;
    stage.send(&renewal("forged", asked_at.plus_seconds(2), &PrivateKey::generate())).await;
    stage.send(&renewal("old", asked_at.plus_seconds(-301), &machine.key)).await;
    stage.settle().await;
    let refused = item(&stage).await;
    for name in ["replayed", "forged", "old"] {
        assert_ne!(refused["renewals"][name]["state"], "ready", "{name}");
    }
    stage.send(&Job::EndGrant(stage.click(&request.request_id, DANA))).await;
    stage.settle().await;
    stage.send(&renewal("after", stage.now(), &machine.key)).await;
    stage.settle().await;
    let item = item(&stage).await;
    assert!(!item.to_string().contains("ciphertext"), "nothing is handed out after the end: {item}");
    assert_eq!(stage.request().await.status, Status::Revoked);
}

#[tokio::test]
async fn a_request_for_what_cannot_be_claimed_here_is_refused_before_anybody_is_asked() {
    let stage = Stage::without_claims().await;
    stage.put_project(claimed_project()).await;
    stage.ask("ReadOnly", "1h").await;
    assert!(stage.requests().await.is_empty());
    assert!(stage.messages_to(DANA).last().unwrap().contains("no place for that"));
    assert!(stage.approval_message().is_none());
}

#[tokio::test]
async fn a_key_that_is_extended_is_handed_out_until_its_later_end() {
    let (stage, request, _) = confirmed("ReadOnly", "1h").await;
    let mut project = claimed_project();
    project["roles"]["ReadOnly"]["max_extensions"] = json!(1);
    stage.put_project(project).await;
    let id = request.request_id;
    let click = Click { message: None, reason: Some("more".into()), ..stage.click(&id, DANA) };
    let duration = domain::GrantDuration::parse("2h").unwrap();
    stage.send(&Job::AskExtension(domain::job::ExtensionAsk { click, duration })).await;
    stage.settle().await;
    let click = Click { message: None, ..stage.click(&id, OLIVIA) };
    stage.send(&Job::ApproveExtension(domain::job::ExtensionClick { click, extension: 1 })).await;
    stage.settle().await;
    stage.pass(3);
    stage.settle().await;
    let now = stage.request().await;
    let ends = (request.access.expires_at.unwrap(), now.access.expires_at.unwrap());
    assert!(ends.0 < ends.1, "{ends:?}");
    assert_eq!(item(&stage).await["expires"], ends.1.0, "the machine is answered until then");
}
