//! Which messages workers of the next release get during a deploy, and what an operator replays for them.

use domain::Job;
use testkit::aws::Release;

use crate::history::History;
use crate::plot::Rolling;

impl History {
    /// Whether a worker of the next release gets the message that is delivered now.
    pub(crate) fn is_for_next_release(&mut self) -> bool {
        self.rolling.as_mut().is_some_and(Rolling::next_gets_it)
    }

    /// From now on the workers of the next release get everything, or not everything any more.
    pub(crate) fn deliver_all_to_next_release(&mut self, all_next: bool) {
        if let Some(rolling) = self.rolling.as_mut() {
            rolling.all_next = all_next;
        }
    }

    /// An operator replays with the next release's program what ours did not know.
    pub(crate) fn replay_for_next_release(&mut self) {
        if self.rolling.is_none() {
            return;
        }
        let now = self.now();
        let is_known = |body: &str| Job::decode(&Release::Next.received(body)).is_ok();
        let replayed = self.queues.replay(now, is_known);
        if replayed > 0 {
            self.note(&format!("an operator replays {replayed} job(s) of the next release"));
        }
    }
}
