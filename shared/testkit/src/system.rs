//! The whole system in one process: embedded AWS and Slack, the ingress, the three workers, and the schedules.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use aws::scheduler::{SWEEP_ALL_SCHEDULE, SWEEP_SCHEDULE};
use domain::{GrantDuration, Job, QueueName};
use service::config::{ConfigError, IngressSettings};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::aws::identity_center::{IDENTITY_STORE_ID, INSTANCE_ARN};
use crate::aws::schedules;
use crate::demo;
use crate::federation::FederationEndpoint;
use crate::world::{World, secret};

/// The shortest grant in the sandbox, so that its end can be watched.
const MIN_DURATION: &str = "10s";
/// The sweep finds what the other two ends of a grant have missed, warns and reminds. It comes more often than in an account,
/// so that whoever moves the clock need not wait for it.
const SWEEP_EVERY: &str = "rate(1 minute)";
/// The look at the whole table finds what bears no mark.
const SWEEP_ALL_EVERY: &str = "rate(1 day)";
/// For how long what is in flight may go on after the sandbox was told to stop.
const STOP_LIMIT: Duration = Duration::from_secs(3);

/// A running system.
#[derive(Debug)]
pub struct System {
    world: World,
    /// Where the ingress listens, such as `http://127.0.0.1:40123`.
    pub ingress_url: String,
    /// Tells one start from another.
    pub start_id: String,
    /// How long a request stays open undecided.
    pub pending_ttl: GrantDuration,
    stopping: watch::Sender<bool>,
    tasks: tokio::sync::Mutex<JoinSet<()>>,
}

/// Why the system could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No port for the embedded Slack or the ingress.
    #[error("no local port could be opened: {0}")]
    Port(#[from] std::io::Error),
    /// The sandbox describes itself wrongly.
    #[error(transparent)]
    Configuration(#[from] ConfigError),
}

impl Deref for System {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

impl System {
    /// Starts everything, on local ports of its own.
    pub async fn start() -> Result<Arc<Self>, StartError> {
        let mut world = World::start(demo::people()).await?;
        world.set("MIN_DURATION", MIN_DURATION);
        world.set("AWS_SIGNIN_URL", &FederationEndpoint::start().await?.url);
        world.slack.add_channel(demo::channel());
        for (group, _, members) in demo::USER_GROUPS {
            world.slack.set_user_group(group, members);
        }
        let directory = demo::fill(world.aws.identity_center());
        world.set("IDENTITY_CENTER_INSTANCE_ARN", INSTANCE_ARN);
        world.set("IDENTITY_STORE_ID", IDENTITY_STORE_ID);
        for project in demo::projects(&directory) {
            world.put_project(&project).await;
        }
        let ingress_listener = TcpListener::bind("127.0.0.1:0").await?;
        let ingress_url = format!("http://{}", ingress_listener.local_addr()?);
        world.set("PUBLIC_URL", &ingress_url);
        let config = world.aws.sdk_config();

        let pending_ttl = world.settings(QueueName::Notify)?.pending_ttl;
        let (stopping, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        let settings = IngressSettings::from_lookup(&|name| world.variables.get(name).cloned())?;
        let post = world.aws.post();
        let (ingress_config, shutdown) = (config.clone(), wait(stopped.clone()));
        tasks.spawn(async move {
            let served =
                ingress::serve(&settings, &ingress_config, ingress_listener, shutdown, Some(post)).await;
            report("ingress", served);
        });
        for queue in [QueueName::Notify, QueueName::Provision, QueueName::Revoke] {
            let settings = world.settings(queue)?;
            let (config, shutdown) = (config.clone(), wait(stopped.clone()));
            tasks.spawn(async move {
                report(queue.as_str(), workers::run(&settings, &config, shutdown).await);
            });
        }
        tasks.spawn(schedules::run(Arc::clone(&world.aws), wait(stopped)));
        let whole = Job::SweepAll { after: None };
        for (name, every, job) in
            [(SWEEP_SCHEDULE, SWEEP_EVERY, Job::Sweep), (SWEEP_ALL_SCHEDULE, SWEEP_ALL_EVERY, whole)]
        {
            world.aws.add_schedule(name, every, &job.encode(), "keylease-revoke").await;
        }
        Ok(Arc::new(Self {
            ingress_url,
            start_id: secret(""),
            pending_ttl,
            world,
            stopping,
            tasks: tokio::sync::Mutex::new(tasks),
        }))
    }

    /// Stops the ingress and the workers; what is in flight has a few seconds to finish.
    pub async fn stop(&self) {
        self.stopping.send_replace(true);
        let mut tasks = self.tasks.lock().await;
        let finish = async { while tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(STOP_LIMIT, finish).await.is_err() {
            tasks.shutdown().await;
        }
    }

    /// Moves the time forward for everything in this process.
    #[expect(clippy::disallowed_methods, reason = "this is the sandbox, whose time can be moved")]
    pub fn move_clock(&self, seconds: u32) {
        service::clock::move_forward(seconds);
        self.aws.pass_queues(seconds);
    }

    /// Whether it was told to stop.
    pub fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }
}

/// Resolves when the system is told to stop, or is gone.
async fn wait(mut stopped: watch::Receiver<bool>) {
    let _told_or_gone = stopped.wait_for(|stopped| *stopped).await;
}

fn report<E: std::fmt::Display>(what: &str, result: Result<(), E>) {
    if let Err(error) = result {
        tracing::error!(%error, "the {what} stopped working");
    }
}
