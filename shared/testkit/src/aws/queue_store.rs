//! Queues whose messages can be looked at without receiving them.

use std::collections::HashMap;
use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::sync::futures::Notified;
use winterbaume_sqs::state::SqsError;
use winterbaume_sqs::types::{Message, MessageAttribute, MessageMoveTask, Queue};
use winterbaume_sqs::{SendMessageOutput, SqsBackend, SqsState, SqsStateView, StateViewError};

use crate::lock::lock;

/// Who works on a message hides it for so long at most, in milliseconds, which is twice the queues' visibility timeout; what is
/// hidden for longer was put off.
const LEASE_MAX_MS: i64 = 60_000;

/// The queues of the one account and region that there is.
#[derive(Debug, Default)]
pub(crate) struct QueueStore {
    state: Mutex<SqsState>,
    /// Wakes whoever waits for messages.
    sent: Notify,
}

/// What every operation of a backend returns.
type Answer<T, E = SqsError> = Pin<Box<dyn Future<Output = Result<T, E>> + Send>>;

impl QueueStore {
    /// The queues themselves, for setting up and for looking.
    pub(crate) fn state(&self) -> MutexGuard<'_, SqsState> {
        lock(&self.state)
    }

    /// Ends when a message may have become visible.
    pub(crate) fn changed(&self) -> Notified<'_> {
        self.sent.notified()
    }

    /// How long until the next hidden message of a queue becomes visible; nothing while none is hidden.
    #[expect(clippy::disallowed_methods, reason = "queues are on the machine's own time, in milliseconds")]
    pub(crate) fn next_visible(&self, queue: &str) -> Option<Duration> {
        let state = self.state();
        let next = state.queues.get(queue)?.messages.iter().map(|message| message.visible_at).min()?;
        let now = jiff::Timestamp::now().as_millisecond();
        Some(Duration::from_millis(next.saturating_sub(now).max(1).unsigned_abs()))
    }

    /// Lets time pass for the messages that are still delayed.
    pub(crate) fn pass(&self, seconds: i64) {
        for queue in self.state().queues.values_mut() {
            for message in queue.messages.iter_mut().filter(|message| message.approximate_receive_count == 0)
            {
                message.visible_at -= seconds * 1_000;
            }
        }
        self.sent.notify_waiters();
    }

    /// Lets time pass for all messages but those that somebody has in hand: delayed ones, and those that were put off.
    #[expect(clippy::disallowed_methods, reason = "queues are on the machine's own time, in milliseconds")]
    pub(crate) fn pass_for_waiting(&self, seconds: i64) {
        let in_hand_until = jiff::Timestamp::now().as_millisecond() + LEASE_MAX_MS;
        for queue in self.state().queues.values_mut() {
            for message in &mut queue.messages {
                if message.approximate_receive_count == 0 || message.visible_at > in_hand_until {
                    message.visible_at -= seconds.saturating_mul(1_000);
                }
            }
        }
        self.sent.notify_waiters();
    }

    /// Puts a message on a queue, as another service does. `false` when there is no such queue.
    pub(crate) fn deliver(
        &self,
        queue: &str,
        body: &str,
        attributes: HashMap<String, MessageAttribute>,
    ) -> bool {
        let is_sent = self.state().send_message(queue, body, None, attributes, None, None).is_ok();
        self.sent.notify_waiters();
        is_sent
    }

    /// Runs an operation that may make a message visible.
    fn run_and_wake<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut SqsState) -> Result<T, SqsError>,
    ) -> Answer<T> {
        let answer = self.run(work);
        self.sent.notify_waiters();
        answer
    }

    /// Runs one operation at once; a queue never has to wait for anything.
    fn run<T: Send + 'static>(&self, work: impl FnOnce(&mut SqsState) -> Result<T, SqsError>) -> Answer<T> {
        Box::pin(ready(work(&mut self.state())))
    }
}

/// How many messages can be received, are being worked on, and are still delayed.
pub(crate) fn counts(messages: &[Message]) -> (usize, usize, usize) {
    let hidden = |message: &&Message| !message.is_visible();
    let in_flight =
        messages.iter().filter(hidden).filter(|message| message.approximate_receive_count > 0).count();
    let hidden = messages.iter().filter(hidden).count();
    (messages.len() - hidden, in_flight, hidden - in_flight)
}

impl SqsBackend for QueueStore {
    fn create_queue(
        &self,
        account: String,
        region: String,
        name: String,
        attributes: HashMap<String, String>,
        tags: Option<HashMap<String, String>>,
    ) -> Answer<Queue> {
        self.run(|state| state.create_queue(&name, &region, &account, &attributes, tags.as_ref()).cloned())
    }

    fn delete_queue(&self, _: String, _: String, queue: String) -> Answer<()> {
        self.run(|state| state.delete_queue(&queue))
    }

    fn get_queue_url(&self, _: String, _: String, queue: String) -> Answer<String> {
        self.run(|state| state.get_queue_url(&queue).map(str::to_owned))
    }

