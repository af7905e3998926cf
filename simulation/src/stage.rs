//! What a history plays on: an embedded AWS of its own, a Slack of its own, and the three real handlers.

use std::ops::Deref;
use std::sync::Arc;

use aws::claims::ClaimItem;
use aws::iam::{Appearing, Iam, NewPrincipal, TAG_EXPIRES_AT, TAG_REQUEST_ID};
use aws::sqs::JobConsumer;
use aws_config::SdkConfig;
use aws_lambda_events::sqs::SqsMessage;
use domain::{DeploymentId, QueueName};
use serde_json::{Map, Value};
use service::clock::Clock;
use testkit::aws::{self as embedded, Release, identity_center, plain_item};
use testkit::world::World;
use tokio::sync::mpsc;
use workers::consumer::{Handler, batch};
use workers::{Slice, Worker};

use crate::beside::{BYSTANDER, Beside, SECOND};
use crate::center;
use crate::client::config;
use crate::clock::{START, VirtualClock};
use crate::gate::{Arrival, Gate};
use crate::people::everybody;
use crate::queues::Message;
use crate::theme::Theme;

/// The stage could not be set up: nothing to do with what is simulated.
#[derive(Debug, thiserror::Error)]
#[error("the simulation cannot be set up: {0}")]
pub struct SetUpFailed(String);

impl SetUpFailed {
    pub(crate) fn new(why: &dyn std::fmt::Display) -> Self {
        Self(why.to_string())
    }
}

/// Nothing answers there: a session that is claimed comes without a link to the console.
const NO_SIGN_IN: &str = "http://127.0.0.1:9/federation";

/// The embedded AWS and the workers on it.
#[derive(Debug)]
pub(crate) struct Stage {
    world: World,
    pub(crate) clock: VirtualClock,
    pub(crate) pending_ttl_seconds: i64,
    /// What the history is about.
    pub(crate) theme: Theme,
    /// Whether a newer program writes records too.
    pub(crate) beside_newer: bool,
    gate: Gate,
    ours: Workers,
    /// The workers of the next release.
    next: Option<Workers>,
    /// The second deployment.
    second: Option<Second>,
}

/// The workers of one release, or of one deployment, in the order of the queues.
type Workers = Vec<(JobConsumer, Arc<Worker>)>;

/// Another deployment in the account, with people and projects of the same names.
#[derive(Debug)]
struct Second {
    workers: Workers,
    world: World,
}

impl Deref for Stage {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

impl Stage {
    /// Sets it up, with this project in the catalogue, and with what there is besides our own workers. All calls from then on arrive at the receiver.
    pub(crate) async fn new(
        theme: Theme,
        project: &Value,
        beside: Beside,
    ) -> Result<(Self, mpsc::UnboundedReceiver<Arrival>), SetUpFailed> {
        let failed = SetUpFailed::new;
        let mut world = World::start(everybody()).await.map_err(|e| failed(&e))?;
        if theme.has_claims() {
            world.set("AWS_SIGNIN_URL", NO_SIGN_IN);
        }
        if theme.has_center() {
            for (name, value) in [
                ("IDENTITY_CENTER_INSTANCE_ARN", identity_center::INSTANCE_ARN),
                ("IDENTITY_STORE_ID", identity_center::IDENTITY_STORE_ID),
            ] {
                world.set(name, value);
            }
            center::furnish(world.aws.identity_center());
        }
        world.aws.let_indexes_lag();
        if beside.newer {
            world.aws.let_another_version_write_beside(embedded::Beside::Newer);
        } else if beside.next {
            world.aws.let_another_version_write_beside(embedded::Beside::Nobody);
        }
        let clock = VirtualClock::new(&world.aws);
        world.slack.set_clock(clock.reading());
        let (gate, arrivals) = Gate::new();
        gate.stand_before(&world.aws, &world.slack);
        let sdk = config(&world.aws);
        let settings = world.settings(QueueName::Provision).map_err(|e| failed(&e))?;

        let for_workers = clock.for_workers(&gate);
        // So small that a look at the whole table goes on over the queue.
        let slice = Slice { page_records: 1, pages: 1, ..Slice::default() };
        let workers = async |world: &World, sdk: &SdkConfig| {
            let mut workers = Workers::new();
            for queue in QueueName::ALL {
                let url = world.settings(queue).map_err(|e| failed(&e))?.queues.of(queue).to_owned();
                let worker = world.worker(queue, sdk, &for_workers, slice).await.map_err(|e| failed(&e))?;
                let consumer = JobConsumer::open(sdk, &url).await.map_err(|e| failed(&e))?;
                workers.push((consumer, Arc::new(worker)));
            }
            Ok(workers)
        };
        let ours = workers(&world, &sdk).await?;
        let next = match Release::Next.config(&sdk).filter(|_| beside.next) {
            Some(sdk) => Some(workers(&world, &sdk).await?),
            None => None,
        };
        let second = if beside.second {
            let mut second = world.clone();
            second.variables.extend(world.aws.add_deployment(SECOND).await);
            let workers = workers(&second, &sdk).await?;
            add_bystander(&sdk, &for_workers).await.map_err(|e| failed(&e))?;
            Some(Second { workers, world: second })
        } else {
            None
        };
        let stage = Self {
            ours,
            next,
            pending_ttl_seconds: i64::from(settings.pending_ttl.seconds()),
            theme,
            beside_newer: beside.newer,
            clock,
            gate: gate.clone(),
            second,
            world,
        };
        stage.put_project(project).await;
        gate.close();
        Ok((stage, arrivals))
    }

