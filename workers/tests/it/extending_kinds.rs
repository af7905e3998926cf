//! Extensions of what is no user: a role of the grant's own, a permission set, a group. There is an end at every moment, whichever
//! call fails.

use std::sync::atomic::Ordering;

use domain::job::{ExtensionAsk, ExtensionClick};
use domain::policy::{Ends, door, ends};
use domain::request::ExtensionOutcome;
use domain::{GrantDuration, Job, QueueName, Request, Status, UnixSeconds};
use serde_json::json;
use testkit::aws::{ACCOUNT, Fault};
use workers::consumer::Attempt;

use crate::faults::watch;
use crate::identity_center::{There, there};
use crate::own_role::READ_ONLY;
use crate::stage::{APPROVALS, DANA, OLIVIA, SAM};
use crate::ways::hold_at_every_call;

const KINDS: [&str; 3] = ["Own", "PowerUser", "Deployers"];

/// A live grant of this role, for an hour.
async fn live(role: &str, twice: bool) -> There {
    let mut there = there().await;
    let project = json!({
        "project": "payments", "owner_slack_id": OLIVIA, "approver_slack_ids": [OLIVIA, SAM], "channel": APPROVALS,
        "roles": {
            "Own": {"kind": "role", "policy_arns": [READ_ONLY], "max_duration": "8h", "max_extensions": 1,
                "door": "assume_role", "principals": [format!("arn:aws:iam::{ACCOUNT}:user/${{requester_email}}")]},
            "PowerUser": {"kind": "permission_set", "permission_set_arn": there.set(), "account_id": "111122223333",
                "max_duration": "8h", "max_extensions": 1},
            "Deployers": {"kind": "group", "group_id": there.group, "max_duration": "8h", "max_extensions": 1}}});
    there.stage.put_project(project).await;
    let id = there.approved(role, "1h").await;
    assert_eq!(there.status(&id).await, Status::Active);
    (there.stage.twice, there.stage.patient) = (twice, true);
    there
}

async fn ask(there: &There) {
    let stage = &there.stage;
    let mut click = stage.click(&stage.request().await.request_id, DANA);
    click.message = None;
    let duration = GrantDuration::parse("2h").unwrap();
    stage.send(&Job::AskExtension(ExtensionAsk { click, duration })).await;
    stage.settle().await;
}

async fn decision(there: &There) -> Job {
    let mut click = there.stage.click(&there.stage.request().await.request_id, OLIVIA);
    click.message = None;
    Job::ApproveExtension(ExtensionClick { click, extension: 1 })
}

async fn settle(there: &There) {
    there.stage.settle().await;
    there.stage.pass(3);
    there.stage.settle().await;
}

async fn extended(there: &There) {
    ask(there).await;
    there.stage.send(&decision(there).await).await;
    settle(there).await;
}

async fn scheduled(there: &There) -> UnixSeconds {
    let schedule = there.stage.aws.schedules().await.remove(0).expression;
    let at = format!("{}Z", schedule.trim_start_matches("at(").trim_end_matches(')'));
    UnixSeconds::from_rfc3339(&at).unwrap()
}

/// At every moment the guard is not later than the trust policy and the record, and none of them is later than the schedule.
async fn has_an_end(there: &There) {
    let record = there.stage.request().await.access.expires_at.unwrap();
    assert!(record <= scheduled(there).await, "nothing would end it at its time");
    for role in there.stage.aws.grant_roles().await {
        let Ends::After(guard) = ends(&role.inline_policies["keylease-guard"].to_string()) else {
            panic!("{role:?}")
        };
        assert!(guard <= record && guard <= door(&role.trust.to_string()).until.unwrap(), "{role:?}");
        assert!(record.rfc3339() <= role.tags["keylease:expires-at"], "{role:?}");
    }
}

async fn is_extended(there: &There) -> Request {
    has_an_end(there).await;
    let request = there.stage.request().await;
    let extension = &request.extensions.list[0];
    assert_eq!(
        (request.status, extension.outcome),
        (Status::Active, ExtensionOutcome::Extended),
        "{request:#?}"
    );
    assert!(request.extensions.extending.is_none() && request.work.making.is_none());
    assert_eq!(request.access.expires_at, extension.until);
    assert_eq!(Some(scheduled(there).await), extension.until);
    let sessions =
        request.access.session_seconds.map(|seconds| extension.until.unwrap().plus_seconds(seconds.into()));
    assert_eq!(request.access.sessions_until, sessions);
    for role in there.stage.aws.grant_roles().await {
        assert_eq!(
            ends(&role.inline_policies["keylease-guard"].to_string()),
            Ends::After(extension.until.unwrap())
        );
        assert_eq!(door(&role.trust.to_string()).until, extension.until);
    }
    assert_eq!(domain::audit::verify(&request).faults, []);
    assert!(there.stage.messages_to(DANA).iter().any(|text| text.contains("extended your access")));
    request
}