    fn get_queue_attributes(&self, _: String, _: String, queue: String) -> Answer<HashMap<String, String>> {
        self.run(|state| {
            let mut attributes = state.get_queue_attributes(&queue)?;
            // The stock count leaves out messages that came back after their visibility timeout.
            if let Some(queue) = state.queues.get(&queue) {
                let (visible, in_flight, delayed) = counts(&queue.messages);
                attributes.insert("ApproximateNumberOfMessages".to_owned(), visible.to_string());
                attributes.insert("ApproximateNumberOfMessagesNotVisible".to_owned(), in_flight.to_string());
                attributes.insert("ApproximateNumberOfMessagesDelayed".to_owned(), delayed.to_string());
            }
            Ok(attributes)
        })
    }

    fn set_queue_attributes(
        &self,
        _: String,
        _: String,
        queue: String,
        attributes: HashMap<String, String>,
    ) -> Answer<()> {
        self.run(|state| state.set_queue_attributes(&queue, &attributes))
    }

    fn list_queues(&self, _: String, _: String, prefix: Option<String>) -> Answer<Vec<Queue>> {
        self.run(|state| Ok(state.list_queues(prefix.as_deref()).into_iter().cloned().collect()))
    }

    fn send_message(
        &self,
        _: String,
        _: String,
        queue: String,
        body: String,
        delay: Option<u32>,
        attributes: HashMap<String, MessageAttribute>,
        group: Option<String>,
        deduplication: Option<String>,
    ) -> Answer<SendMessageOutput> {
        self.run_and_wake(|state| {
            let (group, deduplication) = (group.as_deref(), deduplication.as_deref());
            let sent = state.send_message(&queue, &body, delay, attributes, group, deduplication)?;
            Ok(SendMessageOutput { message_id: sent.message_id, body_md5: sent.body_md5 })
        })
    }

    fn receive_messages(
        &self,
        _: String,
        _: String,
        queue: String,
        max: usize,
        visibility: Option<u32>,
    ) -> Answer<Vec<Message>> {
        self.run(|state| state.receive_message(&queue, max, visibility))
    }

    fn delete_message(&self, _: String, _: String, queue: String, receipt: String) -> Answer<()> {
        self.run(|state| state.delete_message(&queue, &receipt))
    }

    fn purge_queue(&self, _: String, _: String, queue: String) -> Answer<()> {
        self.run(|state| state.purge_queue(&queue))
    }

    fn change_message_visibility(
        &self,
        _: String,
        _: String,
        queue: String,
        receipt: String,
        visibility: u32,
    ) -> Answer<()> {
        self.run_and_wake(|state| state.change_message_visibility(&queue, &receipt, visibility))
    }

    fn change_message_visibility_batch(
        &self,
        _: String,
        _: String,
        queue: String,
        entries: Vec<(String, String, u32)>,
    ) -> Answer<Vec<String>> {
        self.run_and_wake(|state| state.change_message_visibility_batch(&queue, &entries))
    }

    fn list_queue_tags(&self, _: String, _: String, queue: String) -> Answer<HashMap<String, String>> {
        self.run(|state| state.list_queue_tags(&queue))
    }

    fn tag_queue(&self, _: String, _: String, queue: String, tags: HashMap<String, String>) -> Answer<()> {
        self.run(|state| state.tag_queue(&queue, &tags))
    }

    fn untag_queue(&self, _: String, _: String, queue: String, keys: Vec<String>) -> Answer<()> {
        self.run(|state| state.untag_queue(&queue, &keys))
    }

    fn add_permission(
        &self,
        _: String,
        _: String,
        queue: String,
        label: String,
        accounts: Vec<String>,
        actions: Vec<String>,
    ) -> Answer<()> {
        self.run(|state| state.add_permission(&queue, &label, accounts, actions))
    }

    fn remove_permission(&self, _: String, _: String, queue: String, label: String) -> Answer<()> {
        self.run(|state| state.remove_permission(&queue, &label))
    }

    fn list_dead_letter_source_queues(&self, _: String, _: String, queue: String) -> Answer<Vec<String>> {
        self.run(|state| state.list_dead_letter_source_queues(&queue))
    }

    fn start_message_move_task(
        &self,
        _: String,
        _: String,
        source: String,
        destination: Option<String>,
        rate: Option<i32>,
    ) -> Answer<String> {
        self.run_and_wake(|state| state.start_message_move_task(&source, destination.as_deref(), rate))
    }

    fn cancel_message_move_task(&self, _: String, _: String, handle: String) -> Answer<i64> {
        self.run(|state| state.cancel_message_move_task(&handle))
    }

    fn list_message_move_tasks(&self, _: String, _: String, source: String) -> Answer<Vec<MessageMoveTask>> {
        self.run(|state| Ok(state.list_message_move_tasks(&source).into_iter().cloned().collect()))
    }

    fn scopes_with_state(&self) -> Vec<(String, String)> {
        vec![(super::ACCOUNT.to_owned(), super::REGION.to_owned())]
    }

    fn snapshot(&self, _: String, _: String) -> Pin<Box<dyn Future<Output = SqsStateView> + Send>> {
        Box::pin(ready(SqsStateView::from(&*self.state())))
    }

    fn restore(&self, _: String, _: String, view: SqsStateView) -> Answer<(), StateViewError> {
        *self.state() = SqsState::from(view);
        Box::pin(ready(Ok(())))
    }

    fn merge(&self, _: String, _: String, view: SqsStateView) -> Answer<(), StateViewError> {
        self.state().queues.extend(SqsState::from(view).queues);
        Box::pin(ready(Ok(())))
    }
}
