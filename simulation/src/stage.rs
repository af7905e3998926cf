//! What a history plays on: an embedded AWS of its own, a Slack of its own, and the three real handlers.

use std::collections::HashMap;
use std::sync::Arc;

use aws::iam::{Appearing, Iam, NewUser, TAG_EXPIRES_AT, TAG_REQUEST_ID};
use aws::sqs::JobConsumer;
use aws_lambda_events::sqs::SqsMessage;
use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use domain::{DeploymentId, QueueName};
use serde_json::{Map, Value, json};
use service::clock::Clock;
use service::config::WorkerSettings;
use testkit::aws::{self as embedded, EmbeddedAws, Release};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use workers::consumer::{Handler, batch};
use workers::{Context, Role, Slice, Worker};

use crate::client::{Mint, PastTheGate, gated};
use crate::clock::{START, VirtualClock};
use crate::gate::{Arrival, Gate};
use crate::invariants::deployments::BYSTANDER;
use crate::play::Beside;
use crate::queues::Message;
use crate::slack;

/// The stage could not be set up: nothing to do with what is simulated.
#[derive(Debug, thiserror::Error)]
#[error("the simulation cannot be set up: {0}")]
pub struct SetUpFailed(String);

impl SetUpFailed {
    pub(crate) fn new(why: &dyn std::fmt::Display) -> Self {
        Self(why.to_string())
    }
}

/// The embedded AWS and the workers on it.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) aws: Arc<EmbeddedAws>,
    pub(crate) clock: VirtualClock,
    pub(crate) mint: Mint,
    requests_table: String,
    projects_table: String,
    pub(crate) pending_ttl_seconds: i64,
    /// Whether a newer program writes records too.
    pub(crate) beside_newer: bool,
    gate: Gate,
    past: PastTheGate,
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
    requests_table: String,
    projects_table: String,
}

