//! `keylease dlq list`: what it says, and that it leaves everything as it was.

use serde_json::json;
use service::clock::{Clock, now};
use testkit::aws::{Fault, Service};

use super::{click, job, messages, shown};
use crate::stage::Stage;

/// Every kind of message that may lie there, each seen from the command line.
#[tokio::test]
async fn each_job_says_what_became_of_its_request_and_what_a_replay_would_do() {
    let stage = Stage::three_hours_later().await.with_schedule_dlq().await;
    stage.request("live-0", "ACTIVE", 0).await;
    stage.request("over-0", "EXPIRED", -60).await;
    stage.request("late-0", "APPROVED", -60).await;
    let told =
        stage.dead_letter("notify", &job("tell", "over-0"), "retries_exhausted", "slack: timed out").await;
    let again =
        stage.dead_letter("notify", &job("tell", "gone-0"), "retries_exhausted", "slack: timed out").await;
    let poison = stage.dead_letter("notify", "hello\u{9b}there", "not_json", "the body is not JSON").await;
    let late =
        stage.dead_letter("provision", &job("provision", "late-0"), "call_refused", "iam:CreateUser").await;
    let done =
        stage.dead_letter("provision", &click("approve", "over-0"), "call_refused", "no such channel").await;
    let by_sqs = stage.park_with("revoke", &job("revoke", "live-0"), &[]).await;
    let scheduler = [
        ("ERROR_CODE", "AccessDenied"),
        ("ERROR_MESSAGE", "the role may not send"),
        ("SCHEDULE_ARN", "arn:aws:scheduler:us-east-1:123456789012:schedule/default/keylease-over-0"),
        ("TARGET_ARN", "arn:aws:sqs:us-east-1:123456789012:keylease-revoke"),
        ("RETRY_ATTEMPTS", "185"),
    ];
    let undelivered = stage.park_with("schedule", &job("revoke", "over-0"), &scheduler).await;
    let ids = [
        (told.as_str(), "told"),
        (&again, "again"),
        (&poison, "poison"),
        (&late, "late"),
        (&done, "done"),
        (&by_sqs, "by SQS"),
        (&undelivered, "undelivered"),
    ];
    let ran = stage.keylease(&["dlq", "list"]).await;
    insta::assert_snapshot!(mask_times(&shown(&ran, &ids)), @r#"
    notify: 3 jobs in keylease-notify-dlq

    retries_exhausted (2 jobs)
      <told>  tell  over-0 (EXPIRED, over)  3 h old
        error:  slack: timed out
        replay: brings Slack up to date: the request is EXPIRED
      <again>  tell  gone-0  3 h old
        error:  slack: timed out
        replay: goes back to the dead-letter queue: there is no such request

    not_json (1 job)
      <poison>  no job  3 h old
        error:  the body is not JSON
        body:   hello�there
        replay: goes back to the dead-letter queue: its body is not a job

    provision: 2 jobs in keylease-provision-dlq

    call_refused (2 jobs)
      <late>  provision  late-0 (APPROVED, its time is over)  3 h old
        error:  iam:CreateUser
        replay: grants nothing, as its time has passed; what there may be of it is cleaned up (the grant's end: <time>)
      <done>  approve  over-0 (EXPIRED, over)  3 h old
        error:  no such channel
        replay: changes nothing: the request is EXPIRED; whoever clicked is told so

    revoke: 1 job in keylease-revoke-dlq

    dead-lettered by SQS after 8 receives (1 job)
      <by SQS>  revoke  live-0 (ACTIVE, its time is over)  3 h old
        replay: ends the grant: its time is over (the grant's end: <time>)

    schedule: 1 job in keylease-schedule-dlq

    AccessDenied (1 job)
      <undelivered>  revoke  over-0 (EXPIRED, over)  3 h old
        error:  the role may not send (schedule keylease-over-0, to keylease-revoke, retried 185 times)
        replay: takes away what is left: the request is EXPIRED
    status 0
    "#);
}

/// Times in the text are of the day on which the test runs.
fn mask_times(text: &str) -> String {
    let masked = text.lines().map(|line| match line.split_once("(the grant's end: ") {
        Some((before, _)) => format!("{before}(the grant's end: <time>)"),
        None => line.to_owned(),
    });
    masked.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn nothing_parked_says_so() {
    let stage = Stage::new().await;
    insta::assert_snapshot!(stage.keylease(&["dlq", "list"]).await.shown(), @r#"
    notify: no messages in keylease-notify-dlq
    provision: no messages in keylease-provision-dlq
    revoke: no messages in keylease-revoke-dlq
    status 0
    "#);
}

#[tokio::test]
async fn as_json_it_is_all_there() {
    let stage = Stage::three_hours_later().await;
    stage.request("over-0", "EXPIRED", -60).await;
    let body = job("provision", "over-0");
    let id = stage.dead_letter("provision", &body, "retries_exhausted", "ses: throttled").await;
    let ran = stage.keylease(&["dlq", "list", "provision", "--json"]).await;
    assert_eq!(ran.status, 0, "{}", ran.shown());
    let message = &messages(&ran)[0];
    assert_eq!(message["message_id"], id.as_str());
    assert_eq!(message["request_id"], "over-0");
    assert_eq!(message["request_status"], "EXPIRED");
    assert_eq!(message["request_over"], true);
    assert_eq!(message["job"], "provision");
    assert_eq!(message["reason"], "retries_exhausted");
    assert_eq!(message["replay"]["effect"], "nothing");
    assert_eq!(message["body"], body.as_str());
    assert!(message["sent_at"].as_i64().unwrap() > 1_700_000_000, "{message}");
    assert_eq!(ran.json()["queues"][0]["reasons"]["retries_exhausted"], 1);
}

#[tokio::test]
async fn three_hundred_are_read_once_each_and_left_as_they_were() {
    let stage = Stage::new().await;
    for number in 0..300 {
        stage.dead_letter("notify", &job("tell", &format!("r-{number}")), "retries_exhausted", "e").await;
    }
    let before = stage.dlq("notify");
    let ran = stage.keylease(&["dlq", "list", "notify", "--json"]).await;
    assert_eq!(messages(&ran).len(), 300);
    let after = stage.dlq("notify");
    assert_eq!((after.visible, after.in_flight), (300, 0));
    assert_eq!(super::bodies(&before), super::bodies(&after));
}

#[tokio::test]
async fn a_reading_that_fails_in_the_middle_shows_what_it_has_and_leaves_all_visible() {
    let stage = Stage::new().await;
    for number in 0..25 {
        stage.dead_letter("revoke", &job("revoke", &format!("r-{number}")), "call_refused", "e").await;
    }
    let before = stage.aws.calls().len() as u64;
    stage.aws.inject(move |call| {
        let receive = call.is(Service::Sqs, "ReceiveMessage", "keylease-revoke-dlq");
        // The queue's policy, its URL, its counts, and two receives go well.
        (receive && call.number > before + 5).then_some(Fault::FailBefore)
    });
    let ran = stage.keylease(&["dlq", "list", "revoke"]).await;
    assert_eq!(ran.status, 1, "{}", ran.shown());
    assert!(ran.out.contains("revoke: 20 jobs or more in keylease-revoke-dlq"), "{}", ran.out);
    assert!(ran.err.contains("sqs:ReceiveMessage failed"), "{}", ran.err);
    assert_eq!((stage.dlq("revoke").visible, stage.dlq("revoke").in_flight), (25, 0));
}

#[tokio::test]
async fn what_cannot_be_shown_again_is_said() {
    let stage = Stage::new().await;
    stage.dead_letter("revoke", &job("revoke", "r-0"), "call_refused", "e").await;
    stage.aws.inject(|call| (call.operation == "ChangeMessageVisibilityBatch").then_some(Fault::Deny));
    let ran = stage.keylease(&["dlq", "list", "revoke"]).await;
    assert_eq!(ran.status, 0, "{}", ran.shown());
    assert!(ran.err.contains("1 job could not be made visible again"), "{}", ran.err);
    stage.aws.clear_faults();
    let ran = stage.keylease(&["dlq", "list", "revoke"]).await;
    assert!(ran.out.contains("about 1 more are held by another reader"), "{}", ran.out);
}

#[tokio::test]
async fn one_that_is_told_to_stop_leaves_all_visible() {
    let stage = Stage::new().await;
    for number in 0..25 {
        stage.dead_letter("revoke", &job("revoke", &format!("r-{number}")), "call_refused", "e").await;
    }
    let stop = stage.stop.clone();
    stage.aws.inject(move |call| {
        if call.operation == "ReceiveMessage" {
            stop.send_replace(1);
        }
        None
    });
    let ran = stage.keylease(&["dlq", "list", "revoke"]).await;
    assert_eq!(ran.status, 1);
    assert!(ran.out.contains("10 jobs or more"), "{}", ran.out);
    assert_eq!(stage.dlq("revoke").visible, 25);
}

#[tokio::test]
async fn one_queue_that_may_not_be_read_hides_no_other() {
    let stage = Stage::new().await;
    stage.dead_letter("notify", &job("tell", "r-0"), "retries_exhausted", "e").await;
    stage
        .aws
        .inject(|call| call.is(Service::Sqs, "ReceiveMessage", "keylease-revoke-dlq").then_some(Fault::Deny));
    let ran = stage.keylease(&["dlq", "list"]).await;
    assert_eq!(ran.status, 1);
    assert!(ran.out.contains("notify: 1 job in keylease-notify-dlq"), "{}", ran.out);
    assert!(ran.err.contains("revoke: sqs:ReceiveMessage failed: AccessDenied"), "{}", ran.err);
}

#[tokio::test]
async fn with_the_table_down_it_lists_all_the_same() {
    let stage = Stage::new().await;
    stage.dead_letter("notify", &job("tell", "r-0"), "retries_exhausted", "e").await;
    stage.aws.inject(|call| (call.service == Service::DynamoDb).then_some(Fault::FailBefore));
    let ran = stage.keylease(&["dlq", "list", "notify"]).await;
    assert_eq!(ran.status, 0, "{}", ran.shown());
    assert!(ran.out.contains("cannot be said: its request could not be looked up"), "{}", ran.out);
    assert!(ran.err.contains("dynamodb:BatchGetItem failed"), "{}", ran.err);
}

#[tokio::test]
async fn a_queue_is_found_by_any_of_its_names() {
    let stage = Stage::new().await;
    stage.dead_letter("revoke", &job("revoke", "r-0"), "call_refused", "e").await;
    let (queue, dlq) = (stage.queue("revoke"), stage.dlq("revoke"));
    for name in [&queue.url, &dlq.name, &dlq.arn] {
        let ran = stage.keylease(&["dlq", "list", name]).await;
        assert!(ran.out.contains("revoke: 1 job in keylease-revoke-dlq"), "{name}: {}", ran.shown());
    }
}

#[tokio::test]
async fn an_unknown_queue_and_one_that_is_not_there_are_told_apart() {
    let stage = Stage::new().await;
    insta::assert_snapshot!(stage.keylease(&["dlq", "list", "audit"]).await.shown(), @r#"
    error: there is no queue `audit`
      hint:  it is one of notify, provision, revoke, schedule, or the name or URL of one of their queues
    status 2
    "#);
    insta::assert_snapshot!(stage.keylease(&["dlq", "list", "schedule"]).await.shown(), @r#"
    error: the schedules have no dead-letter queue: SCHEDULER_DLQ_ARN is not set
      hint:  set it to what the provision worker has; jobs that the workers dead-lettered are in notify, provision and revoke
    status 1
    "#);
}

#[tokio::test]
async fn what_only_a_newer_program_can_read_says_what_will_happen() {
    let stage = Stage::new().await;
    stage.put_request(&json!({"request_id": "newer-0", "status": "PAUSED", "project": "payments"})).await;
    stage.dead_letter("provision", &job("provision", "newer-0"), "retries_exhausted", "e").await;
    let later = json!({"version": 2, "job": "provision", "request_id": "newer-0"}).to_string();
    stage.dead_letter("provision", &later, "unknown_version", "e").await;
    let ran = stage.keylease(&["dlq", "list", "provision"]).await;
    let shown = ran.shown();
    assert!(shown.contains("waits on its queue until a worker of a newer version takes it"), "{shown}");
    assert!(shown.contains("one of the newer version that wrote it does it"), "{shown}");
    assert!(!shown.contains("parked"), "{shown}");
}

#[tokio::test]
async fn a_queue_is_meant_by_its_name_url_or_arn() {
    let stage = Stage::new().await;
    let (queue, dlq) = (stage.queue("revoke"), stage.dlq("revoke"));
    for typed in ["revoke", "REVOKE", "keylease-revoke", &queue.url, &queue.arn, &dlq.url, &dlq.arn] {
        let ran = stage.keylease(&["dlq", "list", typed]).await;
        assert_eq!(ran.out, "revoke: no messages in keylease-revoke-dlq\n", "{typed}: {}", ran.err);
    }
    let elsewhere = queue.url.replace("123456789012", "444455556666");
    for other in ["keylease", elsewhere.as_str(), ""] {
        let ran = stage.keylease(&["dlq", "list", other]).await;
        assert!(ran.status == 2 && ran.err.contains("there is no queue"), "{other}: {}", ran.shown());
    }
}

#[tokio::test]
async fn ages_are_told_in_their_largest_unit() {
    let mut stage = Stage::new().await;
    stage.dead_letter("notify", "{}", "not_a_job", "e").await;
    for (later, age) in [(-600, "0 s"), (90, "1 min"), (3_660, "1 h"), (86_000, "23 h"), (900_000, "10 d")] {
        stage.clock = Clock::reading(move || now().plus_seconds(later));
        let ran = stage.keylease(&["dlq", "list", "notify"]).await;
        assert!(ran.out.contains(&format!("  no job  {age} old\n")), "{age}: {}", ran.out);
    }
}

#[tokio::test]
async fn what_others_wrote_moves_no_cursor_and_has_an_end() {
    let stage = Stage::new().await;
    stage.dead_letter("notify", "{}", "not_a_job", "a\n\tb \u{9b}2J\u{202e}c").await;
    stage.dead_letter("notify", "{}", "not_a_job", &"x".repeat(500)).await;
    let ran = stage.keylease(&["dlq", "list", "notify"]).await;
    assert!(ran.out.contains("error:  a b \u{fffd}2J\u{fffd}c\n"), "{}", ran.out);
    assert!(ran.out.contains(&format!("error:  {}…\n", "x".repeat(300))), "{}", ran.out);
}
