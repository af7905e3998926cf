//! An extension with every call failing once, in every way, and every job delivered twice: there is an end at every moment,
//! and the outcome is the same.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use domain::job::{ExtensionAsk, ExtensionClick};
use domain::request::ExtensionOutcome;
use domain::{GrantDuration, Job, QueueName, Status, UnixSeconds};
use serde_json::json;
use testkit::aws::Fault;
use workers::consumer::Attempt;

use crate::faults::watch;
use crate::stage::{DANA, OLIVIA, Stage, payments};
use crate::ways::hold_at_every_call;

async fn live(mut stage: Stage) -> Stage {
    let mut project = payments();
    project["roles"]["ReadOnly"]["max_extensions"] = json!(2);
    stage.put_project(project).await;
    let twice = std::mem::replace(&mut stage.twice, false);
    stage.ask("ReadOnly", "1h").await;
    let id = stage.request().await.request_id;
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    stage.settle().await;
    assert_eq!(stage.request().await.status, Status::Active);
    stage.twice = twice;
    stage
}

async fn ask(stage: &Stage) {
    let mut click = stage.click(&stage.request().await.request_id, DANA);
    click.message = None;
    let duration = GrantDuration::parse("2h").unwrap();
    stage.send(&Job::AskExtension(ExtensionAsk { click, duration })).await;
    stage.settle().await;
}

async fn decision(stage: &Stage, number: u32) -> Job {
    let mut click = stage.click(&stage.request().await.request_id, OLIVIA);
    click.message = None;
    Job::ApproveExtension(ExtensionClick { click, extension: number })
}

async fn extended(stage: &Stage) {
    ask(stage).await;
    stage.send(&decision(stage, 1).await).await;
    stage.settle().await;
    stage.pass(3);
    stage.settle().await;
}

/// The ends that hold: in the record, in the guard, in the user's tag, and in the schedule.
async fn ends(stage: &Stage) -> (UnixSeconds, UnixSeconds, UnixSeconds, UnixSeconds) {
    let parse = |text: &str| UnixSeconds::from_rfc3339(text).unwrap();
    let request = stage.request().await;
    let user = stage.aws.users().await.remove(0);
    let guard = &user.inline_policies["keylease-guard"]["Statement"][0]["Condition"];
    let guard = parse(guard["DateGreaterThan"]["aws:CurrentTime"].as_str().unwrap());
    let schedule = stage.aws.schedules().await.remove(0).expression;
    let schedule = parse(&format!("{}Z", schedule.trim_start_matches("at(").trim_end_matches(')')));
    (request.access.expires_at.unwrap(), guard, parse(&user.tags["keylease:expires-at"]), schedule)
}

/// At every moment the guard is not later than the record, and neither is later than the tag and the schedule.
async fn has_an_end(stage: &Stage) {
    let (record, guard, tag, schedule) = ends(stage).await;
    assert!(guard <= record, "the guard is later than the record");
    assert!(record <= tag && record <= schedule, "nothing would end it at its time");
}

async fn is_extended_as_it_should_be(stage: &Stage) {
    let request = stage.request().await;
    assert_eq!(request.status, Status::Active);
    assert_eq!(request.extensions.list.len(), 1);
    assert_eq!(request.extensions.list[0].outcome, ExtensionOutcome::Extended);
    assert!(request.extensions.extending.is_none() && request.work.making.is_none());
    assert!(request.work.outbox.is_empty(), "{:?}", request.work.outbox);
    let (record, guard, tag, schedule) = ends(stage).await;
    assert!(record == guard && record == tag && record == schedule);
    assert_eq!(record, request.extensions.list[0].until.unwrap());
    assert_eq!((stage.aws.mails().len(), stage.aws.users().await[0].keys.len()), (1, 1));
    assert!(stage.messages_to(DANA).iter().any(|text| text.contains("same credential")));
    assert_eq!(domain::audit::verify(&request).faults, []);
}

async fn is_over_as_it_should_be(stage: &Stage) {
    stage.pass(7_300);
    stage.fire_schedules().await;
    stage.settle().await;
    let request = stage.request().await;
    assert_eq!((request.status, request.access.gone_at.is_some()), (Status::Expired, true));
    assert!(stage.aws.users().await.is_empty());
}

