//! The embedded AWS as a value: its services, its clock, and the switches of what goes wrong.

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use jiff::{SignedDuration, Timestamp};

use super::call::CallInfo;
use super::credential::Credential;
use super::fault::Fault;
use super::lag::Lag;
use super::tables::Beside;
use super::{iam, identity_center, mail, queue_store, scheduler, secret_store, sts, tables};
use crate::hook::{Hook, Verdict};
use crate::lock::lock;

/// AWS in memory.
pub struct EmbeddedAws {
    pub(super) services: Services,
    pub(super) calls: Mutex<VecDeque<CallInfo>>,
    pub(super) credentials: Mutex<Vec<Credential>>,
    pub(super) hook: Mutex<Hook<CallInfo, Fault>>,
    pub(super) clock_shift_seconds: AtomicI64,
    /// Where the clock was stopped.
    pub(super) stopped_at: OnceLock<Timestamp>,
}

impl fmt::Debug for EmbeddedAws {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // It holds secrets, and more of everything than a log line takes.
        formatter.write_str("EmbeddedAws")
    }
}

/// The embedded services.
pub(super) struct Services {
    pub(super) dynamodb: tables::Tables,
    pub(super) iam: iam::Iam,
    pub(super) identity_center: identity_center::IdentityCenter,
    pub(super) queues: Arc<queue_store::QueueStore>,
    pub(super) scheduler: scheduler::Scheduler,
    pub(super) secrets: secret_store::SecretStore,
    pub(super) ses: mail::Mailer,
    pub(super) sqs: winterbaume_sqs::SqsService,
    pub(super) sts: sts::Sts,
}

impl EmbeddedAws {
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

    /// Keeps a secret under the ARN of a secret of Secrets Manager, or of a parameter.
    pub fn put_secret(&self, arn: &str, value: &str) {
        self.services.secrets.put(arn, value);
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

    /// Lets time pass for messages that wait in queues, where the time of the whole process was moved
    /// ([`service::clock::move_forward`]): everything else reads it there.
    pub(crate) fn pass_queues(&self, seconds: u32) {
        self.services.queues.pass_for_waiting(seconds.into());
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
