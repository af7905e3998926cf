//! When Slack shows something else than what a request has become, and nothing is on its way to correct that.
//!
//! The job that brings Slack up to date follows from each change. Where it was lost, or was tried to its end while Slack was
//! down, the sweep sends it again: soon at first, then less and less often, and no longer once it would only surprise.

use crate::request::{Request, Resent, ToldExtension};
use crate::status::Status;
use crate::sweep::{ON_ITS_WAY_SECONDS, last_change};
use crate::time::UnixSeconds;

/// What was approved is usually live within so many seconds. People are told of both at once then.
const TOLD_TOGETHER_SECONDS: u32 = 2;
/// The job is sent again after so long, in seconds; then each time after twice as long.
const AGAIN_AFTER_SECONDS: i64 = 600;
/// The wait is doubled so often, at most.
const DOUBLINGS_MAX: u32 = 6;
/// So long after its last change, in seconds, nobody is told any more.
const GIVEN_UP_AFTER_SECONDS: i64 = 24 * 3_600;

/// What is due for what Slack shows of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resync {
    /// Nothing: it is up to date, or its job may be on its way.
    NotDue,
    /// The job has to be sent again.
    Due,
    /// It is over, and too old to be told: what Slack shows stays as it is.
    GiveUp,
}

/// What is due for what Slack shows of `request` at `now`.
#[must_use]
pub fn resync(request: &Request, now: UnixSeconds) -> Resync {
    if request.is_up_to_date() {
        return Resync::NotDue;
    }
    let changed_at = last_change(request);
    if now.seconds_since(changed_at) > GIVEN_UP_AFTER_SECONDS {
        return if request.is_settled() { Resync::GiveUp } else { Resync::NotDue };
    }
    let claimed_until = request.work.telling.as_ref().map_or(changed_at, |claim| claim.until);
    let due_at = match request.work.resent.filter(|resent| resent.at >= changed_at) {
        Some(resent) => {
            let doublings = resent.times.saturating_sub(1).min(DOUBLINGS_MAX);
            resent.at.plus_seconds(AGAIN_AFTER_SECONDS << doublings)
        }
        None => changed_at.max(claimed_until).plus_seconds(ON_ITS_WAY_SECONDS),
    };
    if now >= due_at { Resync::Due } else { Resync::NotDue }
}

impl Request {
    /// Whether a sweep may still have something to do for it: it is not settled, or Slack does not show what it is.
    #[must_use]
    pub fn needs_sweep(&self) -> bool {
        !self.is_settled() || !self.is_up_to_date() || self.is_to_be_reminded_of()
    }

    /// After how many seconds people are told of its last change: at once, unless the next one usually follows by then.
    #[must_use]
    pub fn told_after_seconds(&self) -> u32 {
        let is_in_hand = self.status == Status::Approved || self.extensions.to_carry_out().is_some();
        if is_in_hand { TOLD_TOGETHER_SECONDS } else { 0 }
    }

    /// Notes that the job that brings Slack up to date was sent again.
    pub fn note_resent(&mut self, now: UnixSeconds) {
        let changed_at = last_change(self);
        let times =
            self.work.resent.filter(|resent| resent.at >= changed_at).map_or(0, |resent| resent.times);
        self.work.resent = Some(Resent { at: now, times: times.saturating_add(1) });
    }

    /// Leaves what Slack shows as it is.
    pub fn give_up_on_slack(&mut self) {
        self.slack.is_announced |= self.is_to_be_announced();
        if let Some(step) = &mut self.slack.step {
            step.is_answered = true;
        }
        let shown = self.shown();
        for posted in &mut self.slack.messages {
            posted.shows = Some(shown);
        }
        if !self.slack.notified_statuses.contains(&self.status) {
            self.slack.notified_statuses.push(self.status);
        }
        for extension in &self.extensions.list {
            let (number, shown) = (extension.number, self.extensions.shown(extension));
            for message in self.slack.extension_messages.iter_mut().filter(|message| message.number == number)
            {
                message.shows = Some(shown);
            }
            if self.slack.is_untold(number, shown) {
                self.slack.told_extensions.push(ToldExtension { number, outcome: shown.outcome });
            }
        }
        for warning in &mut self.slack.warnings {
            warning.is_closed = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Claim;

    const START: UnixSeconds = UnixSeconds(1_000_000);

    fn denied() -> Request {
        serde_json::from_value(serde_json::json!({
            "request_id": "r-0", "status": Status::Denied, "project": "payments", "role": "ReadOnly",
            "duration_seconds": 3_600, "requester_slack_id": "U0DANA", "created_at": START,
        }))
        .unwrap()
    }

    fn at(request: &Request, seconds: i64) -> Resync {
        resync(request, START.plus_seconds(seconds))
    }

    #[test]
    fn the_job_is_sent_again_soon_and_then_less_and_less_often() {
        let mut request = denied();
        assert!(request.needs_sweep() && request.is_settled());
        assert_eq!((at(&request, 119), at(&request, 120)), (Resync::NotDue, Resync::Due));
        let mut sent = Vec::new();
        for seconds in (0..100_000).step_by(300) {
            match at(&request, seconds) {
                Resync::NotDue => {}
                Resync::Due => {
                    sent.push(seconds);
                    request.note_resent(START.plus_seconds(seconds));
                }
                Resync::GiveUp => {
                    assert!(seconds > GIVEN_UP_AFTER_SECONDS);
                    request.give_up_on_slack();
                    assert!(!request.needs_sweep(), "it leaves the sweep");
                }
            }
        }
        assert_eq!(sent, [300, 900, 2_100, 4_500, 9_300, 18_900, 38_100, 76_500]);
    }

    #[test]
    fn a_worker_that_is_at_it_is_left_alone() {
        let claim = Claim { by: "w".into(), until: START.plus_seconds(500) };
        let mut request = denied();
        request.work.telling = Some(claim);
        assert_eq!((at(&request, 619), at(&request, 620)), (Resync::NotDue, Resync::Due));
    }

    #[test]
    fn what_is_up_to_date_is_never_due() {
        let mut request = denied();
        request.slack.notified_statuses = vec![Status::Denied];
        for seconds in [0, 120, 3_600, 1_000_000] {
            assert_eq!(at(&request, seconds), Resync::NotDue);
        }
        assert!(!request.needs_sweep());
    }

    #[test]
    fn what_is_open_is_never_given_up() {
        let request = Request { status: Status::Active, ..denied() };
        assert_eq!(at(&request, 1_000_000), Resync::NotDue);
    }
}
