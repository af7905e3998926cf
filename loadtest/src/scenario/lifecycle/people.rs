//! People who ask, each for one thing after the other: as fast as they are served, or so many a second in all.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::sleep_until;

use super::journey::{self, Legs};
use super::stage::Stage;
use crate::cli::Lifecycle;
use crate::progress::Progress;

/// A person asks no more after so many requests that did not go their whole way: more would say nothing new.
const PROBLEMS_MAX: usize = 10;

/// What became of one person's requests.
type Outcome = (Vec<Legs>, Vec<String>);

/// Everybody's turns, shared.
#[derive(Debug)]
struct Turns {
    wanted: Lifecycle,
    start: Instant,
    taken: AtomicU32,
}

impl Turns {
    /// When the next request is to be made; none where there are enough.
    fn next(&self) -> Option<Instant> {
        let number = self.taken.fetch_add(1, Ordering::Relaxed);
        let due = match self.wanted.rate {
            Some(rate) => self.start + Duration::from_secs(number.into()) / rate,
            None => Instant::now(),
        };
        let goes_on = match self.wanted.soak {
            Some(length) => due.saturating_duration_since(self.start) < length,
            None => number < self.wanted.requests,
        };
        goes_on.then_some(due)
    }
}

/// Lets everybody ask until there are requests enough.
pub(super) fn ask(stage: &Arc<Stage>, wanted: &Lifecycle, progress: &Arc<Progress>) -> JoinSet<Outcome> {
    let turns = Turns { wanted: wanted.clone(), start: Instant::now(), taken: AtomicU32::new(0) };
    let turns = Arc::new(turns);
    let mut people = JoinSet::new();
    for person in 0..wanted.people {
        let (stage, turns, progress) = (Arc::clone(stage), Arc::clone(&turns), Arc::clone(progress));
        people.spawn(async move {
            let (mut legs, mut problems) = (Vec::new(), Vec::new());
            while problems.len() < PROBLEMS_MAX
                && let Some(due) = turns.next()
            {
                sleep_until(due.into()).await;
                match journey::whole(&stage, person, due).await {
                    Ok(done) => legs.push(done),
                    Err(problem) => problems.push(problem),
                }
                progress.step();
            }
            (legs, problems)
        });
    }
    people
}