async fn is_over(there: &There, role: &str) {
    there.stage.pass(7_300);
    there.stage.fire_schedules().await;
    there.stage.settle().await;
    let request = there.stage.request().await;
    assert_eq!(request.status, Status::Expired);
    assert!(there.stage.aws.grant_roles().await.is_empty());
    if role != "Own" {
        there.is_over(&request.request_id, role).await;
    }
}

#[tokio::test]
async fn it_lasts_until_the_later_end_and_ends_then() {
    for role in KINDS {
        for twice in [false, true] {
            let there = live(role, twice).await;
            there.stage.pass(1_800);
            extended(&there).await;
            let told = there.stage.messages_to(DANA);
            let words = if role == "Own" { "the same role as before" } else { "the same sign-in as before" };
            assert!(told.iter().any(|text| text.contains(words)), "{told:?}");
            is_extended(&there).await;
            there.stage.pass(1_900);
            there.stage.send(&Job::Sweep).await;
            there.stage.settle().await;
            assert_eq!(there.stage.request().await.status, Status::Active, "the earlier end has passed");
            is_over(&there, role).await;
        }
    }
}

async fn every_call_fails_once(role: &'static str, fault: Fault) {
    let counted = live(role, false).await;
    let calls = watch(&counted.stage, u64::MAX, &fault);
    extended(&counted).await;
    let calls = calls.load(Ordering::Relaxed);
    assert!(calls > 12, "only {calls} calls were seen");
    hold_at_every_call(calls, &fault, |number, fault| async move {
        let there = live(role, false).await;
        watch(&there.stage, number, &fault);
        extended(&there).await;
        there.stage.aws.clear_faults();
        is_extended(&there).await;
        is_over(&there, role).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_fails_once_in_every_way() {
    for role in KINDS {
        for fault in [Fault::FailBefore, Fault::LoseAnswer, Fault::Throttle] {
            every_call_fails_once(role, fault).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wherever_the_worker_stops_there_is_an_end_and_the_next_one_goes_on() {
    for role in KINDS {
        for number in 0.. {
            let there = live(role, false).await;
            ask(&there).await;
            let once = Attempt { number: 1, max: 8 };
            there.stage.handle(QueueName::Provision, &decision(&there).await, once).await.unwrap();
            let extend = Job::ExtendGrant { request_id: there.stage.request().await.request_id };
            watch(&there.stage, number, &Fault::FailBefore);
            let stopped = there.stage.handle(QueueName::Provision, &extend, once).await;
            there.stage.aws.clear_faults();
            has_an_end(&there).await;
            if stopped.is_ok() && number > 12 {
                break;
            }
            there.stage.pass(50);
            there.stage.send(&extend).await;
            settle(&there).await;
            is_extended(&there).await;
        }
    }
}

#[tokio::test]
async fn a_refusal_leaves_the_role_its_end_and_is_told() {
    for operation in ["UpdateAssumeRolePolicy", "PutRolePolicy", "TagRole"] {
        let there = live("Own", false).await;
        let before = there.stage.request().await.access.expires_at;
        ask(&there).await;
        there.stage.aws.inject(move |call| (call.operation == operation).then_some(Fault::Deny));
        there.stage.send(&decision(&there).await).await;
        settle(&there).await;
        there.stage.aws.clear_faults();
        has_an_end(&there).await;
        let request = there.stage.request().await;
        assert_eq!(request.extensions.list[0].outcome, ExtensionOutcome::Failed, "{operation}");
        assert_eq!(request.access.expires_at, before, "{operation}");
        let told = there.stage.messages_to(DANA).pop().unwrap();
        assert!(told.contains("could not be put in place"), "{told}");
    }
}

#[tokio::test]
async fn one_of_two_grants_of_the_same_is_extended_alone() {
    let there = live("PowerUser", false).await;
    extended(&there).await;
    let request = is_extended(&there).await;
    assert_eq!(there.stage.holdings().await[0]["holders"], json!([request.request_id.as_str()]));
}