    /// Whether there is a second deployment in the account.
    pub(crate) fn has_second(&self) -> bool {
        self.second.is_some()
    }

    /// Whether there are workers of the next release.
    pub(crate) fn has_next(&self) -> bool {
        self.next.is_some()
    }

    /// Every item of the table of requests of the second deployment, or of the first.
    pub(crate) async fn records(&self, of_second: bool) -> Vec<Arc<Map<String, Value>>> {
        let second = self.second.as_ref().filter(|_| of_second);
        let world = second.map_or(&self.world, |second| &second.world);
        world.aws.items(&world.variable("DYNAMODB_TABLE_REQUESTS")).await
    }

    /// What machines claim.
    pub(crate) async fn claims(&self) -> Vec<ClaimItem> {
        let items = self.world.aws.items(&self.world.variable("DYNAMODB_TABLE_CLAIMS")).await;
        let read = |item: &Arc<Map<String, Value>>| serde_json::from_value(plain_item(item).into()).ok();
        items.iter().filter_map(read).collect()
    }

    /// Puts the project into the catalogue, as `keylease projects apply` would; into the second deployment's too.
    pub(crate) async fn put_project(&self, project: &Value) {
        for world in [&self.world].into_iter().chain(self.second.as_ref().map(|second| &second.world)) {
            world.put_project(project).await;
        }
    }

    /// Hands a message to a worker, perhaps of the next release, which says at the gate when it is done.
    pub(crate) fn start(&self, worker: u32, message: &Message, is_next: bool) {
        let mut record = SqsMessage::default();
        record.message_id = Some(format!("m{}", message.number));
        record.body = Some(message.body.clone());
        record.receipt_handle = Some(message.receipt.to_string());
        record.attributes.insert("ApproximateReceiveCount".to_owned(), message.receives.to_string());
        if is_next {
            record.body = Some(Release::Next.received(&message.body));
        }
        let second = self.second.as_ref().filter(|_| message.of_second).map(|second| &second.workers);
        let workers = second.or(self.next.as_ref().filter(|_| is_next)).unwrap_or(&self.ours);
        let at = QueueName::ALL.iter().position(|queue| *queue == message.queue);
        if let Some(chosen) = at.and_then(|at| workers.get(at)) {
            self.spawn(worker, chosen, record);
        }
    }

    fn spawn<H: Handler>(
        &self,
        worker: u32,
        (consumer, handler): &(JobConsumer, Arc<H>),
        record: SqsMessage,
    ) {
        let (consumer, handler, gate) = (consumer.clone(), Arc::clone(handler), self.gate.clone());
        tokio::spawn(async move {
            let response = batch(&consumer, &handler, vec![record]).await;
            gate.done(worker, response.batch_item_failures.is_empty());
        });
    }
}

/// A user of a deployment that has no workers here, whose time is long over.
async fn add_bystander(sdk: &SdkConfig, clock: &Clock) -> Result<(), String> {
    let iam = Iam::new(sdk);
    let deployment = DeploymentId::parse(BYSTANDER).map_err(|e| e.to_string())?;
    let request_id = format!("{BYSTANDER}-1");
    let name = format!("keylease-{request_id}");
    let tags = [(TAG_REQUEST_ID, request_id), (TAG_EXPIRES_AT, START.plus_seconds(-3_600).rfc3339())];
    let user = NewPrincipal { name: &name, deployment: &deployment, tags: &tags, boundary_arn: None };
    iam.ensure_user(&user, &mut Appearing::new(clock)).await.map(drop).map_err(|e| e.to_string())
}
