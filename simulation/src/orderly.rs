//! In order: one thing after another, nothing twice, no fault but those that are planned. A history settles this way.

use domain::{Job, UnixSeconds};

use crate::facts::due_at;
use crate::history::History;
use crate::invariants::rest;
use crate::violation::{Holds, Invariant, broken};

/// Things that happen while a history settles, at most.
const STEPS_MAX: u32 = 5_000;
/// What may be due soon is waited for: retries, and the claims of workers that died. In seconds.
const SOON_SECONDS: i64 = 600;
/// Sweeps in one settling, at most.
const SWEEPS_MAX: u32 = 40;
/// Sweeps until everything is at rest, while grants are live.
const SWEEPS_SOON: u32 = 4;
/// Time between two sweeps, in seconds.
const SWEEP_EVERY_SECONDS: i64 = 300;

impl History {
    /// Does whatever is due until nothing is, and lets time pass up to `horizon` for what is due later.
    pub(crate) async fn settle_until(&mut self, horizon: UnixSeconds) -> Holds {
        for _ in 0..STEPS_MAX {
            if let Some(id) = self.runnable().first().copied() {
                self.go_on(id).await?;
            } else if self.schedule_is_due() {
                self.fire().await?;
            } else if let Some(number) = self.first_visible() {
                self.deliver(number).await?;
            } else {
                match self.next_moment().filter(|at| *at <= horizon) {
                    Some(at) => self.pass(at.seconds_since(self.now()).max(1), false).await?,
                    None => return Ok(()),
                }
            }
        }
        broken(Invariant::Progress, "it never settles")
    }

    /// Everything that can be done before any grant is over is done, sweeps included, and what must hold then is
    /// checked.
    pub(crate) async fn settle_soon(&mut self) -> Holds {
        self.settle_until(self.now().plus_seconds(SOON_SECONDS)).await?;
        for _ in 0..SWEEPS_SOON {
            self.send(&Job::Sweep);
            self.settle_until(self.now().plus_seconds(SOON_SECONDS)).await?;
            if rest::at_rest(&self.facts, &self.queues).is_ok() {
                break;
            }
            self.pass(SWEEP_EVERY_SECONDS, false).await?;
        }
        self.facts.refresh_all(&self.stage).await;
        self.check(&[]).await?;
        rest::at_rest(&self.facts, &self.queues)
    }

    /// Time passes until everything is over, with sweeps in between, and what must hold then is checked.
    pub(crate) async fn settle_for_good(&mut self) -> Holds {
        self.note("time passes until everything is over");
        for _ in 0..SWEEPS_MAX {
            self.settle_until(self.now().plus_seconds(SOON_SECONDS)).await?;
            self.send(&Job::Sweep);
            self.settle_until(self.now().plus_seconds(SOON_SECONDS)).await?;
            self.facts.refresh_all(&self.stage).await;
            self.check(&[]).await?;
            if rest::at_the_end(&self.facts, &self.queues, &self.known).is_ok() {
                return Ok(());
            }
            let next = self.next_due().map_or(SWEEP_EVERY_SECONDS, |at| at.seconds_since(self.now()));
            self.pass(next.max(1), false).await?;
        }
        rest::at_the_end(&self.facts, &self.queues, &self.known)
    }

    fn first_visible(&self) -> Option<u32> {
        let now = self.now();
        let visible = self.queues.waiting().filter(|message| message.visible_at <= now);
        visible.min_by_key(|message| (message.visible_at, message.number)).map(|message| message.number)
    }

    /// When something happens by itself next: a message comes back, or a worker that stood still goes on.
    fn next_moment(&self) -> Option<UnixSeconds> {
        let messages = self.queues.waiting().map(|message| message.visible_at);
        let workers = self.workers.values().filter_map(|worker| worker.still_until);
        messages.chain(workers).chain(self.facts.schedules.iter().filter_map(due_at)).min()
    }

    /// The next moment at which something is due for a request.
    fn next_due(&self) -> Option<UnixSeconds> {
        let now = self.now();
        let moments = self.facts.moments(self.stage.pending_ttl_seconds);
        moments.into_iter().filter(|at| *at > now).chain(self.next_moment()).min()
    }
}
