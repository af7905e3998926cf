//! The queues, owned by the simulation: it decides what is delivered when, to whom and how often.

use domain::{Job, QueueName, UnixSeconds};
use serde_json::{Value, json};
use testkit::aws::Release;

use crate::beside::SECOND;
use crate::call::Call;
use crate::gate::Answer;

/// For how long a delivered message is hidden from other workers, in seconds.
pub(crate) const VISIBILITY_SECONDS: i64 = testkit::aws::VISIBILITY_TIMEOUT_SECONDS as i64;

/// A message.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    /// Counts messages from 1.
    pub(crate) number: u32,
    pub(crate) queue: QueueName,
    /// Whether it is on the second deployment's queue.
    pub(crate) of_second: bool,
    pub(crate) body: String,
    pub(crate) visible_at: UnixSeconds,
    pub(crate) receives: u32,
    /// The receipt of its last delivery.
    pub(crate) receipt: u32,
    pub(crate) deleted: bool,
}

/// A message in a dead-letter queue.
#[derive(Debug, Clone)]
pub(crate) struct DeadLetter {
    pub(crate) queue: QueueName,
    pub(crate) body: String,
    /// Why, as whoever dead-lettered it said; SQS itself says nothing.
    pub(crate) reason: Option<String>,
    pub(crate) error: Option<String>,
}

/// All messages that ever were.
#[derive(Debug, Default)]
pub(crate) struct Queues {
    messages: Vec<Message>,
    /// The message of each receipt.
    receipts: Vec<u32>,
    pub(crate) dead_letters: Vec<DeadLetter>,
}

impl Message {
    /// The job's name, for the trace.
    pub(crate) fn job(&self) -> String {
        self.read().map_or_else(|| "unreadable".to_owned(), |job| job.name().to_owned())
    }

    /// Its job, whichever release sent it.
    fn read(&self) -> Option<Job> {
        Job::decode(&self.body).or_else(|_| Job::decode(&Release::Next.received(&self.body))).ok()
    }

    /// The request that its job is about.
    pub(crate) fn request_id(&self) -> Option<String> {
        self.read()?.request_id().map(ToString::to_string)
    }
}

impl std::fmt::Display for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "m{} {}", self.number, self.job())?;
        self.request_id().map_or(Ok(()), |id| write!(f, " {id}"))
    }
}

impl Queues {
    /// Puts a message on a queue.
    pub(crate) fn put(&mut self, queue: QueueName, body: &str, visible_at: UnixSeconds) -> u32 {
        self.put_for(queue, false, body, visible_at)
    }

    /// Puts a message on a queue of the second deployment, or of the first.
    pub(crate) fn put_for(
        &mut self,
        queue: QueueName,
        of_second: bool,
        body: &str,
        visible_at: UnixSeconds,
    ) -> u32 {
        let number = u32::try_from(self.messages.len()).unwrap_or(u32::MAX).saturating_add(1);
        let body = body.to_owned();
        self.messages.push(Message {
            number,
            queue,
            of_second,
            body,
            visible_at,
            receives: 0,
            receipt: 0,
            deleted: false,
        });
        number
    }

