//! A stage: embedded AWS and Slack, the three handlers, and a way to run jobs one after another, without waiting.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use aws::sqs::{JobConsumer, JobSender};
use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use domain::job::{AccessRequest, Click, MessageRef};
use domain::retry::JOB_RETRY;
use domain::{ChannelId, ClickId, Job, QueueName, Request, RequestId, SlackUserId, UnixSeconds};
use serde_json::{Value, json};
use service::clock::Clock;
use service::config::WorkerSettings;
use service::metrics::Metrics;
use testkit::aws::EmbeddedAws;
use testkit::slack::{EmbeddedSlack, Message, Person};
use workers::consumer::{Attempt, Handler};
use workers::{Context, Failure, Role, Slice, Worker};

pub(crate) const DANA: &str = "U0DANA";
pub(crate) const OLIVIA: &str = "U0OWNER";
pub(crate) const SAM: &str = "U0SECOND";
pub(crate) const STRANGER: &str = "U0STRANGER";
pub(crate) const APPROVALS: &str = "C0APPROVALS";
pub(crate) const SESSION_ROLE: &str = testkit::aws::DEMO_SESSION_ROLE_ARN;

/// Jobs that one settling takes, at most.
const JOBS_MAX: u32 = 300;

pub(crate) struct Stage {
    pub(crate) aws: Arc<EmbeddedAws>,
    pub(crate) slack: Arc<EmbeddedSlack>,
    pub(crate) sdk: SdkConfig,
    settings: WorkerSettings,
    notify: Worker,
    provision: Worker,
    revoke: Worker,
    jobs: JobSender,
    shift: Arc<AtomicI64>,
    /// Jobs that wait for an operator until the next settling.
    waiting: Mutex<Vec<Job>>,
    /// Every job is handled twice, as SQS may.
    pub(crate) twice: bool,
    /// A job that is put off for a minute at most is waited for, as the queue would.
    pub(crate) patient: bool,
    /// Before a job is tried again, the queue's own wait passes.
    pub(crate) backs_off: bool,
}

/// What settling left undone.
#[derive(Debug, Default)]
pub(crate) struct Left {
    /// Jobs that were refused for good, with the reason.
    pub(crate) rejected: Vec<(String, &'static str)>,
    /// Jobs that it is too early for.
    pub(crate) later: usize,
    /// Jobs that wait for an operator, with what is to be repaired.
    pub(crate) waiting: Vec<(String, String)>,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::with(true, Slice::default()).await
    }

    /// One whose looks at the whole table take so much at once.
    pub(crate) async fn sliced(slice: Slice) -> Self {
        Self::with(true, slice).await
    }

    /// On a table without an index, as a small installation may have it.
    pub(crate) async fn without_index() -> Self {
        Self::with(false, Slice::default()).await
    }

    /// Another installation in the same account, at the same time.
    pub(crate) async fn beside(other: &Self, deployment: &str) -> Self {
        let variables = other.aws.add_deployment(deployment).await;
        Self::on(Arc::clone(&other.aws), variables, Slice::default(), Arc::clone(&other.shift)).await
    }

    async fn with(is_indexed: bool, slice: Slice) -> Self {
        let aws = EmbeddedAws::start().await;
        let mut variables = aws.variables();
        if !is_indexed {
            variables.remove("DYNAMODB_INDEX_OPEN");
        }
        Self::on(aws, variables, slice, Arc::new(AtomicI64::new(0))).await
    }