impl Stage {
    /// Sets it up, with this project in the catalogue, and with what there is besides our own workers. All calls from then on arrive at the receiver.
    pub(crate) async fn new(
        project: &Value,
        beside: Beside,
    ) -> Result<(Self, mpsc::UnboundedReceiver<Arrival>), SetUpFailed> {
        let failed = SetUpFailed::new;
        let aws = EmbeddedAws::start().await;
        aws.let_indexes_lag();
        if beside.newer {
            aws.let_another_version_write_beside(embedded::Beside::Newer);
        } else if beside.next {
            aws.let_another_version_write_beside(embedded::Beside::Nobody);
        }
        let clock = VirtualClock::new(&aws);
        let (gate, arrivals) = Gate::new();
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(|e| failed(&e))?;
        let address = listener.local_addr().map_err(|e| failed(&e))?;
        slack::serve(listener, gate.clone());

        let mut variables = aws.variables();
        variables.insert("SLACK_BOT_TOKEN".to_owned(), BOT_TOKEN.to_owned());
        variables.insert("SLACK_API_URL".to_owned(), format!("http://{address}/api"));
        let lookup = |name: &str| variables.get(name).cloned();
        let settings = WorkerSettings::from_lookup(QueueName::Provision, &lookup).map_err(|e| failed(&e))?;
        let mint = Mint::default();
        let past = PastTheGate::default();
        let sdk = gated(&aws.sdk_config(), &gate, &mint, &past).ok_or_else(|| failed(&"no HTTP client"))?;

        let workers = async |sdk: &aws_config::SdkConfig, lookup: &dyn Fn(&str) -> Option<String>| {
            let mut workers = Workers::new();
            for queue in QueueName::ALL {
                let own = WorkerSettings::from_lookup(queue, lookup).map_err(|e| failed(&e))?;
                let mut context = Context::connect(&own, sdk).await.map_err(|e| failed(&e))?;
                context.clock = clock.for_workers(&gate);
                // So small that a look at the whole table goes on over the queue.
                context.slice = Slice { page_records: 1, pages: 1, ..Slice::default() };
                let role = Role::connect(&own, sdk).await.map_err(|e| failed(&e))?;
                let consumer = JobConsumer::open(sdk, own.queues.of(queue)).await.map_err(|e| failed(&e))?;
                workers.push((consumer, Arc::new(Worker::new(role, context))));
            }
            Ok(workers)
        };
        let ours = workers(&sdk, &lookup).await?;
        let next = match Release::Next.config(&sdk).filter(|_| beside.next) {
            Some(sdk) => Some(workers(&sdk, &lookup).await?),
            None => None,
        };
        let second = if beside.second {
            let mut own = aws.add_deployment(SECOND).await;
            for name in ["SLACK_BOT_TOKEN", "SLACK_API_URL"] {
                own.extend(variables.get(name).map(|value| (name.to_owned(), value.clone())));
            }
            let lookup = |name: &str| own.get(name).cloned();
            let settings = WorkerSettings::from_lookup(QueueName::Revoke, &lookup).map_err(|e| failed(&e))?;
            let workers = workers(&sdk, &lookup).await?;
            add_bystander(&sdk, &clock.for_workers(&gate)).await.map_err(|e| failed(&e))?;
            let (requests_table, projects_table) = (settings.requests_table, settings.projects_table);
            Some(Second { workers, requests_table, projects_table })
        } else {
            None
        };
        let stage = Self {
            ours,
            next,
            pending_ttl_seconds: i64::from(settings.pending_ttl.seconds()),
            requests_table: settings.requests_table,
            projects_table: settings.projects_table,
            beside_newer: beside.newer,
            aws,
            clock,
            mint,
            gate: gate.clone(),
            second,
            past,
        };
        stage.put_project(project).await?;
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

    /// The table of requests of the second deployment, or of the first.
    pub(crate) fn requests_table(&self, of_second: bool) -> &str {
        let second = self.second.as_ref().filter(|_| of_second);
        second.map_or(&self.requests_table, |second| &second.requests_table)
    }

    /// Puts the project into the catalogue, as `keylease projects apply` would; into the second deployment's too.
    pub(crate) async fn put_project(&self, project: &Value) -> Result<(), SetUpFailed> {
        let second = self.second.as_ref().map(|second| &second.projects_table);
        for table in [&self.projects_table].into_iter().chain(second) {
            put_item(&self.past, table, project).await.map_err(|error| SetUpFailed::new(&error))?;
        }
        Ok(())
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

/// The id of the second deployment.
pub(crate) const SECOND: &str = "second";

/// A user of a deployment that has no workers here, whose time is long over.
async fn add_bystander(sdk: &aws_config::SdkConfig, clock: &Clock) -> Result<(), String> {
    let iam = Iam::new(sdk);
    let deployment = DeploymentId::parse(BYSTANDER).map_err(|e| e.to_string())?;
    let request_id = format!("{BYSTANDER}-1");
    let name = format!("keylease-{request_id}");
    let tags = [(TAG_REQUEST_ID, request_id), (TAG_EXPIRES_AT, START.plus_seconds(-3_600).rfc3339())];
    let user = NewUser { name: &name, deployment: &deployment, tags: &tags, boundary_arn: None };
    iam.ensure_user(&user, &mut Appearing::new(clock)).await.map(drop).map_err(|e| e.to_string())
}

const BOT_TOKEN: &str = "xoxb-simulated";

/// Puts an item into a table of the embedded AWS, past the gate and without a client of its own.
async fn put_item(past: &PastTheGate, table: &str, item: &Value) -> Result<(), String> {
    let (connector, signed) = past.get().ok_or("no client has called yet")?;
    let body = json!({ "TableName": table, "Item": attributes(item.as_object().unwrap_or(&Map::new())) });
    let mut request = HttpRequest::new(SdkBody::from(body.to_string()));
    request.set_method("POST").map_err(|e| e.to_string())?;
    request.set_uri("https://dynamodb.us-east-1.amazonaws.com/").map_err(|e| e.to_string())?;
    let scope = format!("{signed}/20261123/us-east-1/dynamodb/aws4_request");
    request.headers_mut().insert("authorization", scope);
    request.headers_mut().insert("x-amz-target", "DynamoDB_20120810.PutItem");
    let answer = connector.call(request).await.map_err(|e| e.to_string())?;
    if answer.status().is_success() { Ok(()) } else { Err(format!("PutItem: {}", answer.status().as_u16())) }
}

/// JSON as DynamoDB's tagged values.
fn attributes(item: &Map<String, Value>) -> Value {
    let tagged: HashMap<&String, Value> = item.iter().map(|(name, value)| (name, tagged(value))).collect();
    json!(tagged)
}

fn tagged(value: &Value) -> Value {
    match value {
        Value::Null => json!({ "NULL": true }),
        Value::Bool(value) => json!({ "BOOL": value }),
        Value::Number(value) => json!({ "N": value.to_string() }),
        Value::String(value) => json!({ "S": value }),
        Value::Array(values) => json!({ "L": values.iter().map(tagged).collect::<Vec<_>>() }),
        Value::Object(values) => json!({ "M": attributes(values) }),
    }
}
