//! Which calls one request costs, when it has the system for itself.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::time::sleep;

use crate::fault::Fault;

use super::journey;
use super::stage::Stage;

/// Polls come whether there is work or not; they are counted apart.
const POLL: &str = "sqs:ReceiveMessage";
/// Longest wait until all that follows from an end is done.
const QUIET_WAIT: Duration = Duration::from_secs(30);
/// Pause between two looks at the queues.
const LOOK_PAUSE: Duration = Duration::from_millis(50);

/// How often each call was made.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Calls {
    pub(super) aws: BTreeMap<String, usize>,
    pub(super) slack: BTreeMap<String, usize>,
}

/// Counts over one request, from the first call to the last that follows from it. Another one goes before it, so that
/// what the workers ask at their start is not counted.
pub(super) async fn of_one(stage: &Stage) -> Result<Calls, Fault> {
    journey::whole(stage, 0, Instant::now()).await.map_err(Fault::Stage)?;
    quiet(stage).await;
    let before = stage.aws.calls().last().map_or(0, |call| call.number);
    let slack_before = stage.slack.calls().len();
    journey::whole(stage, 0, Instant::now()).await.map_err(Fault::Stage)?;
    quiet(stage).await;
    let mut calls = Calls::default();
    for call in stage.aws.calls().iter().filter(|call| call.number > before) {
        *calls.aws.entry(call.action()).or_default() += 1;
    }
    calls.aws.remove(POLL);
    for call in stage.slack.calls().iter().skip(slack_before) {
        *calls.slack.entry(call.method.clone()).or_default() += 1;
    }
    Ok(calls)
}

/// Waits until no queue has anything any more.
async fn quiet(stage: &Stage) {
    let asked = Instant::now();
    while asked.elapsed() < QUIET_WAIT && stage.aws.queues().iter().any(|queue| !queue.messages.is_empty()) {
        sleep(LOOK_PAUSE).await;
    }
}