    async fn on(
        aws: Arc<EmbeddedAws>,
        mut variables: BTreeMap<String, String>,
        slice: Slice,
        shift: Arc<AtomicI64>,
    ) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let people = [DANA, OLIVIA, SAM, STRANGER].map(person).to_vec();
        let slack = EmbeddedSlack::start(listener, people, "signing".into(), "xoxb-test".into());
        variables.insert("SLACK_BOT_TOKEN".into(), "xoxb-test".into());
        variables.insert("SES_CONFIGURATION_SET".into(), "keylease-test".into());
        variables.insert("SLACK_API_URL".into(), slack.api_url());
        let lookup = |name: &str| variables.get(name).cloned();
        let settings = WorkerSettings::from_lookup(QueueName::Provision, &lookup).unwrap();
        // The handlers' own retries are what is tested, so the SDK makes none.
        let sdk = aws.sdk_config().to_builder().retry_config(RetryConfig::disabled()).build();
        let mut workers = Vec::new();
        for queue in [QueueName::Notify, QueueName::Provision, QueueName::Revoke] {
            let own = WorkerSettings::from_lookup(queue, &lookup).unwrap();
            let mut context = Context::connect(&own, &sdk).await.unwrap();
            context.slice = slice;
            context.clock = clock(&shift, &aws);
            workers.push(Worker::new(Role::connect(&own, &sdk).await.unwrap(), context));
        }
        let [notify, provision, revoke] = <[Worker; 3]>::try_from(workers).unwrap();
        let stage = Self {
            jobs: JobSender::new(&sdk, settings.queues.clone()),
            notify,
            provision,
            revoke,
            waiting: Mutex::default(),
            twice: false,
            patient: false,
            backs_off: false,
            aws,
            slack,
            sdk,
            settings,
            shift,
        };
        stage.put_project(payments()).await;
        stage
    }

    /// A role through which the workers may do everything, as in a member account; its ARN.
    pub(crate) async fn member_role(&self, name: &str) -> String {
        let iam = aws_sdk_iam::Client::new(&self.sdk);
        let trust = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]});
        let may = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "*", "Resource": "*"}]});
        let made = iam.create_role().role_name(name).assume_role_policy_document(trust.to_string());
        let arn = made.send().await.unwrap().role.unwrap().arn;
        let put = iam.put_role_policy().role_name(name).policy_name("all").policy_document(may.to_string());
        put.send().await.unwrap();
        arn
    }

    /// Takes the jobs off a queue without handling them.
    pub(crate) async fn take(&self, queue: QueueName) -> Vec<Job> {
        let consumer = self.calm(|| JobConsumer::open(&self.sdk, self.settings.queues.of(queue))).await;
        let messages = self.calm(|| consumer.receive(10, 0)).await;
        for message in &messages {
            self.calm(|| consumer.delete(&message.receipt_handle)).await;
        }
        messages.iter().map(|message| Job::decode(&message.body).unwrap()).collect()
    }

    /// The settings that the workers were made from.
    pub(crate) fn settings(&self) -> &WorkerSettings {
        &self.settings
    }

    pub(crate) fn now(&self) -> UnixSeconds {
        service::clock::now().plus_seconds(self.shift.load(Ordering::Relaxed))
    }

    /// Lets time pass, for the workers and for AWS.
    pub(crate) fn pass(&self, seconds: i64) {
        self.shift.fetch_add(seconds, Ordering::Relaxed);
        self.aws.shift_clock(seconds);
    }

    pub(crate) async fn put_project(&self, project: Value) {
        let item = serde_dynamo::to_item(project).unwrap();
        let put = aws_sdk_dynamodb::Client::new(&self.sdk).put_item();
        put.table_name(&self.settings.projects_table).set_item(Some(item)).send().await.unwrap();
    }

    pub(crate) async fn send(&self, job: &Job) {
        self.calm(|| self.jobs.send(job)).await;
    }

    /// Somebody asks, and everything that follows is done.
    pub(crate) async fn ask(&self, role: &str, duration: &str) -> Left {
        self.send(&Job::Submit(self.spec(DANA, "payments", role, duration))).await;
        self.settle().await
    }

    pub(crate) fn spec(&self, person: &str, project: &str, role: &str, duration: &str) -> AccessRequest {
        AccessRequest {
            idempotency_key: format!("{}-{}", person, fastrand_id()),
            received_at: self.now(),
            user_id: SlackUserId::parse(person).unwrap(),
            user_name: person.to_lowercase(),
            project: project.into(),
            role: role.into(),
            duration: duration.into(),
            justification: Some("Looking into <!channel> & the queue".into()),
            command: None,
        }
    }

    /// A click on a request's button in the approvers' channel.
    pub(crate) fn click(&self, request_id: &RequestId, person: &str) -> Click {
        let ask = self.approval_message();
        Click {
            request_id: request_id.clone(),
            user_id: SlackUserId::parse(person).unwrap(),
            clicked_at: Some(self.now()),
            click_id: ClickId::parse(&fastrand::u64(..).to_string()).ok(),
            message: ask.map(|m| MessageRef { channel: ChannelId::parse(&m.channel).unwrap(), ts: m.ts }),
        }
    }

    /// The message that asks the approvers.
    pub(crate) fn approval_message(&self) -> Option<Message> {
        self.slack.messages().into_iter().find(|m| m.channel == APPROVALS)
    }

    /// What a person was told directly, oldest first.
    pub(crate) fn messages_to(&self, person: &str) -> Vec<String> {
        let mine = |m: &Message| m.recipient.as_deref() == Some(person);
        self.slack.messages().into_iter().filter(mine).map(|m| m.text.replace('\u{200B}', "")).collect()
    }

    pub(crate) async fn requests(&self) -> Vec<Request> {
        let items = aws_sdk_dynamodb::Client::new(&self.sdk)
            .scan()
            .table_name(&self.settings.requests_table)
            .send()
            .await
            .unwrap();
        serde_dynamo::from_items(items.items.unwrap_or_default()).unwrap()
    }

    /// The one request that there is.
    pub(crate) async fn request(&self) -> Request {
        let mut requests = self.requests().await;
        assert_eq!(requests.len(), 1, "{requests:?}");
        requests.remove(0)
    }

    /// Fires the schedules that are due.
    pub(crate) async fn fire_schedules(&self) -> usize {
        testkit::aws::schedules::fire_due(&self.aws, self.aws.now()).await
    }

    /// Handles jobs until no queue has any. A job that failed is tried again at once; one that needs an operator, at the
    /// next settling.
    pub(crate) async fn settle(&self) -> Left {
        let mut left = Left::default();
        let waiting = std::mem::take(&mut *self.waiting.lock().unwrap());
        for job in &waiting {
            self.send(job).await;
        }
        for _ in 0..JOBS_MAX {
            let mut idle = true;
            for queue in QueueName::ALL {
                idle &= !self.turn(queue, &mut left).await;
            }
            if idle {
                return left;
            }
        }
        panic!("the queues do not settle");
    }

    /// Handles what one queue hands out now, and says whether that was anything.
    async fn turn(&self, queue: QueueName, left: &mut Left) -> bool {
        let consumer = self.calm(|| JobConsumer::open(&self.sdk, self.settings.queues.of(queue))).await;
        let messages = self.calm(|| consumer.receive(10, 0)).await;
        for message in &messages {
            let job = Job::decode(&message.body).unwrap();
            let attempt = Attempt { number: message.receive_count, max: consumer.max_receive_count };
            let mut outcome = self.handle(queue, &job, attempt).await;
            if self.twice && outcome.is_ok() {
                outcome = self.handle(queue, &job, attempt).await;
            }
            match outcome {
                Ok(()) => self.calm(|| consumer.delete(&message.receipt_handle)).await,
                Err(Failure::Later { seconds }) if self.patient && seconds <= 60 => {
                    self.pass(seconds.into());
                    if attempt.is_last() {
                        // SQS would not hand it out again, so the runtime sends it anew.
                        self.calm(|| consumer.requeue(&message.body, 0, None)).await;
                        self.calm(|| consumer.delete(&message.receipt_handle)).await;
                    } else {
                        self.calm(|| consumer.change_visibility(&message.receipt_handle, 0)).await;
                    }
                }
                Err(Failure::Later { .. }) => left.later += 1,
                Err(Failure::NeedsOperator { error }) => {
                    self.calm(|| consumer.delete(&message.receipt_handle)).await;
                    self.waiting.lock().unwrap().push(job.clone());
                    left.waiting.push((job.name().to_owned(), error));
                }
                Err(Failure::Reject { reason, .. }) => {
                    left.rejected.push((job.name().to_owned(), reason));
                    self.calm(|| consumer.delete(&message.receipt_handle)).await;
                }
                Err(Failure::Retry { error, .. }) if attempt.is_last() => {
                    self.on_exhausted(queue, &job, &error).await.unwrap();
                    self.calm(|| consumer.delete(&message.receipt_handle)).await;
                }
                Err(Failure::Retry { after_seconds, .. }) => {
                    if self.backs_off {
                        self.pass(JOB_RETRY.delay_seconds(attempt.number, 1.0, after_seconds).into());
                    }
                    self.calm(|| consumer.change_visibility(&message.receipt_handle, 0)).await;
                }
            }
        }
        !messages.is_empty()
    }

    pub(crate) async fn handle(&self, queue: QueueName, job: &Job, attempt: Attempt) -> Result<(), Failure> {
        match queue {
            QueueName::Notify => self.notify.handle(job, attempt).await,
            QueueName::Provision => self.provision.handle(job, attempt).await,
            QueueName::Revoke => self.revoke.handle(job, attempt).await,
        }
    }

    /// What a worker has counted.
    pub(crate) fn metrics(&self, queue: QueueName) -> &Metrics {
        match queue {
            QueueName::Notify => self.notify.metrics(),
            QueueName::Provision => self.provision.metrics(),
            QueueName::Revoke => self.revoke.metrics(),
        }
    }

    async fn on_exhausted(&self, queue: QueueName, job: &Job, error: &str) -> Result<(), Failure> {
        match queue {
            QueueName::Notify => self.notify.on_exhausted(job, error).await,
            QueueName::Provision => self.provision.on_exhausted(job, error).await,
            QueueName::Revoke => self.revoke.on_exhausted(job, error).await,
        }
    }

    /// The stage's own calls may meet a fault that is meant for the workers; they are simply made again.
    async fn calm<T, E: std::fmt::Debug, F: Future<Output = Result<T, E>>>(&self, call: impl Fn() -> F) -> T {
        const TRIES: u32 = 3;
        for _ in 1..TRIES {
            if let Ok(value) = call().await {
                return value;
            }
        }
        call().await.unwrap()
    }
}

