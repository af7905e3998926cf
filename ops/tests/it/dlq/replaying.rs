//! `keylease dlq replay`: everything is sent, nothing is lost, and it ends.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use testkit::aws::{Fault, Service};

use super::{bodies, by_id, click, job};
use crate::stage::Stage;

const SWEEP: &str = r#"{"version":1,"job":"sweep"}"#;

#[tokio::test]
async fn every_kind_goes_back_to_its_own_queue_without_what_parking_added() {
    let stage = Stage::new().await.with_schedule_dlq().await;
    let ask = json!({"version": 1, "job": "intake", "intake_id": "i", "received_at": 1, "user_id": "U0DANA",
        "user_name": "dana", "project": "payments", "role": "ReadOnly", "duration": "1h"})
    .to_string();
    let notify = [ask, click("deny", "r-0"), job("tell", "r-0")];
    let provision = [click("approve", "r-0"), job("provision", "r-0")];
    let revoke = [click("end", "r-0"), job("revoke", "r-0"), SWEEP.to_owned()];
    let all = [("notify", &notify[..]), ("provision", &provision), ("revoke", &revoke)];
    for (queue, jobs) in all {
        for body in jobs {
            stage.dead_letter(queue, body, "retries_exhausted", "e").await;
        }
    }
    stage.park_with("schedule", &job("revoke", "r-1"), &[("ERROR_CODE", "AccessDenied")]).await;
    for queue in ["notify", "provision", "revoke", "schedule"] {
        let ran = stage.keylease(&["dlq", "replay", queue]).await;
        assert_eq!(ran.status, 0, "{}", ran.shown());
        assert_eq!(stage.dlq(queue).messages, [], "{queue}");
    }
    for (queue, jobs) in all {
        let mut expected = jobs.to_vec();
        if queue == "revoke" {
            expected.push(job("revoke", "r-1"));
        }
        expected.sort();
        let mut sent = without_times(bodies(&stage.queue(queue)));
        sent.sort();
        assert_eq!(sent, expected);
        assert!(stage.queue(queue).messages.iter().all(|message| message.attributes.is_empty()));
    }
}

/// Bodies without the times that a replay gives to clicks.
fn without_times(bodies: Vec<String>) -> Vec<String> {
    let untimed = |body: String| {
        let mut fields: Value = serde_json::from_str(&body).unwrap();
        let was_timed = fields.as_object_mut().unwrap().remove("clicked_at").is_some();
        if was_timed { fields.to_string() } else { body }
    };
    bodies.into_iter().map(untimed).collect()
}

/// An ingress that did not write the time, and a message that SQS itself moved: it keeps when it was sent.
#[tokio::test]
async fn a_click_that_names_no_time_counts_from_when_it_was_sent_and_not_from_the_replay() {
    let stage = Stage::three_hours_later().await;
    stage.request("open-0", "PENDING", 3_600).await;
    let before = service::clock::now().0;
    for (queue, name) in [("provision", "approve"), ("notify", "deny"), ("revoke", "end")] {
        stage.park_with(queue, &click(name, "open-0"), &[]).await;
    }
    let operator = json!({"version": 1, "job": "end_by_operator", "request_id": "open-0", "by": "alice"});
    stage.park_with("revoke", &operator.to_string(), &[]).await;
    let ran = stage.keylease(&["dlq", "replay", "provision"]).await;
    assert!(ran.shown().contains("the click is too old"), "{}", ran.shown());
    for queue in ["notify", "revoke"] {
        assert_eq!(stage.keylease(&["dlq", "replay", queue]).await.status, 0);
    }
    let sent = ["provision", "notify", "revoke"].map(|queue| bodies(&stage.queue(queue))).concat();
    assert_eq!(sent.len(), 4);
    for body in sent {
        let body: Value = serde_json::from_str(&body).unwrap();
        let field = if body["job"] == "end_by_operator" { "requested_at" } else { "clicked_at" };
        let at = body[field].as_i64().unwrap();
        assert!((before..before + 60).contains(&at), "{body}");
    }
}

#[tokio::test]
async fn a_job_that_came_on_the_wrong_queue_goes_where_it_belongs() {
    let stage = Stage::new().await;
    stage.dead_letter("notify", &job("revoke", "r-0"), "wrong_queue", "e").await;
    assert_eq!(stage.keylease(&["dlq", "replay", "notify"]).await.status, 0);
    assert_eq!(bodies(&stage.queue("revoke")), [job("revoke", "r-0")]);
    assert_eq!(stage.queue("notify").messages, []);
}

