//! The workspace as a value: what is in it, and the switches of what goes wrong.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::Duration;

use jiff::Timestamp;
use service::clock::Clock;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use super::contents::{Call, Channel, HomePage, Message, Person, StepRun, Trigger, UserGroup, View};
use super::fault::{Fault, Planned};
use crate::hook::{Hook, Verdict};
use crate::lock::lock;

/// A Slack workspace in memory, with one app in it.
#[derive(Debug)]
pub struct EmbeddedSlack {
    pub(super) address: SocketAddr,
    pub(super) signing_secret: String,
    pub(super) bot_token: String,
    pub(super) state: Mutex<State>,
    pub(super) hook: Mutex<Hook<Call, Fault>>,
    /// Counts changes of the messages.
    pub(super) changed: watch::Sender<u64>,
    pub(super) server: Mutex<Option<AbortHandle>>,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) clock: Clock,
    pub(super) people: Vec<Person>,
    /// In an Enterprise Grid: which people are one person of the organisation, by their ids.
    pub(super) enterprise_ids: BTreeMap<String, String>,
    /// The members of each user group.
    pub(super) user_groups: BTreeMap<String, Vec<String>>,
    pub(super) channels: Vec<Channel>,
    pub(super) messages: Vec<Message>,
    pub(super) triggers: Vec<Trigger>,
    pub(super) views: Vec<View>,
    pub(super) steps: Vec<StepRun>,
    pub(super) homes: BTreeMap<String, HomePage>,
    pub(super) calls: Vec<Call>,
    pub(super) faults: Vec<Planned>,
    /// What the app may do; each answer's head says so. The methods themselves do not look.
    pub(super) scopes: Vec<String>,
    pub(super) last_ts_micros: i64,
}

impl EmbeddedSlack {
    /// The base URL of the Web API.
    pub fn api_url(&self) -> String {
        format!("http://{}/api", self.address)
    }

    /// Lets the app do only this from now on, as each answer's head says.
    pub fn set_scopes(&self, scopes: &[&str]) {
        lock(&self.state).scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    }

    /// Everyone in the workspace.
    pub fn people(&self) -> Vec<Person> {
        lock(&self.state).people.clone()
    }

    /// Adds a person, or replaces the one with the same id.
    pub fn add_person(&self, person: Person) {
        let mut state = lock(&self.state);
        state.people.retain(|known| known.id != person.id);
        state.people.push(person);
    }

    /// Makes somebody a person of an Enterprise Grid, whom the organisation knows by this id.
    pub fn set_enterprise_id(&self, person: &str, enterprise_id: &str) {
        lock(&self.state).enterprise_ids.insert(person.to_owned(), enterprise_id.to_owned());
    }

    /// Says who is in a user group.
    pub fn set_user_group(&self, group: &str, members: &[&str]) {
        let members = members.iter().map(|member| (*member).to_owned()).collect();
        lock(&self.state).user_groups.insert(group.to_owned(), members);
    }

    /// Adds a channel with its members.
    pub fn add_channel(&self, channel: Channel) {
        lock(&self.state).channels.push(channel);
    }

    /// The channels that have members of their own.
    pub fn channels(&self) -> Vec<Channel> {
        lock(&self.state).channels.clone()
    }

    /// The user groups.
    pub fn user_groups(&self) -> Vec<UserGroup> {
        let group =
            |(id, members): (&String, &Vec<String>)| UserGroup { id: id.clone(), members: members.clone() };
        lock(&self.state).user_groups.iter().map(group).collect()
    }

    /// Deactivates somebody's account, or activates it again. Slack tells the app by [`Self::tell_of_change`].
    pub fn set_deleted(&self, person: &str, is_deleted: bool) {
        let mut state = lock(&self.state);
        let of = state.people.iter_mut().filter(|known| known.id == person);
        of.for_each(|known| known.deleted = is_deleted);
    }

    pub fn messages(&self) -> Vec<Message> {
        lock(&self.state).messages.clone()
    }

    /// The time stamp of the newest message.
    pub fn newest_ts(&self) -> Option<String> {
        lock(&self.state).messages.last().map(|message| message.ts.clone())
    }

