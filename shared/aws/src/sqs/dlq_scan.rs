//! One scan of a dead-letter queue: every message is seen, and what was not deleted is shown again.
//!
//! SQS hands messages out in no order, ten at a time, and again when they were not deleted within their visibility.
//! A reading knows which it has seen, so that it ends.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::Instant;

use super::RECEIVE_MAX;
use super::dead_letters::{Counts, DeadLetter, DeadLetters};
use crate::error::CallError;

/// Receives in a row that bring nothing, after which the queue counts as read, if its count says 0 too.
const EMPTY_MAX: u32 = 2;
/// Receives in a row that bring nothing new, after which the queue counts as read, whatever its count says.
const STALE_MAX: usize = 10;

/// A reading of one dead-letter queue. [`DlqScan::release`] ends it, and has to be called however it went.
#[derive(Debug)]
pub struct DlqScan {
    dlq: DeadLetters,
    visibility: Duration,
    messages_max: usize,
    at_start: Counts,
    at_end: Option<Counts>,
    seen: BTreeSet<String>,
    held: BTreeMap<String, Held>,
    stale: usize,
    empty: u32,
}

/// What one receive brought.
#[derive(Debug, Default)]
pub struct Received {
    /// Messages that this reading had not seen.
    pub new: Vec<DeadLetter>,
    /// Messages that it had, and that came back.
    pub again: Vec<DeadLetter>,
}

/// What became of the messages that a reading held at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Released {
    /// So many could not be shown again; they come back when their visibility is over.
    pub stuck: usize,
    /// Why, for the first of them.
    pub error: Option<CallError>,
}

#[derive(Debug)]
struct Held {
    receipt_handle: String,
    until: Instant,
}

impl DlqScan {
    /// Begins. Each message is hidden for `visibility` while it is read; at most `messages_max` are.
    pub async fn begin(
        dlq: DeadLetters,
        visibility: Duration,
        messages_max: usize,
    ) -> Result<Self, CallError> {
        let at_start = dlq.counts().await?;
        Ok(Self {
            dlq,
            visibility,
            messages_max,
            at_start,
            at_end: None,
            seen: BTreeSet::new(),
            held: BTreeMap::new(),
            stale: 0,
            empty: 0,
        })
    }

    /// How many messages there were when it began, as SQS said.
    #[must_use]
    pub fn at_start(&self) -> Counts {
        self.at_start
    }

    /// Receives up to `max` more. `None` when everything was seen, or as much as may be.
    pub async fn next(&mut self, max: usize) -> Result<Option<Received>, CallError> {
        if self.is_at_its_limit() || self.is_over() {
            return Ok(None);
        }
        let messages = self.dlq.receive(max, self.visibility).await?;
        self.empty = if messages.is_empty() { self.empty + 1 } else { 0 };
        if messages.is_empty() {
            self.at_end = Some(self.dlq.counts().await?);
        }
        let mut received = Received::default();
        for message in messages {
            let held = Held { receipt_handle: message.receipt_handle.clone(), until: message.held_until };
            self.held.insert(message.id.clone(), held);
            let is_new = self.seen.insert(message.id.clone());
            if is_new { &mut received.new } else { &mut received.again }.push(message);
        }
        self.stale = if received.new.is_empty() { self.stale + 1 } else { 0 };
        Ok(Some(received))
    }

    /// Says that a message was deleted, so that nothing holds it any more.
    pub fn deleted(&mut self, id: &str) {
        self.held.remove(id);
    }

    /// Whether it came to the queue's end. If not, there is more than may be read at once.
    #[must_use]
    pub fn is_over(&self) -> bool {
        let none_visible = self.at_end.is_some_and(|counts| counts.visible == 0);
        // Each message that is held may come by once more before one that is new.
        let stale_max = STALE_MAX + self.held.len() / RECEIVE_MAX;
        (self.empty >= EMPTY_MAX && none_visible) || self.stale >= stale_max
    }

    /// About how many messages somebody else holds: another reader, or one that was killed.
    #[must_use]
    pub fn held_by_others(&self) -> u64 {
        let now = self.at_end.unwrap_or(self.at_start).hidden;
        self.at_start.hidden.min(now.saturating_sub(self.held.len() as u64))
    }

    /// Shows everything again that is still held.
    pub async fn release(&mut self) -> Released {
        let now = Instant::now();
        // One whose time is over is visible already, and may be somebody else's by now.
        let held: Vec<Held> =
            std::mem::take(&mut self.held).into_values().filter(|h| h.until > now).collect();
        let handles: Vec<&str> = held.iter().map(|held| held.receipt_handle.as_str()).collect();
        let failed: Vec<CallError> =
            self.dlq.show(&handles).await.into_iter().filter_map(Result::err).collect();
        Released { stuck: failed.len(), error: failed.into_iter().next() }
    }

    fn is_at_its_limit(&self) -> bool {
        self.seen.len() >= self.messages_max
    }
}
