//! Waits until each grant is over by its record and everything of it was read back as gone.

use std::time::{Duration, Instant};

use aws::dynamodb::Store;
use domain::GrantDuration;

use super::outcome::Outcome;
use crate::env::Env;
use crate::failure::Failure;
use crate::progress::Progress;

/// Wait between two looks at the records.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// Waits, and notes which are gone; gives up when no grant was gone for as long as `patience`. Neither that nor being
/// told to stop loses anything: the jobs are on the queue.
pub(super) async fn until_gone(
    outcome: &mut Outcome,
    patience: GrantDuration,
    env: &Env,
) -> Result<(), Failure> {
    let store = env.store().await?;
    let all = u64::try_from(outcome.not_gone.len()).unwrap_or(u64::MAX);
    let progress = Progress::of(&env.terminal, all, "gone");
    let patience = Duration::from_secs(patience.seconds().into());
    let mut last_gone = Instant::now();
    while !outcome.not_gone.is_empty() && last_gone.elapsed() < patience {
        if look(&store, outcome, &progress, env).await {
            last_gone = Instant::now();
        }
        if env.should_stop() {
            outcome.stopped = true;
            return Ok(());
        }
        if !outcome.not_gone.is_empty() {
            tokio::select! {
                () = tokio::time::sleep(LOOK_AGAIN) => {}
                () = env.stopped() => {}
            }
        }
    }
    Ok(())
}

/// Looks at each once, and says whether any of them is gone now.
async fn look(store: &Store, outcome: &mut Outcome, progress: &Progress, env: &Env) -> bool {
    let mut any = false;
    for earlier in std::mem::take(&mut outcome.not_gone) {
        // A look that fails is made again: the table may be back by then.
        let now =
            if env.should_stop() { None } else { store.request(&earlier.request_id).await.ok().flatten() };
        let now = now.unwrap_or(earlier);
        if now.is_gone() {
            any = true;
            progress.step();
            // A request that was closed before anything was made has nothing that could be gone.
            let list = if now.status.was_granted() { &mut outcome.gone } else { &mut outcome.closed };
            list.push(now.into());
        } else {
            outcome.not_gone.push(now);
        }
    }
    any
}
