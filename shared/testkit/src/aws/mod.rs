//! AWS, embedded: the SDK's HTTP client answers itself, from memory.
//!
//! The services are the winterbaume emulators. Around them, each in a file of its own, is what they leave out and
//! Keylease relies on: keys that work only as far as policies say (`gate`), schedules that fire ([`schedules`]),
//! mails with their HTML (`mail`), messages that can be looked at (`queue_store`), conditional writes that are
//! atomic and indexes that hold keys (`tables`). In front of them all, each call is named, recorded and can be made to fail (`fault`).

mod attached;
mod call;
mod client;
mod condition;
mod credential;
mod deployment;
mod fault;
mod gate;
mod holder;
mod iam;
pub mod identity_center;
mod lag;
mod long_poll;
mod mail;
mod queue_store;
mod release;
mod restore;
mod scheduler;
pub mod schedules;
mod setup;
mod signature;
mod socket;
mod sts;
mod tables;
mod trust;
mod view;
mod wire;

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use jiff::{SignedDuration, Timestamp};

pub use call::{CallInfo, Service};
pub use credential::Credential;
pub use fault::Fault;
pub use lag::Lag;
pub use mail::Mail;
pub use release::Release;
pub use setup::{DEMO_SESSION_ROLE_ARN, FROM_ADDRESS, MAX_RECEIVE_COUNT, VISIBILITY_TIMEOUT_SECONDS};
pub(crate) use signature::{hex, hmac_sha256};
pub use tables::{Beside, plain_item};
pub use view::{KeyView, MessageView, QueueView, RoleView, ScheduleView, SessionView, UserView};

use crate::hook::{Hook, Verdict};
use crate::lock::lock;

/// The account that everything is in.
pub const ACCOUNT: &str = "123456789012";
/// The region that everything is in.
pub const REGION: &str = "us-east-1";
/// The newest calls that are remembered.
const CALLS_LIMIT: usize = 20_000;

/// AWS in memory.
pub struct EmbeddedAws {
    services: Services,
    calls: Mutex<VecDeque<CallInfo>>,
    credentials: Mutex<Vec<Credential>>,
    hook: Mutex<Hook<CallInfo, Fault>>,
    clock_shift_seconds: AtomicI64,
    /// Where the clock was stopped.
    stopped_at: OnceLock<Timestamp>,
}

impl fmt::Debug for EmbeddedAws {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // It holds secrets, and more of everything than a log line takes.
        formatter.write_str("EmbeddedAws")
    }
}

/// The embedded services.
struct Services {
    dynamodb: tables::Tables,
    iam: iam::Iam,
    identity_center: identity_center::IdentityCenter,
    queues: Arc<queue_store::QueueStore>,
    scheduler: scheduler::Scheduler,
    secrets: winterbaume_secretsmanager::SecretsManagerService,
    ses: mail::Mailer,
    sqs: winterbaume_sqs::SqsService,
    ssm: winterbaume_ssm::SsmService,
    sts: sts::Sts,
}

impl EmbeddedAws {
    /// Starts an AWS of its own, with the queues, tables, policies, roles and sender that Keylease expects.
    pub async fn start() -> Arc<Self> {
        let queues = Arc::new(queue_store::QueueStore::default());
        let services = Services {
            dynamodb: tables::Tables::default(),
            iam: iam::Iam::default(),
            identity_center: identity_center::IdentityCenter::default(),
            sqs: winterbaume_sqs::SqsService::with_backend(Arc::clone(&queues) as _),
            queues,
            scheduler: scheduler::Scheduler::default(),
            secrets: winterbaume_secretsmanager::SecretsManagerService::new(),
            ses: mail::Mailer::default(),
            ssm: winterbaume_ssm::SsmService::new(),
            sts: sts::Sts::default(),
        };
        let aws = Arc::new(Self {
            services,
            calls: Mutex::default(),
            credentials: Mutex::default(),
            hook: Mutex::default(),
            clock_shift_seconds: AtomicI64::new(0),
            stopped_at: OnceLock::new(),
        });
        setup::set_up(&aws).await;
        lock(&aws.calls).clear();
        aws
    }

