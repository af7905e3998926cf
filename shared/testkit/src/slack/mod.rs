//! Slack, embedded: the Web API methods that the workers call, and people who see messages, click and ask.
//!
//! [`EmbeddedSlack`] holds the messages. The Web API is in `methods`, served by `server`; what people do is in
//! `people_do`. Faults can be put in front of each method.

mod blocks;
mod bodies;
mod fault;
mod home;
mod methods;
mod people_do;
mod people_fill_in;
mod server;
mod sign;
mod steps;
mod view_rules;
mod views;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use service::clock::Clock;
use tokio::sync::watch;
use tokio::task::AbortHandle;

pub use blocks::problems as block_problems;
pub use bodies::{click_payload, form};
pub use fault::Fault;
pub use home::{HomePage, problems as home_problems};
pub use people_do::SlackError;
pub use sign::sign;
pub use steps::{StepRun, executed};
pub use view_rules::problems as view_problems;
pub use views::View;

use crate::hook::{Hook, Verdict};
use crate::lock::lock;

/// The newest messages that are kept.
const MESSAGES_LIMIT: usize = 10_000;
/// The newest calls that are kept.
const CALLS_LIMIT: usize = 10_000;

/// Someone in the workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Person {
    /// Their id, such as `U0DANA`.
    pub id: String,
    pub name: String,
    pub real_name: String,
    /// Their email address, which Slack does not always show.
    pub email: Option<String>,
    /// Their time zone, such as `Europe/Berlin`.
    pub tz: String,
    pub deleted: bool,
}

/// A channel that not everyone is in. Other channels exist once something is posted there, with everyone in them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Channel {
    /// Its id, such as `C0APPROVALS`.
    pub id: String,
    /// Its name without `#`.
    pub name: String,
    /// The ids of those who are in it.
    pub members: Vec<String>,
}

/// A message that the app posted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Message {
    /// The channel or direct message that it is in.
    pub channel: String,
    /// When it was posted, which is also its id within the channel.
    pub ts: String,
    /// Whose direct message it is in.
    pub recipient: Option<String>,
    /// Its text, which notifications show.
    pub text: String,
    /// Its blocks, `null` when it has none.
    pub blocks: Value,
    /// The buttons in them.
    #[serde(skip)]
    pub buttons: Vec<Button>,
    pub edits: u32,
    /// The one person who sees it, when it is ephemeral.
    pub ephemeral_for: Option<String>,
}

/// A button on a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    pub action: String,
    /// The id of the request that it is for.
    pub value: String,
}

/// One call of the Web API.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The method, such as `chat.postMessage`.
    pub method: String,
    pub at: Timestamp,
    pub body: Value,
}

/// A Slack workspace in memory, with one app in it.
#[derive(Debug)]
pub struct EmbeddedSlack {
    address: SocketAddr,
    signing_secret: String,
    bot_token: String,
    state: Mutex<State>,
    hook: Mutex<Hook<Call, Fault>>,
    /// Counts changes of the messages.
    changed: watch::Sender<u64>,
    server: Mutex<Option<AbortHandle>>,
}

#[derive(Debug, Default)]
struct State {
    clock: Clock,
    people: Vec<Person>,
    /// In an Enterprise Grid: which people are one person of the organisation, by their ids.
    enterprise_ids: std::collections::BTreeMap<String, String>,
    /// The members of each user group.
    user_groups: std::collections::BTreeMap<String, Vec<String>>,
    channels: Vec<Channel>,
    messages: Vec<Message>,
    triggers: Vec<views::Trigger>,
    views: Vec<View>,
    steps: Vec<StepRun>,
    homes: std::collections::BTreeMap<String, HomePage>,
    calls: Vec<Call>,
    faults: Vec<fault::Planned>,
    /// What the app may do; each answer's head says so. The methods themselves do not look.
    scopes: Vec<String>,
    last_ts_micros: i64,
}

impl EmbeddedSlack {
    /// Serves the Web API on `listener`, for these people, until the value is dropped.
    ///
    /// # Panics
    /// When the listener has no address, which a bound one always has.
    pub fn start(
        listener: tokio::net::TcpListener,
        people: Vec<Person>,
        signing_secret: String,
        bot_token: String,
    ) -> Arc<Self> {
        #[expect(clippy::expect_used, reason = "a bound listener has an address")]
        let address = listener.local_addr().expect("a bound listener has an address");
        let slack = Arc::new(Self {
            address,
            signing_secret,
            bot_token,
            state: Mutex::new(State { people, scopes: needed_scopes(), ..State::default() }),
            hook: Mutex::default(),
            changed: watch::Sender::new(0),
            server: Mutex::default(),
        });
        let server = server::spawn(listener, Arc::downgrade(&slack));
        *lock(&slack.server) = Some(server);
        slack
    }

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
        let mut changed = self.changed.subscribe();
        let deadline = tokio::time::Instant::now() + limit;
        loop {
            changed.borrow_and_update();
            // Looked at in place: a long run has thousands of them.
            if let Some(found) = find(&lock(&self.state).messages) {
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
        lock(&self.state).faults.push(fault::Planned { method, about, fault, left: times });
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

    fn now(&self) -> Timestamp {
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

    fn note_change(&self) {
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
    fn person(&self, id: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.id == id)
    }

    fn sees(&self, person: &str, message: &Message) -> bool {
        if let Some(only) = message.ephemeral_for.as_ref().or(message.recipient.as_ref()) {
            return only == person;
        }
        let channel = self.channels.iter().find(|channel| channel.id == message.channel);
        channel.is_none_or(|channel| channel.members.iter().any(|member| member == person))
    }

    fn now(&self) -> Timestamp {
        self.clock.now().timestamp()
    }

    /// A time stamp as Slack writes it, later than any before.
    fn next_ts(&mut self) -> String {
        let now = self.now();
        self.last_ts_micros = now.as_microsecond().max(self.last_ts_micros + 1);
        format!("{}.{:06}", self.last_ts_micros / 1_000_000, self.last_ts_micros % 1_000_000)
    }
}

fn needed_scopes() -> Vec<String> {
    slack::SCOPES.map(|(scope, _)| scope.to_owned()).to_vec()
}

#[cfg(test)]
mod tests;