#[tokio::test]
async fn it_says_what_the_jobs_come_to() {
    let stage = Stage::new().await;
    stage.request("live-0", "APPROVED", 3_600).await;
    stage.request("late-0", "APPROVED", -1).await;
    for over in 0..3 {
        stage.request(&format!("over-{over}"), "EXPIRED", -60).await;
        stage
            .dead_letter("provision", &job("provision", &format!("over-{over}")), "retries_exhausted", "e")
            .await;
    }
    for id in ["live-0", "late-0", "unknown-0"] {
        stage.dead_letter("provision", &job("provision", id), "retries_exhausted", "e").await;
    }
    stage.dead_letter("provision", "poison", "not_json", "e").await;
    let rehearsed = stage.keylease(&["dlq", "replay", "provision", "--dry-run"]).await;
    insta::assert_snapshot!(rehearsed.shown(), @r#"
    provision: 6 jobs would be sent back, 1 skipped, 0 left, 0 failed
          3  makes nothing: the request is EXPIRED
          1  grants nothing, as its time has passed; what there may be of it is cleaned up
          1  makes the credential and emails it
          1  goes back to the dead-letter queue: there is no such request
    3 of 6 jobs would change nothing.
    Skipped: what is not a job would only come back. See it with: keylease dlq list provision; send it with --id, or remove it with: keylease dlq drop provision
    status 0
    "#);
    let replayed = stage.keylease(&["dlq", "replay", "provision"]).await;
    insta::assert_snapshot!(replayed.shown(), @r#"
    provision: 6 jobs sent back, 1 skipped, 0 left, 0 failed
          3  makes nothing: the request is EXPIRED
          1  grants nothing, as its time has passed; what there may be of it is cleaned up
          1  makes the credential and emails it
          1  goes back to the dead-letter queue: there is no such request
    3 of 6 jobs change nothing.
    Skipped: what is not a job would only come back. See it with: keylease dlq list provision; send it with --id, or remove it with: keylease dlq drop provision
    status 0
    "#);
    assert_eq!(bodies(&stage.dlq("provision")), ["poison"]);
}

#[tokio::test]
async fn a_dry_run_changes_nothing() {
    let stage = Stage::new().await;
    for number in 0..25 {
        stage.dead_letter("notify", &job("tell", &format!("r-{number}")), "retries_exhausted", "e").await;
    }
    let before = bodies(&stage.dlq("notify"));
    let ran = stage.keylease(&["dlq", "replay", "notify", "--dry-run", "--json"]).await;
    assert_eq!(
        (ran.status, ran.json()["sent"].as_u64(), ran.json()["dry_run"].as_bool()),
        (0, Some(25), Some(true))
    );
    assert_eq!(stage.queue("notify").messages, []);
    assert_eq!((stage.dlq("notify").visible, bodies(&stage.dlq("notify"))), (25, before));
}

/// What a kill between sending and deleting leaves: the job is in both places, and a second replay ends it.
#[tokio::test]
async fn between_sending_and_deleting_nothing_is_lost() {
    let stage = Stage::new().await;
    stage.dead_letter("revoke", &job("revoke", "r-0"), "retries_exhausted", "e").await;
    stage.aws.inject(|call| (call.operation == "DeleteMessageBatch").then_some(Fault::FailBefore));
    let ran = stage.keylease(&["dlq", "replay", "revoke"]).await;
    assert_eq!(ran.status, 1, "{}", ran.shown());
    assert!(ran.err.contains("sent, but not removed from keylease-revoke-dlq: 1 job"), "{}", ran.err);
    assert_eq!(bodies(&stage.queue("revoke")).len(), 1, "it is sent once");
    assert_eq!((stage.dlq("revoke").visible, stage.dlq("revoke").messages.len()), (1, 1));

    stage.aws.clear_faults();
    assert_eq!(stage.keylease(&["dlq", "replay", "revoke"]).await.status, 0);
    assert_eq!(stage.dlq("revoke").messages, []);
    assert_eq!(bodies(&stage.queue("revoke")), [job("revoke", "r-0"), job("revoke", "r-0")]);
}

/// A message that could not be deleted comes back in the same replay: it is deleted then, and not sent again.
#[tokio::test]
async fn what_was_sent_and_comes_back_is_only_deleted() {
    let stage = Stage::new().await;
    stage.dead_letter("revoke", &job("revoke", "r-0"), "retries_exhausted", "e").await;
    let (fails, mut failed) = tokio::sync::mpsc::unbounded_channel();
    stage.aws.inject(move |call| {
        if call.operation == "DeleteMessageBatch" && !fails.is_closed() {
            let body: serde_json::Value = serde_json::from_slice(&call.body).unwrap();
            drop(fails.send(body["Entries"][0]["ReceiptHandle"].as_str().unwrap().to_owned()));
            return Some(Fault::Deny);
        }
        None
    });
    let sqs = aws_sdk_sqs::Client::new(&stage.aws.sdk_config());
    let show = async {
        let handle = failed.recv().await.unwrap();
        failed.close();
        let change = sqs.change_message_visibility().queue_url(stage.dlq("revoke").url);
        change.receipt_handle(handle).visibility_timeout(0).send().await.unwrap();
    };
    let (ran, ()) = tokio::join!(stage.keylease(&["dlq", "replay", "revoke"]), show);
    assert_eq!(ran.status, 0, "{}", ran.shown());
    assert_eq!(bodies(&stage.queue("revoke")), [job("revoke", "r-0")]);
    assert_eq!(stage.dlq("revoke").messages, []);
}

#[tokio::test]
async fn an_answer_that_is_lost_loses_no_job() {
    tokio::join!(
        nothing_is_lost_with("ReceiveMessage"),
        nothing_is_lost_with("SendMessageBatch"),
        nothing_is_lost_with("DeleteMessageBatch"),
        nothing_is_lost_with("ChangeMessageVisibilityBatch"),
    );
}

/// The first call of this name does what it should, and its answer does not come back.
async fn nothing_is_lost_with(lost: &'static str) {
    let stage = Stage::new().await;
    for number in 0..15 {
        stage.dead_letter("notify", &job("tell", &format!("r-{number}")), "retries_exhausted", "e").await;
    }
    let first = AtomicBool::new(true);
    stage.aws.inject(move |call| {
        (call.operation == lost && first.swap(false, Ordering::Relaxed)).then_some(Fault::LoseAnswer)
    });
    let ran = stage.keylease(&["dlq", "replay", "notify"]).await;
    let everywhere: BTreeSet<String> =
        bodies(&stage.queue("notify")).into_iter().chain(bodies(&stage.dlq("notify"))).collect();
    assert_eq!(everywhere.len(), 15, "{lost}: {}", ran.shown());
}

#[tokio::test]
async fn what_cannot_be_sent_stays_and_is_visible() {
    let stage = Stage::new().await;
    stage.dead_letter("notify", &job("tell", "r-0"), "retries_exhausted", "e").await;
    stage
        .aws
        .inject(|call| call.is(Service::Sqs, "SendMessageBatch", "keylease-notify").then_some(Fault::Deny));
    let ran = stage.keylease(&["dlq", "replay", "notify"]).await;
    assert_eq!(ran.status, 1);
    assert!(ran.out.starts_with("notify: 0 jobs sent back, 0 skipped, 0 left, 1 failed"), "{}", ran.out);
    assert_eq!(stage.dlq("notify").visible, 1);
    assert_eq!(stage.queue("notify").messages, []);
}

#[tokio::test]
async fn only_those_that_are_named_are_sent_also_one_that_is_no_job() {
    let stage = Stage::new().await;
    let named = stage.dead_letter("notify", &job("tell", "r-0"), "retries_exhausted", "e").await;
    let poison = stage.dead_letter("notify", "poison", "not_json", "e").await;
    let other = stage.dead_letter("notify", &job("tell", "r-1"), "retries_exhausted", "e").await;
    let ran =
        stage.keylease(&["dlq", "replay", "notify", "--id", &named, "--id", &poison, "--id", "nobody"]).await;
    assert_eq!(ran.status, 1);
    assert!(ran.err.contains("not found in keylease-notify-dlq: nobody"), "{}", ran.err);
    assert_eq!(bodies(&stage.queue("notify")), ["poison".to_owned(), job("tell", "r-0")]);
    let left = by_id(stage.dlq("notify"));
    assert_eq!(left.keys().collect::<Vec<_>>(), [&other]);
    assert_eq!(stage.dlq("notify").visible, 1);
}

#[tokio::test]
async fn three_hundred_go_back_each_once() {
    let stage = Stage::new().await;
    for number in 0..300 {
        stage.dead_letter("notify", &job("tell", &format!("r-{number:03}")), "retries_exhausted", "e").await;
    }
    let before = bodies(&stage.dlq("notify"));
    let ran = stage.keylease(&["dlq", "replay", "notify", "--rate", "1000"]).await;
    assert_eq!(ran.status, 0, "{}", ran.shown());
    assert_eq!((stage.dlq("notify").messages.len(), bodies(&stage.queue("notify"))), (0, before));
}

/// A worker that cannot do any of them dead-letters each again as soon as it is sent.
#[tokio::test]
async fn jobs_that_come_back_at_once_do_not_go_round_for_ever() {
    let stage = Arc::new(Stage::new().await);
    for number in 0..30 {
        stage.dead_letter("notify", &job("tell", &format!("r-{number}")), "retries_exhausted", "e").await;
    }
    let (worker, done) = (Arc::clone(&stage), Arc::new(AtomicBool::new(false)));
    let stop = Arc::clone(&done);
    let sqs = aws_sdk_sqs::Client::new(&stage.aws.sdk_config());
    let parking = tokio::spawn(async move {
        while !stop.load(Ordering::Relaxed) {
            let receive = sqs.receive_message().queue_url(worker.queue("notify").url);
            let received = receive.max_number_of_messages(10).wait_time_seconds(1).send().await.unwrap();
            for message in received.messages.unwrap_or_default() {
                worker.dead_letter("notify", &message.body.unwrap(), "retries_exhausted", "e").await;
                let delete = sqs.delete_message().queue_url(worker.queue("notify").url);
                delete.receipt_handle(message.receipt_handle.unwrap()).send().await.unwrap();
            }
        }
    });
    let replay = stage.keylease(&["dlq", "replay", "notify", "--rate", "1000", "--json"]);
    let ran = tokio::time::timeout(Duration::from_mins(1), replay).await.expect("an end");
    done.store(true, Ordering::Relaxed);
    parking.await.unwrap();
    let replayed = ran.json();
    assert_eq!(ran.status, 0, "{replayed:#}");
    let sent = replayed["sent"].as_u64().unwrap();
    assert!((30..=60).contains(&sent), "each is sent once, and few a second time: {replayed:#}");
    let kept: BTreeSet<String> =
        bodies(&stage.dlq("notify")).into_iter().chain(bodies(&stage.queue("notify"))).collect();
    assert_eq!(kept.len(), 30);
}

#[tokio::test]
async fn one_that_is_told_to_stop_does_so_between_batches_and_can_go_on() {
    let stage = Stage::new().await;
    for number in 0..40 {
        stage.dead_letter("notify", &job("tell", &format!("r-{number}")), "retries_exhausted", "e").await;
    }
    let (stop, sends) = (stage.stop.clone(), AtomicU32::new(0));
    stage.aws.inject(move |call| {
        if call.operation == "SendMessageBatch" && sends.fetch_add(1, Ordering::Relaxed) == 1 {
            stop.send_replace(1);
        }
        None
    });
    let ran = stage.keylease(&["dlq", "replay", "notify", "--rate", "1000"]).await;
    assert_eq!(ran.status, 1);
    insta::assert_snapshot!(ran.shown(), @r#"
    notify: 20 jobs sent back, 0 skipped, 20 left, 0 failed
         20  goes back to the dead-letter queue: there is no such request
    0 of 20 jobs change nothing.
    error: the replay was stopped before its end
      hint:  run it again to go on: nothing is lost, and a job that is sent twice does no harm
    status 1
    "#);
    assert_eq!((stage.queue("notify").messages.len(), stage.dlq("notify").visible), (20, 20));
    stage.aws.clear_faults();
    stage.stop.send_replace(0);
    assert_eq!(stage.keylease(&["dlq", "replay", "notify", "--rate", "1000"]).await.status, 0);
    assert_eq!((stage.queue("notify").messages.len(), stage.dlq("notify").messages.len()), (40, 0));
}

#[tokio::test]
async fn it_sends_no_faster_than_it_may() {
    let stage = Stage::new().await;
    for number in 0..9 {
        stage.dead_letter("notify", &job("tell", &format!("r-{number}")), "retries_exhausted", "e").await;
    }
    let calls = stage.aws.calls().len();
    assert_eq!(stage.keylease(&["dlq", "replay", "notify", "--rate", "4"]).await.status, 0);
    let calls = stage.aws.calls().into_iter().skip(calls);
    let sends: Vec<_> =
        calls.filter(|call| call.operation == "SendMessageBatch").map(|call| call.at).collect();
    assert_eq!(sends.len(), 3, "nine, four at a time");
    let took = sends[2].duration_since(sends[0]);
    assert!(took.as_millis() >= 2_000, "the ninth goes two seconds after the first, took {took}");
}
