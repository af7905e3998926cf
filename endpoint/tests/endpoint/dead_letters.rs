//! Thousands of dead-lettered jobs: listed without a trace, and sent back with the replay killed in the middle.

use std::collections::BTreeMap;
use std::time::Duration;

use endpoint::{PATIENCE, Program, Stage, eventually};
use serde_json::{Value, json};

const PARKED: usize = 5_000;
/// The replay is killed when so many are back on the queue.
const KILLED_AT: [usize; 2] = [1_000, 3_000];
/// A killed replay leaves so many jobs at most that lie in both places, or hidden.
const BATCH: usize = 10;
/// The emulator takes some milliseconds for each call, and more while other tests run.
const THOUSANDS_TAKE: Duration = Duration::from_mins(5);
/// What a killed replay held is hidden for a minute.
const HIDDEN_FOR: Duration = Duration::from_mins(2);

const REPLAY: [&str; 6] = ["dlq", "replay", "notify", "--rate", "1000", "--json"];

#[tokio::test(flavor = "multi_thread")]
async fn five_thousand_jobs_survive_a_replay_that_is_killed() {
    let stage = Stage::set(&[]).await;
    let (cloud, queue) = (&stage.cloud, &stage.cloud.notify);
    let job = |number| json!({"version": 1, "job": "tell", "request_id": format!("r-{number}")}).to_string();
    let jobs: Vec<String> = (0..PARKED).map(job).collect();
    cloud.park(queue, &jobs).await;

    let mut list = Program::start_with("keylease", &["dlq", "list", "notify", "--json"], &stage.variables);
    assert!(list.ended_within(THOUSANDS_TAKE).await.success(), "{}", list.output());
    let listed: Value = serde_json::from_str(&list.output()).expect("nothing but JSON");
    assert_eq!(listed["queues"][0]["reasons"], json!({"retries_exhausted": PARKED}));
    assert_eq!(cloud.counts(&queue.dlq_url).await, (PARKED, 0), "all are visible again");

    for back in KILLED_AT {
        let mut replay = Program::start_with("keylease", &REPLAY, &stage.variables);
        let what = format!("{back} are back; it said:\n{}", replay.output());
        eventually(&what, THOUSANDS_TAKE, async || {
            let (sent, _) = cloud.counts(&queue.url).await;
            (sent >= back).then_some(())
        })
        .await;
        replay.crash();
        let (sent, _) = cloud.counts(&queue.url).await;
        let (parked, hidden) = cloud.counts(&queue.dlq_url).await;
        assert!(sent < PARKED, "it was killed in the middle, not when {sent} were sent");
        assert!(sent + parked + hidden >= PARKED, "nothing is lost");
        assert!(hidden <= KILLED_AT.len() * BATCH, "{hidden} are hidden");
    }

    let mut replay = Program::start_with("keylease", &REPLAY, &stage.variables);
    assert!(replay.ended_within(THOUSANDS_TAKE).await.success(), "{}", replay.output());
    // What the killed ones held comes back when it is no longer hidden, and then another replay finds it.
    eventually("what was held is visible again", HIDDEN_FOR, async || {
        (cloud.counts(&queue.dlq_url).await.1 == 0).then_some(())
    })
    .await;
    let mut last = Program::start_with("keylease", &REPLAY, &stage.variables);
    assert!(last.ended_within(PATIENCE).await.success(), "{}", last.output());

    assert_eq!(cloud.counts(&queue.dlq_url).await, (0, 0));
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for message in cloud.lying(&queue.url).await {
        *times.entry(message.body).or_default() += 1;
    }
    assert_eq!(times.len(), PARKED, "each job is back");
    assert!(jobs.iter().all(|job| times.contains_key(job)));
    let twice = times.values().sum::<usize>() - PARKED;
    assert!(twice <= KILLED_AT.len() * BATCH, "{twice} jobs were sent twice");
}
