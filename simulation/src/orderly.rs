//! In order: one thing after another, nothing twice, no fault but those that are planned. A history settles this way.

use domain::UnixSeconds;

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
        self.deliver_all_to_next_release(true);
        self.settle_until(self.now().plus_seconds(SOON_SECONDS)).await?;
        for _ in 0..SWEEPS_SOON {
            self.replay_for_next_release();
            self.send_sweeps();
            self.settle_until(self.now().plus_seconds(SOON_SECONDS)).await?;
            if self.at_rest().is_ok() {
                break;
            }
            self.pass(SWEEP_EVERY_SECONDS, false).await?;
        }
        self.check_all().await?;
        self.deliver_all_to_next_release(false);
        self.at_rest()
    }

    fn at_rest(&self) -> Holds {
        self.every_facts().try_for_each(|facts| rest::at_rest(facts, &self.queues, &self.known))
    }

    fn at_the_end(&self) -> Holds {
        self.every_facts().try_for_each(|facts| rest::at_the_end(facts, &self.queues, &self.known))
    }

    /// Time passes until everything is over, with sweeps in between, and what must hold then is checked.
    pub(crate) async fn settle_for_good(&mut self) -> Holds {
        self.note("time passes until everything is over");
        self.settled_after = self.calls.len();
        self.deliver_all_to_next_release(true);
        for _ in 0..SWEEPS_MAX {
            self.replay_for_next_release();
            self.settle_until(self.now().plus_seconds(SOON_SECONDS)).await?;
            self.send_sweeps();
            self.settle_until(self.now().plus_seconds(SOON_SECONDS)).await?;
            self.check_all().await?;
            if self.at_the_end().is_ok() {
                return Ok(());
            }
            let next = self.next_due().map_or(SWEEP_EVERY_SECONDS, |at| at.seconds_since(self.now()));
            self.pass(next.max(1), false).await?;
        }
        self.at_the_end()
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
        messages.chain(workers).chain(self.schedules_due()).min()
    }

    /// The next moment at which something is due for a request.
    fn next_due(&self) -> Option<UnixSeconds> {
        let now = self.now();
        let ttl = self.stage.pending_ttl_seconds;
        let moments = self.every_facts().flat_map(|facts| facts.moments(ttl));
        moments.filter(|at| *at > now).chain(self.next_moment()).min()
    }
}