    /// The messages that are not deleted, oldest first.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = &Message> {
        self.messages.iter().filter(|message| !message.deleted)
    }

    /// Whether a message is on a queue of the second deployment.
    pub(crate) fn is_of_second(&self, number: u32) -> bool {
        self.messages.iter().any(|message| message.number == number && message.of_second)
    }

    /// All of them.
    pub(crate) fn all(&self) -> &[Message] {
        &self.messages
    }

    /// Delivers a message: hides it and makes a receipt. SQS dead-letters it without a word when it was delivered too often.
    pub(crate) fn deliver(&mut self, number: u32, now: UnixSeconds) -> Option<Message> {
        let receipt = u32::try_from(self.receipts.len()).unwrap_or(u32::MAX);
        let message = self.messages.iter_mut().find(|message| message.number == number)?;
        if message.receives >= testkit::aws::MAX_RECEIVE_COUNT {
            message.deleted = true;
            let (queue, body) = (message.queue, message.body.clone());
            self.dead_letters.push(DeadLetter { queue, body, reason: None, error: None });
            return None;
        }
        message.receives += 1;
        message.receipt = receipt;
        message.visible_at = now.plus_seconds(VISIBILITY_SECONDS);
        self.receipts.push(number);
        Some(message.clone())
    }

    /// SQS delivers at least once: a message is there again, though somebody has it or has deleted it.
    pub(crate) fn revive(&mut self, number: u32, now: UnixSeconds) {
        if let Some(message) = self.messages.iter_mut().find(|message| message.number == number) {
            message.deleted = false;
            message.visible_at = now;
        }
    }

    /// Puts what was dead-lettered because it was not known, and is known to whoever replays it, back on its queue; how
    /// many messages that was.
    pub(crate) fn replay(&mut self, now: UnixSeconds, is_known: impl Fn(&str) -> bool) -> usize {
        let was_unknown = |dead_letter: &DeadLetter| {
            dead_letter
                .reason
                .as_deref()
                .is_some_and(|reason| ["unknown_job", "unknown_version"].contains(&reason))
        };
        let (replayed, left): (Vec<_>, Vec<_>) = std::mem::take(&mut self.dead_letters)
            .into_iter()
            .partition(|dead_letter| was_unknown(dead_letter) && is_known(&dead_letter.body));
        self.dead_letters = left;
        for dead_letter in &replayed {
            self.put(dead_letter.queue, &dead_letter.body, now);
        }
        replayed.len()
    }

    /// A running worker keeps its message hidden.
    pub(crate) fn keep_hidden(&mut self, number: u32, receipt: u32, now: UnixSeconds) {
        if let Some(message) = self.messages.iter_mut().find(|m| m.number == number && m.receipt == receipt) {
            message.visible_at = message.visible_at.max(now.plus_seconds(VISIBILITY_SECONDS));
        }
    }

    /// Does what a call to SQS asks for. `honour_stale` says whether a receipt that is not the latest still counts,
    /// which SQS leaves open.
    pub(crate) fn perform(&mut self, call: &Call, now: UnixSeconds, honour_stale: bool) -> Answer {
        let body = call.json();
        let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
        match call.operation.as_str() {
            "SendMessage" => self.send(&body, now),
            "DeleteMessage" => {
                if let Some(message) = self.by_receipt(text("ReceiptHandle"), honour_stale) {
                    message.deleted = true;
                }
                ok(&json!({}))
            }
            "ChangeMessageVisibility" => {
                let seconds = body.get("VisibilityTimeout").and_then(Value::as_i64).unwrap_or(0);
                if let Some(message) = self.by_receipt(text("ReceiptHandle"), honour_stale) {
                    message.visible_at = now.plus_seconds(seconds);
                }
                ok(&json!({}))
            }
            _ => failed(),
        }
    }

    fn send(&mut self, body: &Value, now: UnixSeconds) -> Answer {
        let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        let url = text("/QueueUrl").unwrap_or_default();
        let message = text("/MessageBody").unwrap_or_default();
        let delay = body.get("DelaySeconds").and_then(Value::as_i64).unwrap_or(0);
        let name = url.rsplit('/').next().unwrap_or_default();
        let Some(queue) = QueueName::ALL.into_iter().find(|queue| name.contains(queue.as_str())) else {
            return failed();
        };
        if name.ends_with("-dlq") {
            let reason = text("/MessageAttributes/reason/StringValue");
            let error = text("/MessageAttributes/error/StringValue");
            self.dead_letters.push(DeadLetter { queue, body: message, reason, error });
        } else {
            let of_second = name.contains(&format!("-{SECOND}-"));
            self.put_for(queue, of_second, &message, now.plus_seconds(delay));
        }
        ok(&json!({ "MessageId": "simulated" }))
    }

    fn by_receipt(&mut self, handle: &str, honour_stale: bool) -> Option<&mut Message> {
        let receipt: u32 = handle.parse().ok()?;
        let number = *self.receipts.get(receipt as usize)?;
        let message = self.messages.iter_mut().find(|message| message.number == number)?;
        (message.receipt == receipt || honour_stale).then_some(message)
    }
}

fn ok(body: &Value) -> Answer {
    Answer { status: 200, body: body.to_string() }
}

fn failed() -> Answer {
    let body = json!({ "__type": "InternalFailure", "message": "This is no queue, or no call, of the simulation's." });
    Answer { status: 500, body: body.to_string() }
}
