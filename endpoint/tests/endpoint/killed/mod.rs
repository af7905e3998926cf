//! The programs are killed at random for a minute while twenty people get and lose access: nothing is left, doubled
//! or lost.

mod ledger;
mod outcome;
mod people;

use std::sync::Arc;
use std::time::Duration;

use endpoint::fleet::Fleet;
use endpoint::{Stage, payload, settings};
use tokio::task::{JoinSet, LocalSet};

use ledger::Ledger;
use outcome::{quiet, right, settled};
use people::plans;

/// How long programs are killed.
const KILLS: Duration = Duration::from_mins(1);
/// How often each program is killed at the very least, or the minute proved nothing about it.
const KILLS_OF_EACH_MIN: u32 = 5;
/// How many grants must have been live, or the minute proved nothing about them.
const LIVE_MIN: usize = 8;
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