/// A clock on which a wait takes no time of the test's own: the time just passes, for the workers and for AWS.
fn clock(shift: &Arc<AtomicI64>, aws: &Arc<EmbeddedAws>) -> Clock {
    let (read, wait, aws) = (Arc::clone(shift), Arc::clone(shift), Arc::clone(aws));
    Clock::reading(move || service::clock::now().plus_seconds(read.load(Ordering::Relaxed))).sleeping(
        move |time| {
            let seconds = i64::try_from(time.as_secs()).unwrap().max(1);
            wait.fetch_add(seconds, Ordering::Relaxed);
            aws.shift_clock(seconds);
            std::future::ready(())
        },
    )
}

/// A project with both kinds of role, approved in a channel.
pub(crate) fn payments() -> Value {
    json!({
        "project": "payments", "owner_slack_id": OLIVIA, "approver_slack_ids": [OLIVIA, SAM],
        "channel": APPROVALS,
        "roles": {
            "ReadOnly": {"kind": "user", "policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"], "max_duration": "8h"},
            "PowerUser": {"kind": "session", "role_arn": SESSION_ROLE, "max_duration": "1h"},
            "Both": {"kind": "user", "policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"], "max_duration": "8h",
                     "approvals_required": 2}}})
}

pub(crate) fn person(id: &str) -> Person {
    Person::with_id(id)
}

fn fastrand_id() -> u64 {
    use std::sync::atomic::AtomicU64;
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
