//! A sweep of very many users: it fits into its time, goes on where it stopped, and there is one at a time.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_iam::types::Tag;
use domain::{Job, QueueName, Status};
use serde_json::json;
use service::config::WorkerSettings;
use workers::consumer::{Attempt, Handler};
use workers::{Context, Failure, Role, Slice, Worker};

use crate::latency::Latency;
use crate::stage::{Stage, payments};

const FIRST: Attempt = Attempt { number: 1, max: 8 };
/// What one call takes, in milliseconds.
const CALL_MS: u64 = 100;

/// Users of live grants, by their numbers; with `over`, of grants whose time is over and whose records are lost.
async fn users(stage: &Stage, numbers: std::ops::Range<u32>, over: bool) {
    let iam = aws_sdk_iam::Client::new(&stage.sdk);
    let dynamodb = aws_sdk_dynamodb::Client::new(&stage.sdk);
    let end = stage.now().plus_seconds(if over { -60 } else { 3_600 });
    for number in numbers {
        let id = format!("r{number:0>5}-0");
        let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build().unwrap();
        let user = iam.create_user().user_name(format!("keylease-{id}")).path("/keylease/");
        let user = user.tags(tag("keylease:request-id", &id));
        user.tags(tag("keylease:expires-at", &end.rfc3339())).send().await.unwrap();
        if over {
            continue;
        }
        let record = json!({
            "request_id": id, "status": "ACTIVE", "project": "payments", "role": "ReadOnly", "version": 7,
            "duration_seconds": 3_600, "requester_slack_id": "U0DANA", "created_at": stage.now(),
            "expires_at": end, "access_key_id": format!("AKIA{number}"), "told": ["PENDING", "ACTIVE"],
            "open": "yes",
        });
        let record: HashMap<String, AttributeValue> = serde_dynamo::to_item(record).unwrap();
        let put = dynamodb.put_item().table_name(&stage.settings().requests_table);
        put.set_item(Some(record)).send().await.unwrap();
    }
}

async fn sweep(stage: &Stage) -> Result<(), Failure> {
    stage.handle(QueueName::Revoke, &Job::Sweep, FIRST).await
}

fn value(text: &str, name: &str) -> Option<f64> {
    let line = text.lines().find(|line| line.starts_with(name))?;
    line.rsplit(' ').next()?.parse().ok()
}

/// In the emulator every role is in one account, so each of the ten sees the same 500.
#[tokio::test]
async fn five_thousand_live_users_in_ten_accounts_are_swept_within_a_minute() {
    let stage = Stage::new().await;
    for number in 0..9 {
        let mut project = payments();
        project["project"] = format!("project-{number}").into();
        project["account_role_arn"] = stage.member_role(&format!("member-{number}")).await.into();
        project["roles"].as_object_mut().unwrap().remove("PowerUser");
        stage.put_project(project).await;
    }
    users(&stage, 0..500, false).await;
    let latency = Latency::of(CALL_MS);
    let slow = latency.before(&stage.sdk);
    let mut variables = stage.aws.variables();
    variables.insert("SLACK_BOT_TOKEN".into(), "xoxb-test".into());
    variables.insert("SLACK_API_URL".into(), stage.slack.api_url());
    let lookup = |name: &str| variables.get(name).cloned();
    let settings = WorkerSettings::from_lookup(QueueName::Revoke, &lookup).unwrap();
    let mut context = Context::connect(&settings, &slow).await.unwrap();
    // The calls' time is what counts here, and not how fast this machine answers them.
    context.slice.time = Duration::from_hours(1);
    let worker = Worker::new(Role::Revoke, context);
    let before = stage.aws.calls().last().map_or(0, |call| call.number);
    latency.play(worker.handle(&Job::Sweep, FIRST)).await.unwrap();

    let text = worker.metrics().text();
    assert_eq!(value(&text, "keylease_sweep_users_seen_total"), Some(5_000.0), "{text}");
    assert_eq!(value(&text, "keylease_sweep_users_removed_total"), Some(0.0));
    assert_eq!(value(&text, "keylease_sweep_failures_total"), Some(0.0), "{text}");
    assert_eq!(value(&text, "keylease_open_grants"), Some(500.0));
    let calls = stage.aws.calls().last().map_or(0, |call| call.number) - before;
    let (seconds, at_once) = (latency.passed_ms() / 1_000, latency.at_once_max());
    assert!(seconds < 60, "{calls} calls of {CALL_MS} ms took {seconds} s");
    assert!(at_once <= 41, "{at_once} calls were made at once");
}

#[tokio::test]
async fn a_sweep_that_has_no_more_time_is_gone_on_with_by_the_next() {
    let stage = Stage::sliced(Slice { time: Duration::ZERO, ..Slice::default() }).await;
    users(&stage, 0..200, false).await;
    users(&stage, 200..250, true).await;
    let last_success = || {
        let text = stage.metrics(QueueName::Revoke).text();
        value(&text, "keylease_sweep_last_success_timestamp_seconds")
    };
    for _ in 0..2 {
        sweep(&stage).await.unwrap();
        assert_eq!(stage.aws.users().await.len(), 250, "the time was over before the last ones");
        assert_eq!(last_success(), None, "it has not come to its end");
    }
    sweep(&stage).await.unwrap();
    assert_eq!(stage.aws.users().await.len(), 200);
}

/// 250 requests that nobody decided in time are three pages of the index.
#[tokio::test]
async fn requests_that_a_sweep_has_no_time_for_are_the_next_one_s() {
    let stage = Stage::sliced(Slice { time: Duration::ZERO, ..Slice::default() }).await;
    pending(&stage, 250).await;
    for left in [150, 50, 0] {
        sweep(&stage).await.unwrap();
        assert_eq!(undecided(&stage).await, left);
    }
    let text = stage.metrics(QueueName::Revoke).text();
    assert!(value(&text, "keylease_sweep_last_success_timestamp_seconds").is_some(), "{text}");
    assert_eq!(value(&text, "keylease_open_grants"), None, "no sweep saw all of them");
    // The next one begins with the first again.
    pending(&stage, 1).await;
    sweep(&stage).await.unwrap();
    assert_eq!(undecided(&stage).await, 0);
}

/// Requests that nobody decided in time.
async fn pending(stage: &Stage, requests: u32) {
    let dynamodb = aws_sdk_dynamodb::Client::new(&stage.sdk);
    for number in 0..requests {
        let record = json!({
            "request_id": format!("p{number:0>5}-0"), "status": "PENDING", "project": "payments", "role": "ReadOnly",
            "version": 1, "duration_seconds": 3_600, "requester_slack_id": "U0DANA", "open": "yes",
            "created_at": stage.now().plus_seconds(-2 * 86_400),
        });
        let record: HashMap<String, AttributeValue> = serde_dynamo::to_item(record).unwrap();
        let put = dynamodb.put_item().table_name(&stage.settings().requests_table);
        put.set_item(Some(record)).send().await.unwrap();
    }
}

async fn undecided(stage: &Stage) -> usize {
    stage.requests().await.iter().filter(|request| request.status == Status::Pending).count()
}

#[tokio::test]
async fn two_sweeps_do_not_pile_up() {
    let stage = Stage::new().await;
    users(&stage, 0..20, false).await;
    let (one, other) = tokio::join!(sweep(&stage), sweep(&stage));
    assert!(one.is_ok(), "{one:?}");
    assert!(matches!(other, Err(Failure::Later { .. })), "{other:?}");
    sweep(&stage).await.unwrap();
}
