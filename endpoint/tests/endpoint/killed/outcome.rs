//! How everything must stand when the kills are over.

use std::time::{Duration, Instant};

use aws_sdk_iam::Client as Iam;
use endpoint::catalogue::POWER_ROLE;
use endpoint::{Stage, eventually};
use serde_json::Value;

use super::people::{Asked, PEOPLE};

/// After the last kill, all is over and tidy within this: a claim lasts 45 s, and a hidden job comes back within less.
const SETTLES_WITHIN: Duration = Duration::from_mins(2);
/// Between two looks at what is left over.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// Waits until every grant is over and nothing of it is left in IAM or Scheduler.
pub(super) async fn settled(stage: &Stage) {
    let start = Instant::now();
    while let Some(left) = left_over(stage).await {
        let waited = start.elapsed();
        assert!(waited < SETTLES_WITHIN, "left over {} s after the last kill: {left}", waited.as_secs());
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

async fn left_over(stage: &Stage) -> Option<String> {
    let requests = stage.cloud.requests().await;
    let open: Vec<_> = requests.iter().filter(|request| !is_over(request)).map(summary).collect();
    let users: Vec<_> = stage.cloud.users().await.into_iter().map(|user| user.user_name).collect();
    let schedules = stage.cloud.schedules().await;
    let iam = Iam::new(&stage.cloud.config);
    let denials = iam.list_role_policies().role_name(POWER_ROLE).send().await.expect("policies").policy_names;
    let none = open.is_empty() && users.is_empty() && schedules.is_empty() && denials.is_empty();
    (!none)
        .then(|| format!("open: {open:#?}, users: {users:?}, schedules: {schedules:?}, denials: {denials:?}"))
}

/// Waits until no job is left, and looks whether any was given up.
pub(super) async fn quiet(stage: &Stage) {
    for queue in stage.cloud.queues() {
        eventually("the queue is empty", SETTLES_WITHIN, async || {
            stage.cloud.lying(&queue.url).await.is_empty().then_some(())
        })
        .await;
        let dead = stage.cloud.lying(&queue.dlq_url).await;
        assert!(dead.is_empty(), "jobs were given up: {dead:#?}");
    }
}

/// Nothing lost, nothing doubled, and each request decided once and told.
pub(super) fn right(requests: &[Value], asked: &[Asked]) {
    assert_eq!(asked.len(), PEOPLE);
    for Asked { person, asks } in asked {
        let theirs =
            requests.iter().filter(|request| request["requester_slack_id"] == person.as_str()).count();
        assert!(
            (1..=*asks).contains(&theirs),
            "{person} asked {asks} times, and there are {theirs} requests"
        );
    }
    for request in requests {
        let shown = summary(request);
        let history = request["history"].as_array().expect("a history");
        let decided =
            history.iter().filter(|change| change["from"] == "PENDING" && change["to"] != "PENDING").count();
        assert_eq!(decided, 1, "decided once: {request:#}");
        let told = request["told"].as_array().expect("what the requester was told");
        assert!(told.contains(&request["status"]), "the requester was told: {shown}");
        assert!(
            request["outbox"].as_array().is_none_or(Vec::is_empty),
            "no job waits to be sent: {request:#}"
        );
        match request["status"].as_str() {
            Some("EXPIRED" | "REVOKED") => {}
            // Whoever was making it was killed, and the claim of the dead lasted longer than the grant.
            Some("FAILED") => {
                let why = request["failure"].as_str().unwrap_or_default();
                assert!(why.contains("time ran out"), "{shown}: {why}");
            }
            _ => panic!("not over: {request:#}"),
        }
    }
}

fn is_over(request: &Value) -> bool {
    request["gone_at"].is_number()
        && matches!(request["status"].as_str(), Some("EXPIRED" | "REVOKED" | "FAILED"))
}

fn summary(request: &Value) -> String {
    let fields = [
        "request_id",
        "status",
        "decided_at",
        "expires_at",
        "ended_at",
        "gone_at",
        "making",
        "telling",
        "told",
        "outbox",
    ];
    fields.map(|name| format!("{name}: {}", request[name])).join(", ")
}
