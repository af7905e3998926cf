//! The stage of tests in process: the three workers' handlers in a [`World`], and one vocabulary for what happens there.
//! People ask and click, time passes, jobs are handled one after another without waiting, and what came of it is looked at.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a surprise in test support is a failed test, told where it happened"
)]

mod settle;
mod time;

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use aws::sqs::{JobConsumer, JobSender};
use aws_config::SdkConfig;
use aws_smithy_types::retry::RetryConfig;
use domain::holding::KEY_PREFIX;
use domain::job::{AccessRequest, Click, MessageRef};
use domain::{ChannelId, ClickId, Job, QueueName, Request, RequestId, SlackUserId, UnixSeconds};
use serde_json::{Value, json};
use service::clock::Clock;
use service::config::WorkerSettings;
use service::metrics::Metrics;
use workers::consumer::{Attempt, Handler};
use workers::{Failure, Slice, Worker};

use crate::aws::identity_center;
use crate::slack::{Message, Person};
use crate::world::World;

use time::Time;

pub use settle::Left;

/// Asks for access.
pub const DANA: &str = "U0DANA";
/// Owns the project, and approves.
pub const OLIVIA: &str = "U0OWNER";
/// Approves too.
pub const SAM: &str = "U0SECOND";
/// Works here, and approves nothing.
pub const STRANGER: &str = "U0STRANGER";
/// The channel in which approvers are asked.
pub const APPROVALS: &str = "C0APPROVALS";
/// The configuration set of SES, whose events report what did not arrive.
pub const CONFIGURATION_SET: &str = "keylease-test";
/// The role of the project's sessions.
pub const SESSION_ROLE: &str = crate::aws::DEMO_SESSION_ROLE_ARN;

/// A world with the three workers in it, whose jobs are handled when the test says so.
#[derive(Debug)]
pub struct Stage {
    world: World,
    /// What the workers call AWS by. The handlers' own retries are what is tested, so the SDK makes none.
    pub sdk: SdkConfig,
    settings: WorkerSettings,
    notify: Worker,
    provision: Worker,
    revoke: Worker,
    /// The queues, as the workers' runtime opens them once.
    consumers: HashMap<QueueName, JobConsumer>,
    jobs: JobSender,
    time: Arc<Time>,
    /// Jobs that wait for an operator until the next settling.
    waiting: Mutex<Vec<Job>>,
    /// Every job is handled twice, as SQS may.
    pub twice: bool,
    /// A job that is put off for a minute at most is waited for, as the queue would.
    pub patient: bool,
    /// Before a job is tried again, the queue's own wait passes.
    pub backs_off: bool,
}

impl Deref for Stage {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

impl Stage {
    /// A world of its own, with the project that [`payments`] describes.
    pub async fn new() -> Self {
        Self::with(true, Slice::default()).await
    }

    /// One whose looks at the whole table take so much at once.
    pub async fn sliced(slice: Slice) -> Self {
        Self::with(true, slice).await
    }

    /// One with an Identity Center, in which the requester has a user.
    pub async fn with_identity_center() -> Self {
        let people = [DANA, OLIVIA, SAM, STRANGER].map(person).to_vec();
        let mut world = World::start(people).await.unwrap();
        for (name, value) in [
            ("IDENTITY_CENTER_INSTANCE_ARN", identity_center::INSTANCE_ARN),
            ("IDENTITY_STORE_ID", identity_center::IDENTITY_STORE_ID),
            ("IDENTITY_CENTER_REGION", "eu-central-1"),
        ] {
            world.set(name, value);
        }
        Self::on(world, Slice::default(), Arc::default()).await
    }

    /// On a table without an index, as a small installation may have it.
    pub async fn without_index() -> Self {
        Self::with(false, Slice::default()).await
    }

    /// One that has nowhere to claim credentials.
    pub async fn without_claims() -> Self {
        let mut world = World::start([DANA, OLIVIA, SAM, STRANGER].map(person).to_vec()).await.unwrap();
        world.variables.remove("DYNAMODB_TABLE_CLAIMS");
        Self::on(world, Slice::default(), Arc::default()).await
    }

