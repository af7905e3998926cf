//! For every status and every job, the command line says what the domain decides.

use std::collections::BTreeSet;
use std::path::Path;

use domain::replay::{Lookup, PreviewContext, preview};
use domain::sweep::{WhenEnded, overdue_since};
use domain::{GrantDuration, Job, Request, Status, UnixSeconds};
use serde_json::{Value, json};
use service::clock::Clock;

use crate::grants_list::{NOW, record, with};
use crate::stage::Stage;

/// `PENDING_TTL` where it is not set.
const PENDING_TTL: &str = "24h";
/// A sweep that runs leaves nothing that is overdue for longer, in seconds.
const OVERDUE_SECONDS: i64 = 660;

/// Requests in every status: of which nothing is known to be gone, of which all is, and whose time is over.
fn every_request() -> Vec<Value> {
    let mut requests = Vec::new();
    for status in Status::ALL.map(Status::as_str) {
        let of = |name: &str, fields: Value| {
            let id = format!("{}-{name}-0", status.to_lowercase());
            let granted = json!({ "grant": { "role": { "kind": "user" } }, "decided_at": NOW - 7_000 });
            with(with(record(&id, status, "U0DANA", NOW - 7_200), granted), fields)
        };
        requests.push(of("live", json!({ "expires_at": NOW + 1_800 })));
        requests.push(of("late", json!({ "expires_at": NOW - 3_600, "ended_at": NOW - 3_600 })));
        let gone = json!({ "expires_at": NOW - 3_600, "ended_at": NOW - 3_600, "gone_at": NOW - 3_590 });
        requests.push(of("gone", gone));
    }
    requests
}

async fn stage(requests: &[Value]) -> (Stage, Vec<Request>) {
    let mut stage = Stage::new().await;
    stage.clock = Clock::reading(|| UnixSeconds(NOW));
    for request in requests {
        stage.put_request(request).await;
    }
    let read = |request: &Value| serde_json::from_value(request.clone()).unwrap();
    (stage, requests.iter().map(read).collect())
}

fn ids<'a>(requests: impl IntoIterator<Item = &'a Request>) -> BTreeSet<String> {
    requests.into_iter().map(|request| request.request_id.to_string()).collect()
}

fn ids_in(list: &Value) -> BTreeSet<String> {
    list.as_array().unwrap().iter().map(|row| row["request_id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn each_status_is_listed_by_its_name_and_explained() {
    let (stage, requests) = stage(&every_request()).await;
    let help = stage.keylease(&["grants", "list", "--help"]).await.out;
    for status in Status::ALL {
        let typed = status.as_str().to_lowercase();
        let ran = stage.keylease(&["grants", "list", "--json", "--status", &typed]).await;
        let wanted = ids(requests.iter().filter(|request| request.status == status));
        assert_eq!(ids_in(&ran.json()["requests"]), wanted, "{status}");
        let words = help.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(&format!("{typed}: {}", status.meaning())), "{status}: {help}");
    }
}

#[tokio::test]
async fn revoke_does_with_each_what_ending_it_comes_to() {
    let (stage, requests) = stage(&every_request()).await;
    let named: Vec<&str> = requests.iter().map(|request| request.request_id.as_str()).collect();
    let line = [&["grants", "revoke", "--yes", "--no-wait", "--json"], &named[..]].concat();
    let ran = stage.keylease(&line).await;
    let of =
        |kinds: &[WhenEnded]| ids(requests.iter().filter(|request| kinds.contains(&request.when_ended())));
    let json = ran.json();
    let ended = [WhenEnded::Closes, WhenEnded::Ends];
    assert_eq!(ids_in(&json["over_before"]), of(&[WhenEnded::IsOver]));
    assert_eq!(ids_in(&json["not_gone"]), of(&[ended[0], ended[1], WhenEnded::IsEnding]));
    let queue = stage.aws.queue("keylease-revoke").unwrap();
    let sent = queue.messages.iter().map(|message| match Job::decode(&message.body).unwrap() {
        Job::EndByOperator { request_id, .. } => request_id.to_string(),
        other => panic!("{other:?}"),
    });
    assert_eq!(sent.collect::<BTreeSet<_>>(), of(&ended));
}

#[tokio::test]
async fn doctor_counts_as_overdue_what_the_sweep_would_have_taken_up() {
    let (stage, requests) = stage(&every_request()).await;
    let pending_ttl = GrantDuration::parse(PENDING_TTL).unwrap();
    let overdue = requests.iter().filter(|request| {
        let since = overdue_since(request, pending_ttl, UnixSeconds(NOW));
        since.is_some_and(|(_, since)| NOW - since.0 > OVERDUE_SECONDS)
    });
    let overdue = overdue.count();
    assert!(overdue > 3, "{overdue}");
    let ran = stage.keylease(&["doctor"]).await;
    assert!(ran.out.contains(&format!("overdue: {overdue} (")), "{overdue}: {}", ran.shown());
}

/// Every kind of job in every form that was ever sent, about a request in every status.
#[tokio::test]
async fn a_dead_letter_of_every_job_says_what_a_replay_would_do() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/domain/tests/messages/v1");
    let (stage, requests) = stage(&every_request()).await;
    let mut bodies = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let body: Value = serde_json::from_slice(&std::fs::read(file.unwrap().path()).unwrap()).unwrap();
        if body.get("request_id").is_none() {
            bodies.push(body.to_string());
            continue;
        }
        for request in &requests {
            bodies.push(with(body.clone(), json!({ "request_id": request.request_id })).to_string());
        }
    }
    assert!(bodies.len() > 400, "{}", bodies.len());
    stage.park_all("revoke", bodies.iter().map(String::as_str)).await;
    let ran = stage.keylease(&["dlq", "list", "revoke", "--json"]).await;
    let json = ran.json();
    let messages = json["queues"][0]["messages"].as_array().unwrap();
    assert_eq!(messages.len(), bodies.len(), "{}", ran.err);
    for message in messages {
        let body = message["body"].as_str().unwrap();
        assert!(bodies.iter().any(|sent| sent == body), "{body}");
        let job = Job::decode(body).unwrap();
        assert_eq!(message["job"], job.name());
        let about = |request: &&Request| Some(&request.request_id) == job.request_id();
        let known = requests.iter().find(about).map_or(Lookup::Missing, Lookup::Record);
        // A click that names no time counts from when it was sent.
        let sent_at = UnixSeconds(message["sent_at"].as_i64().unwrap());
        let timed = job.body_with_time(body, sent_at).map(|body| Job::decode(&body).unwrap());
        let says = preview(timed.as_ref().unwrap_or(&job), known, at());
        assert_eq!(message["replay"], serde_json::to_value(says).unwrap(), "{body}");
    }
}

fn at() -> PreviewContext {
    PreviewContext { now: UnixSeconds(NOW), pending_ttl: GrantDuration::parse(PENDING_TTL).unwrap() }
}
