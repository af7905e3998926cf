//! The programs are killed at random for a minute while twenty people get and lose access: nothing is left, doubled
//! or lost.

mod ledger;
mod people;

use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_sdk_iam::Client as Iam;
use endpoint::catalogue::POWER_ROLE;
use endpoint::fleet::Fleet;
use endpoint::{Stage, eventually, payload, settings};
use serde_json::Value;
use tokio::task::{JoinSet, LocalSet};

use ledger::Ledger;
use people::{Asked, PEOPLE, plans};

/// How long programs are killed.
const KILLS: Duration = Duration::from_mins(1);
/// How often each program is killed at the very least, or the minute proved nothing about it.
const KILLS_OF_EACH_MIN: u32 = 5;
/// How many grants must have been live, or the minute proved nothing about them.
const LIVE_MIN: usize = 10;
/// After the last kill, all is over and tidy within this: a claim lasts 45 s, and a hidden job comes back within less.
const SETTLES_WITHIN: Duration = Duration::from_mins(2);
/// Between two looks at what is left over.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// A kill costs a receive; no job may run out of them.
const RECEIVES_MAX: u32 = 1_000;
/// The deployment sweeps every 5 minutes.
const SWEEP_EVERY: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread")]
async fn programs_killed_at_random_leave_double_and_lose_nothing() {
    // On one thread, so that everybody may borrow what everybody looks at.
    LocalSet::new().run_until(a_minute_of_kills()).await;
}

async fn a_minute_of_kills() {
    let seed = settings::kill_seed().unwrap_or_else(|| payload::now() as u64);
    let stage = Arc::new(Stage::set(&[]).await);
    stage.cloud.allow_receives(RECEIVES_MAX).await;
    people::arrive(&stage);
    let mut fleet = Fleet::start(&stage.variables, seed);
    stage.ingress_serves().await;

    let mut tasks = JoinSet::new();
    for plan in plans(seed) {
        let stage = Arc::clone(&stage);
        tasks.spawn_local(async move { plan.carry_out(&stage).await });
    }
    let sweeping = tokio::spawn(sweep(Arc::clone(&stage)));
    let mut ledger = Ledger::default();
    let kills = ledger.kept_while(&stage, fleet.kill_at_random(KILLS)).await;
    for (name, times) in kills {
        assert!(times >= KILLS_OF_EACH_MIN, "{name} was killed {times} times only");
    }
    let asked = ledger.kept_while(&stage, tasks.join_all()).await;
    ledger.kept_while(&stage, settled(&stage)).await;
    sweeping.abort();
    quiet(&stage).await;

    let requests = stage.cloud.requests().await;
    right(&requests, &asked);
    eprintln!(
        "STAT {:?} live {} mails {} asks {}",
        requests.iter().map(|r| r["status"].as_str().unwrap()[..3].to_owned()).collect::<Vec<_>>().join(" "),
        ledger.were_live(),
        ledger.delivered.len(),
        asked.iter().map(|a| a.asks).sum::<usize>()
    );
    let live = ledger.were_live();
    assert!(live >= LIVE_MIN, "only {live} grants were ever live");
    ledger.nothing_works(&stage).await;
    fleet.close().await;
}

async fn sweep(stage: Arc<Stage>) {
    let mut every = tokio::time::interval(SWEEP_EVERY);
    loop {
        every.tick().await;
        stage.cloud.sweep().await;
    }
}

/// Waits until every grant is over and nothing of it is left in IAM or Scheduler.
async fn settled(stage: &Stage) {
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
async fn quiet(stage: &Stage) {
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
fn right(requests: &[Value], asked: &[Asked]) {
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
