//! Slack takes about one message a second in each channel, and says how long to wait where it has enough. Whoever has to wait
//! stands in a line, so that a burst arrives whole and in the order in which it came, and Slack is asked once for each message.
//!
//! This is one process's knowledge. Where several write to one channel, Slack tells each of them.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::{RequestId, UnixSeconds};

use crate::failure::Failure;

/// So far apart are those who stand in a line, in seconds: what Slack takes in a channel, and of a method.
const APART_SECONDS: i64 = 1;
/// Whoever does not come for so long after their turn has lost it, in seconds: another process did their job, or a queue is slow.
const MISSED_SECONDS: i64 = 5;
/// Lines, at most; where there are more, those who come find out from Slack.
const LINES_MAX: usize = 200;
/// Requests in one line, at most.
const WAITING_MAX: usize = 2_000;

/// Who waits for what.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pace(Arc<Mutex<BTreeMap<String, Line>>>);

/// Those who wait for one channel, or one method.
#[derive(Debug, Clone)]
struct Line {
    /// Before this Slack takes nothing.
    free_at: UnixSeconds,
    /// In order, each with when it was told to come again.
    waiting: VecDeque<(RequestId, UnixSeconds)>,
}

impl Pace {
    /// Whether this request may go on with what `line` is for: a channel, or a method. Otherwise it stands in that line now,
    /// behind those who came before it.
    pub(crate) fn wait_for_turn(
        &self,
        line: &str,
        request: &RequestId,
        now: UnixSeconds,
    ) -> Result<(), Failure> {
        let mut lines = self.lock();
        let Some(found) = lines.get_mut(line) else { return Ok(()) };
        found.forget_missed(now);
        if found.waiting.is_empty() && now >= found.free_at {
            lines.remove(line);
            return Ok(());
        }
        let place = found.place(request, now);
        if place == 0 && now >= found.free_at {
            return Ok(());
        }
        let behind = i64::try_from(place).unwrap_or(i64::MAX).saturating_mul(APART_SECONDS);
        let wait = found.free_at.seconds_since(now).max(0).saturating_add(behind).max(1);
        if let Some((_, due)) = found.waiting.get_mut(place) {
            *due = now.plus_seconds(wait);
        }
        Err(Failure::Retry {
            after_seconds: u32::try_from(wait).unwrap_or(u32::MAX),
            error: format!("others write to {line} first, as Slack takes only so much at a time"),
        })
    }

    /// Slack asked this request to wait for so long: so does whoever comes after it.
    pub(crate) fn has_to_wait(&self, line: &str, request: &RequestId, seconds: u32, now: UnixSeconds) {
        let mut lines = self.lock();
        if !lines.contains_key(line) && lines.len() >= LINES_MAX {
            lines.retain(|_, one| !one.waiting.is_empty() || one.free_at > now);
            if lines.len() >= LINES_MAX {
                return;
            }
        }
        let line =
            lines.entry(line.to_owned()).or_insert_with(|| Line { free_at: now, waiting: VecDeque::new() });
        line.free_at = line.free_at.max(now.plus_seconds(seconds.into()));
        let (place, free_at) = (line.place(request, now), line.free_at);
        if let Some((_, due)) = line.waiting.get_mut(place) {
            *due = free_at;
        }
    }

    /// Slack took it, or never will.
    pub(crate) fn is_through(&self, line: &str, request: &RequestId, now: UnixSeconds) {
        if let Some(line) = self.lock().get_mut(line) {
            line.waiting.retain(|(waiting, _)| waiting != request);
            line.free_at = line.free_at.max(now.plus_seconds(APART_SECONDS));
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Line>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Line {
    /// How many come before this request, which has a place from now on.
    fn place(&mut self, request: &RequestId, now: UnixSeconds) -> usize {
        let known = self.waiting.iter().position(|(waiting, _)| waiting == request);
        known.unwrap_or_else(|| {
            if self.waiting.len() < WAITING_MAX {
                self.waiting.push_back((request.clone(), now));
                self.waiting.len() - 1
            } else {
                WAITING_MAX
            }
        })
    }

    fn forget_missed(&mut self, now: UnixSeconds) {
        while self.waiting.front().is_some_and(|(_, due)| now.seconds_since(*due) > MISSED_SECONDS) {
            self.waiting.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHANNEL: &str = "C0APPROVALS";

    fn id(number: u32) -> RequestId {
        RequestId::parse(&format!("r-{number}")).unwrap()
    }

    fn wait(pace: &Pace, number: u32, now: i64) -> u32 {
        match pace.wait_for_turn(CHANNEL, &id(number), UnixSeconds(now)) {
            Ok(()) => 0,
            Err(Failure::Retry { after_seconds, .. }) => after_seconds,
            Err(other) => panic!("{other:?}"),
        }
    }

    fn through(pace: &Pace, number: u32, now: i64) {
        pace.is_through(CHANNEL, &id(number), UnixSeconds(now));
    }

    #[test]
    fn nobody_waits_until_slack_says_so_and_then_they_come_in_order() {
        let pace = Pace::default();
        assert_eq!([wait(&pace, 1, 100), wait(&pace, 2, 100)], [0, 0]);
        pace.has_to_wait(CHANNEL, &id(2), 3, UnixSeconds(100));
        assert_eq!([wait(&pace, 3, 100), wait(&pace, 4, 101), wait(&pace, 2, 101)], [4, 4, 2]);
        assert_eq!(
            pace.wait_for_turn("C0OTHER", &id(5), UnixSeconds(100)),
            Ok(()),
            "another channel is free"
        );
        assert_eq!([wait(&pace, 4, 103), wait(&pace, 3, 103), wait(&pace, 2, 103)], [2, 1, 0]);
        through(&pace, 2, 103);
        assert_eq!([wait(&pace, 3, 103), wait(&pace, 3, 104)], [1, 0], "one a second");
        // Slack has enough again: everybody keeps their place.
        pace.has_to_wait(CHANNEL, &id(3), 5, UnixSeconds(104));
        assert_eq!([wait(&pace, 3, 104), wait(&pace, 4, 104), wait(&pace, 6, 104)], [5, 6, 7]);
        for (number, now) in [(3, 109), (4, 110), (6, 111)] {
            assert_eq!(wait(&pace, number, now), 0);
            through(&pace, number, now);
        }
        assert_eq!([wait(&pace, 7, 111), wait(&pace, 7, 112)], [1, 0]);
        through(&pace, 7, 112);
        assert_eq!([wait(&pace, 8, 113), wait(&pace, 9, 113)], [0, 0], "the line is gone");
    }

    #[test]
    fn who_does_not_come_holds_up_nobody_for_long_and_everything_has_a_bound() {
        let pace = Pace::default();
        pace.has_to_wait(CHANNEL, &id(1), 2, UnixSeconds(100));
        assert_eq!(wait(&pace, 2, 100), 3);
        assert_eq!([wait(&pace, 2, 103), wait(&pace, 2, 107), wait(&pace, 2, 108)], [1, 1, 0]);
        for number in 0..3_000 {
            pace.has_to_wait(CHANNEL, &id(number), 1, UnixSeconds(300));
            pace.has_to_wait(&format!("C{number}"), &id(number), 1, UnixSeconds(300));
        }
        let lines = pace.lock();
        assert_eq!((lines.len(), lines[CHANNEL].waiting.len()), (LINES_MAX, WAITING_MAX));
    }
}