    /// One whose programs are told something else besides.
    pub async fn told(variables: &[(&str, &str)]) -> Self {
        let mut world = World::start([DANA, OLIVIA, SAM, STRANGER].map(person).to_vec()).await.unwrap();
        for (name, value) in variables {
            world.set(name, value);
        }
        Self::on(world, Slice::default(), Arc::default()).await
    }

    /// Another installation in the same account, at the same time.
    pub async fn beside(other: &Self, deployment: &str) -> Self {
        let world = other.world.beside(deployment).await.unwrap();
        Self::on(world, Slice::default(), Arc::clone(&other.time)).await
    }

    async fn with(is_indexed: bool, slice: Slice) -> Self {
        let people = [DANA, OLIVIA, SAM, STRANGER].map(person).to_vec();
        let mut world = World::start(people).await.unwrap();
        if !is_indexed {
            world.variables.remove("DYNAMODB_INDEX_OPEN");
        }
        Self::on(world, slice, Arc::default()).await
    }

    async fn on(mut world: World, slice: Slice, time: Arc<Time>) -> Self {
        world.set("SES_CONFIGURATION_SET", CONFIGURATION_SET);
        world.aws.add_configuration_set(CONFIGURATION_SET).await;
        let settings = world.settings(QueueName::Provision).unwrap();
        let sdk = world.aws.sdk_config().to_builder().retry_config(RetryConfig::disabled()).build();
        time.stop(&world.aws);
        let clock = time.clock(&world.aws);
        let worker = async |queue| world.worker(queue, &sdk, &clock, slice).await.unwrap();
        let mut consumers = HashMap::new();
        for queue in QueueName::ALL {
            let consumer = JobConsumer::open(&sdk, settings.queues.of(queue)).await.unwrap();
            consumers.insert(queue, consumer);
        }
        let stage = Self {
            notify: worker(QueueName::Notify).await,
            provision: worker(QueueName::Provision).await,
            revoke: worker(QueueName::Revoke).await,
            consumers,
            jobs: JobSender::new(&sdk, settings.queues.clone()),
            waiting: Mutex::default(),
            twice: false,
            patient: false,
            backs_off: false,
            world,
            sdk,
            settings,
            time,
        };
        stage.put_project(payments()).await;
        stage
    }

    /// The settings that the workers were made from.
    pub fn settings(&self) -> &WorkerSettings {
        &self.settings
    }

    /// What a worker has counted.
    pub fn metrics(&self, queue: QueueName) -> &Metrics {
        self.worker(queue).metrics()
    }

    /// Now, as the workers read it.
    pub fn now(&self) -> UnixSeconds {
        self.time.now()
    }

    /// The clock that the workers go by.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.time.clock(&self.aws)
    }

    /// Lets time pass, for the workers and for AWS.
    pub fn pass(&self, seconds: i64) {
        self.time.pass(seconds, &self.aws);
    }

    /// Puts a project into the catalogue as it is, good or bad.
    pub async fn put_project(&self, project: Value) {
        self.world.put_project(&project).await;
    }

    /// A role through which the workers may do everything, as in a member account; its ARN.
    pub async fn member_role(&self, name: &str) -> String {
        let arn = format!("arn:aws:iam::{}:role/{name}", crate::aws::ACCOUNT);
        self.aws.add_role(&arn, Some("arn:aws:iam::aws:policy/AdministratorAccess")).await;
        arn
    }

    /// Puts a job on its queue.
    pub async fn send(&self, job: &Job) {
        self.calm(|| self.jobs.send(job)).await;
    }

    /// Somebody asks, and everything that follows is done.
    pub async fn ask(&self, role: &str, duration: &str) -> Left {
        self.send(&Job::Submit(self.spec(DANA, "payments", role, duration))).await;
        self.settle().await
    }

    /// What somebody asks for.
    pub fn spec(&self, person: &str, project: &str, role: &str, duration: &str) -> AccessRequest {
        AccessRequest {
            idempotency_key: format!("{person}-{}", next()),
            received_at: self.now(),
            user_id: SlackUserId::parse(person).unwrap(),
            user_name: person.to_lowercase(),
            project: project.into(),
            role: role.into(),
            duration: duration.into(),
            justification: Some("Looking into <!channel> & the queue".into()),
            command: None,
            break_glass: false,
            trigger_id: None,
        }
    }