    /// What this person sees: their direct messages, and the channels that they are in.
    pub fn messages_seen_by(&self, person: &str) -> Vec<Message> {
        let state = lock(&self.state);
        state.messages.iter().filter(|message| state.sees(person, message)).cloned().collect()
    }

    /// What `look` sees in the messages, which are not copied for it. `look` must not ask this workspace for anything else.
    pub fn look<T>(&self, look: impl FnOnce(&[Message]) -> T) -> T {
        look(&lock(&self.state).messages)
    }

    /// All calls of the Web API, oldest first; the newest 10,000 are kept.
    pub fn calls(&self) -> Vec<Call> {
        lock(&self.state).calls.clone()
    }

    /// Waits until `find` finds something among the messages, for at most `limit`. `find` must not ask this workspace
    /// for anything else.
    pub async fn wait_for<T>(
        &self,
        mut find: impl FnMut(&[Message]) -> Option<T>,
        limit: Duration,
    ) -> Option<T> {
        // Looked at in place: a long run has thousands of them.
        self.until(|| find(&lock(&self.state).messages), limit).await
    }

    /// Looks now and after each change, until something is found, for at most `limit`.
    pub(super) async fn until<T>(&self, mut look: impl FnMut() -> Option<T>, limit: Duration) -> Option<T> {
        let mut changed = self.changed.subscribe();
        let deadline = tokio::time::Instant::now() + limit;
        loop {
            changed.borrow_and_update();
            if let Some(found) = look() {
                return Some(found);
            }
            tokio::time::timeout_at(deadline, changed.changed()).await.ok()?.ok()?;
        }
    }

    /// Makes the next `times` calls of `method` go wrong.
    pub fn fail(&self, method: &str, fault: Fault, times: u32) {
        self.fail_about(method, "", fault, times);
    }

    /// Makes the next `times` calls of `method` go wrong whose arguments contain this, such as somebody's id.
    pub fn fail_about(&self, method: &str, about: &str, fault: Fault, times: u32) {
        let (method, about) = (method.to_owned(), about.to_owned());
        lock(&self.state).faults.push(Planned { method, about, fault, left: times });
    }

    /// Asks `hook` about each call from now on, whether and how it goes wrong; each call waits for it.
    pub fn inject_when_ready<A: Future<Output = Verdict<Fault>> + Send + 'static>(
        &self,
        hook: impl Fn(Call) -> A + Send + Sync + 'static,
    ) {
        *lock(&self.hook) = Hook::new(hook);
    }

    /// Reads the time by this clock from now on.
    pub fn set_clock(&self, clock: Clock) {
        lock(&self.state).clock = clock;
    }

    pub(super) fn now(&self) -> Timestamp {
        lock(&self.state).now()
    }

    /// From now on nothing that was planned goes wrong.
    pub fn clear_faults(&self) {
        lock(&self.state).faults.clear();
    }

    /// Puts back a message that was posted at another time, such as by an earlier release.
    pub fn restore_message(&self, message: Message) {
        lock(&self.state).messages.push(message);
        self.note_change();
    }

    pub(super) fn note_change(&self) {
        self.changed.send_modify(|count| *count += 1);
    }
}

impl Drop for EmbeddedSlack {
    fn drop(&mut self) {
        if let Some(server) = lock(&self.server).take() {
            server.abort();
        }
    }
}

impl State {
    pub(super) fn person(&self, id: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.id == id)
    }

    fn sees(&self, person: &str, message: &Message) -> bool {
        if let Some(only) = message.ephemeral_for.as_ref().or(message.recipient.as_ref()) {
            return only == person;
        }
        let channel = self.channels.iter().find(|channel| channel.id == message.channel);
        channel.is_none_or(|channel| channel.members.iter().any(|member| member == person))
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now().timestamp()
    }

    /// A time stamp as Slack writes it, later than any before.
    pub(super) fn next_ts(&mut self) -> String {
        let now = self.now();
        self.last_ts_micros = now.as_microsecond().max(self.last_ts_micros + 1);
        format!("{}.{:06}", self.last_ts_micros / 1_000_000, self.last_ts_micros % 1_000_000)
    }
}