async fn every_call_fails_once(fault: Fault) {
    let stage = live(Stage::new().await).await;
    let calls = watch(&stage, u64::MAX, &fault);
    extended(&stage).await;
    let calls = calls.load(Ordering::Relaxed);
    assert!(calls > 15, "only {calls} calls were seen");
    hold_at_every_call(calls, &fault, |number, fault| async move {
        let mut stage = live(Stage::new().await).await;
        stage.patient = true;
        watch(&stage, number, &fault);
        extended(&stage).await;
        stage.aws.clear_faults();
        is_extended_as_it_should_be(&stage).await;
        is_over_as_it_should_be(&stage).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_fails_before_it_takes_effect() {
    every_call_fails_once(Fault::FailBefore).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_takes_effect_and_its_answer_is_lost() {
    every_call_fails_once(Fault::LoseAnswer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_is_throttled() {
    every_call_fails_once(Fault::Throttle).await;
}

#[tokio::test]
async fn every_job_is_delivered_twice() {
    let mut stage = Stage::new().await;
    stage.twice = true;
    let stage = live(stage).await;
    let before = stage.messages_to(DANA).len();
    extended(&stage).await;
    is_extended_as_it_should_be(&stage).await;
    assert_eq!(stage.messages_to(DANA).len(), before + 2, "asked, extended: {:?}", stage.messages_to(DANA));
    is_over_as_it_should_be(&stage).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wherever_the_worker_stops_there_is_an_end_and_the_next_one_goes_on() {
    for fault in [Fault::FailBefore, Fault::LoseAnswer] {
        for number in 0.. {
            let stage = live(Stage::new().await).await;
            ask(&stage).await;
            let approve = decision(&stage, 1).await;
            let once = Attempt { number: 1, max: 8 };
            stage.handle(QueueName::Provision, &approve, once).await.unwrap();
            let extend = Job::ExtendGrant { request_id: stage.request().await.request_id };
            watch(&stage, number, &fault);
            let stopped = stage.handle(QueueName::Provision, &extend, once).await;
            stage.aws.clear_faults();
            has_an_end(&stage).await;
            if stopped.is_ok() && number > 20 {
                break;
            }
            // A sweep and a message that come now end nothing.
            stage.send(&Job::Sweep).await;
            stage.settle().await;
            stage.pass(50);
            stage.send(&extend).await;
            stage.settle().await;
            stage.pass(3);
            stage.settle().await;
            is_extended_as_it_should_be(&stage).await;
        }
    }
}

#[tokio::test]
async fn an_extension_whose_job_was_lost_is_carried_out_by_the_sweep() {
    let stage = live(Stage::new().await).await;
    ask(&stage).await;
    let once = Attempt { number: 1, max: 8 };
    stage.handle(QueueName::Provision, &decision(&stage, 1).await, once).await.unwrap();
    stage.take(QueueName::Provision).await;
    stage.take(QueueName::Notify).await;
    for _ in 0..3 {
        stage.pass(130);
        stage.send(&Job::Sweep).await;
        stage.settle().await;
    }
    is_extended_as_it_should_be(&stage).await;
}

#[tokio::test]
async fn a_refusal_leaves_the_grant_its_end_and_is_told() {
    for operation in ["UpdateSchedule", "TagUser", "PutUserPolicy"] {
        let stage = live(Stage::new().await).await;
        let before = ends(&stage).await;
        ask(&stage).await;
        stage.aws.inject(move |call| (call.operation == operation).then_some(Fault::Deny));
        stage.send(&decision(&stage, 1).await).await;
        stage.settle().await;
        stage.aws.clear_faults();
        let request = stage.request().await;
        has_an_end(&stage).await;
        if request.extensions.list[0].outcome == ExtensionOutcome::Approved {
            // It waits for an operator, and goes on by itself.
            assert_eq!(request.access.expires_at, Some(before.0), "{operation}");
            continue;
        }
        assert_eq!(request.extensions.list[0].outcome, ExtensionOutcome::Failed, "{operation}");
        assert_eq!(request.access.expires_at, Some(before.0), "{operation}");
        stage.pass(3);
        stage.settle().await;
        let told = stage.messages_to(DANA).pop().unwrap();
        assert!(told.contains("could not be put in place"), "{told}");
        assert_eq!(domain::audit::verify(&request).faults, []);
    }
}

/// The last try sets the later schedule, fails then, and cannot give its claim back either.
#[tokio::test]
async fn an_extension_that_is_given_up_while_its_claim_lasts_has_its_schedule_set_back() {
    let stage = live(Stage::new().await).await;
    let before = ends(&stage).await;
    ask(&stage).await;
    let once = Attempt { number: 1, max: 8 };
    stage.handle(QueueName::Provision, &decision(&stage, 1).await, once).await.unwrap();
    let extend = Job::ExtendGrant { request_id: stage.request().await.request_id };
    let is_stopped = Arc::new(AtomicBool::new(false));
    let stops = is_stopped.clone();
    stage.aws.inject(move |call| {
        stops.fetch_or(call.operation == "TagUser", Ordering::SeqCst);
        stops.load(Ordering::SeqCst).then_some(Fault::FailBefore)
    });
    let last = Attempt { number: 8, max: 8 };
    stage.handle(QueueName::Provision, &extend, last).await.unwrap_err();
    stage.aws.clear_faults();
    assert!(stage.request().await.work.making.is_some(), "the claim was given back");
    assert!(ends(&stage).await.3 > before.3, "the schedule has the later end");
    stage.on_exhausted(QueueName::Provision, &extend).await;
    let request = stage.request().await;
    assert_eq!(request.extensions.list[0].outcome, ExtensionOutcome::Failed);
    assert_eq!(ends(&stage).await.3, before.3, "the schedule is at the end that the grant has");
    assert!(request.work.making.is_none());
}