    /// A click on a request's button in the approvers' channel.
    pub fn click(&self, request_id: &RequestId, person: &str) -> Click {
        let ask = self.approval_message();
        Click {
            request_id: request_id.clone(),
            user_id: SlackUserId::parse(person).unwrap(),
            clicked_at: Some(self.now()),
            click_id: ClickId::parse(&next().to_string()).ok(),
            message: ask.map(|m| MessageRef { channel: ChannelId::parse(&m.channel).unwrap(), ts: m.ts }),
            reason: None,
            submitted: None,
        }
    }

    /// The message that asks the approvers.
    pub fn approval_message(&self) -> Option<Message> {
        self.slack.messages().into_iter().find(|m| m.channel == APPROVALS)
    }

    /// What a person was told directly, oldest first.
    pub fn messages_to(&self, person: &str) -> Vec<String> {
        self.slack.messages().iter().filter_map(|message| message.told(person)).collect()
    }

    /// Every request's record.
    pub async fn requests(&self) -> Vec<Request> {
        let items = self.aws.table(&self.settings.requests_table).await;
        let is_request = |item: &serde_json::Map<String, Value>| {
            !item.get("request_id").and_then(Value::as_str).is_some_and(|id| id.starts_with(KEY_PREFIX))
        };
        items
            .into_iter()
            .filter(is_request)
            .map(|item| serde_json::from_value(Value::Object(item)).unwrap())
            .collect()
    }

    /// The items that say which grants hold something.
    pub async fn holdings(&self) -> Vec<Value> {
        let items = self.aws.table(&self.settings.requests_table).await;
        let key = |item: &serde_json::Map<String, Value>| {
            item.get("request_id").and_then(Value::as_str).is_some_and(|id| id.starts_with(KEY_PREFIX))
        };
        items.into_iter().filter(key).map(Value::Object).collect()
    }

    /// The one request that there is.
    pub async fn request(&self) -> Request {
        let mut requests = self.requests().await;
        assert_eq!(requests.len(), 1, "{requests:?}");
        requests.remove(0)
    }

    /// Fires the schedules that are due.
    pub async fn fire_schedules(&self) -> usize {
        crate::aws::schedules::fire_due(&self.aws, self.aws.now()).await
    }

    /// Has a job handled at once, without its queue.
    pub async fn handle(&self, queue: QueueName, job: &Job, attempt: Attempt) -> Result<(), Failure> {
        self.worker(queue).handle(job, attempt).await
    }

    /// Has a worker tell whoever waits for a job that it waits for an operator; says whether nothing is left to tell.
    pub async fn on_waiting(&self, queue: QueueName, job: &Job, error: &str) -> bool {
        self.worker(queue).on_waiting(job, error).await
    }

    /// Has a worker do what follows when a job was tried for the last time.
    pub async fn on_exhausted(&self, queue: QueueName, job: &Job) {
        self.worker(queue).on_exhausted(job, "every try failed").await.unwrap();
    }

    fn worker(&self, queue: QueueName) -> &Worker {
        match queue {
            QueueName::Notify => &self.notify,
            QueueName::Provision => &self.provision,
            QueueName::Revoke => &self.revoke,
        }
    }
}

/// A project with both kinds of role, approved in a channel.
pub fn payments() -> Value {
    let read_only = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    json!({
        "project": "payments", "owner_slack_id": OLIVIA, "approver_slack_ids": [OLIVIA, SAM],
        "channel": APPROVALS,
        "roles": {
            "ReadOnly": {"kind": "user", "policy_arns": [read_only], "max_duration": "8h"},
            "PowerUser": {"kind": "session", "role_arn": SESSION_ROLE, "max_duration": "1h"},
            "Both": {"kind": "user", "policy_arns": [read_only], "max_duration": "8h", "approvals_required": 2}}})
}

/// Somebody of the workspace.
pub fn person(id: &str) -> Person {
    Person::with_id(id)
}

fn next() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