    /// The SDK configuration with which the workers call this AWS.
    pub fn sdk_config(self: &Arc<Self>) -> aws_config::SdkConfig {
        client::worker_config(self)
    }

    /// The SDK configuration of someone who holds this key.
    pub fn sdk_config_for(
        self: &Arc<Self>,
        access_key_id: &str,
        secret_access_key: &str,
        session_token: Option<&str>,
    ) -> aws_config::SdkConfig {
        client::config(self, access_key_id, secret_access_key, session_token)
    }

    /// The environment variables that describe this AWS, as a deployment would set them.
    pub fn variables(&self) -> BTreeMap<String, String> {
        setup::variables()
    }

    /// Asks `hook` about each call from now on, whether and how it goes wrong.
    pub fn inject(&self, hook: impl Fn(&CallInfo) -> Option<Fault> + Send + Sync + 'static) {
        self.inject_when_ready(move |call| std::future::ready(Verdict::of(hook(&call))));
    }

    /// The same, where the hook may take its time: each call waits for it.
    pub fn inject_when_ready<A: Future<Output = Verdict<Fault>> + Send + 'static>(
        &self,
        hook: impl Fn(CallInfo) -> A + Send + Sync + 'static,
    ) {
        *lock(&self.hook) = Hook::new(hook);
    }

    /// Lets all calls through again.
    pub fn clear_faults(&self) {
        *lock(&self.hook) = Hook::default();
    }

    /// Every credential that was ever handed out, oldest first.
    pub fn credentials(&self) -> Vec<Credential> {
        lock(&self.credentials).clone()
    }

    /// Its IAM Identity Center, for what a test puts there and looks at.
    pub fn identity_center(&self) -> &identity_center::IdentityCenter {
        &self.services.identity_center
    }

    /// From now on an index of a table is behind it, as AWS's are: who reads one first after a write does not see that
    /// write yet.
    pub fn let_indexes_lag(&self) {
        self.services.dynamodb.let_indexes_lag();
    }

    /// From now on each write of IAM is seen only after a while, as AWS's own are: until then reads show what was there
    /// before, and a user that was just made is not there for other writes. `None` ends it for the writes to come.
    pub fn let_iam_lag(&self, lag: Option<Lag>) {
        self.services.iam.let_writes_lag(lag);
    }

    /// From now on a write on a user whose name IAM does not know is refused instead of not found, as for a caller whose
    /// policy names a path.
    pub fn deny_names_without_a_path(&self) {
        self.services.iam.deny_names_without_a_path();
    }

    /// From now on a program of another version writes each request after we did, as during a deploy.
    pub fn let_another_version_write_beside(&self, program: Beside) {
        self.services.dynamodb.write_beside(program);
    }

    /// What writes of requests lost of what [`Beside::Newer`] had written: paths in a record.
    pub fn lost_attributes(&self) -> Vec<String> {
        self.services.dynamodb.lost()
    }

    /// The calls that have come since the start, oldest first; the newest 20,000 are kept.
    pub fn calls(&self) -> Vec<CallInfo> {
        lock(&self.calls).iter().cloned().collect()
    }

    /// Moves the time at which policies are judged, sessions end and delayed messages are handed out; queues otherwise, and the
    /// SDK, stay on the real time.
    pub fn shift_clock(&self, seconds: i64) {
        self.clock_shift_seconds.fetch_add(seconds, Ordering::Relaxed);
        self.services.queues.pass(seconds);
    }

    /// From now on it is this time, until [`Self::shift_clock`] moves it: how fast the machine is makes no difference.
    pub fn stop_clock_at(&self, time: Timestamp) {
        self.clock_shift_seconds.store(0, Ordering::Relaxed);
        // A clock that stands already stays where it stands; then its time is moved.
        let stands_at = *self.stopped_at.get_or_init(|| time);
        self.shift_clock(time.as_second() - stands_at.as_second());
    }

    /// The time at which policies are judged.
    pub fn now(&self) -> Timestamp {
        let shift = SignedDuration::from_secs(self.clock_shift_seconds.load(Ordering::Relaxed));
        let now = self.stopped_at.get().copied().unwrap_or_else(crate::clock::now);
        now.saturating_add(shift).unwrap_or(now)
    }
}
