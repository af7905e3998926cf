//! How a worker starts: variables, then Lambda or polling.

use std::process::ExitCode;
use std::sync::Arc;

use aws::sqs::JobConsumer;
use aws_config::SdkConfig;
use domain::QueueName;
use service::config::{WorkerSettings, is_lambda, metrics_namespace, process_environment};
use service::metrics::{Exporter, Metrics};
use service::program::{self, Fatal};
use tracing::info;

use crate::consumer::{self, Handler, poll, serve_lambda};
use crate::context::{Context, StartError};
use crate::dispatch::{self, Role, Worker};

/// A worker's whole `main`.
#[must_use]
pub fn main(queue: QueueName) -> ExitCode {
    program::main(queue.as_str(), || start(queue))
}

async fn start(queue: QueueName) -> Result<(), Fatal> {
    let settings = WorkerSettings::from_lookup(queue, &process_environment)?;
    let aws = aws::sdk::load().await;
    aws::sdk::check_region(&aws)?;
    if is_lambda(&process_environment) {
        let metrics = Metrics::printed(queue.as_str(), metrics_namespace(&process_environment));
        let Opened { consumer, worker } = open(&settings, &aws, metrics).await?;
        return serve_lambda(consumer, worker).await;
    }
    run(&settings, &aws, program::stop_signal()?).await?;
    Ok(())
}

/// A worker and its queue, ready to serve.
#[derive(Debug)]
pub struct Opened {
    /// The queue.
    pub consumer: JobConsumer,
    /// The handler of its jobs.
    pub worker: Arc<Worker>,
}

/// Connects a worker, which counts here.
pub async fn open(
    settings: &WorkerSettings,
    aws: &SdkConfig,
    metrics: Metrics,
) -> Result<Opened, StartError> {
    let queue = settings.role.queue();
    let url = settings.queues.of(queue);
    let consumer = JobConsumer::open(aws, url)
        .await
        .map_err(|source| StartError::Queue { url: url.to_owned(), source })?;
    let mut context = Context::connect(settings, aws).await?;
    consumer::init_series(&metrics, queue);
    dispatch::init_series(&metrics, queue);
    context.metrics = metrics;
    let role = Role::connect(settings, aws).await?;
    Ok(Opened { consumer, worker: Arc::new(Worker::new(role, context)) })
}

/// Runs a worker by polling, and serves its metrics where the settings say so, until `shutdown` resolves and all in flight is done.
pub async fn run(
    settings: &WorkerSettings,
    aws: &SdkConfig,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), StartError> {
    let queue = settings.role.queue();
    let metrics = Metrics::of(queue.as_str());
    let _serving = match settings.metrics_addr {
        Some(address) => Some(Exporter::bind(address).await?.serve(metrics.clone())),
        None => None,
    };
    let Opened { consumer, worker } = open(settings, aws, metrics).await?;
    serve(queue, consumer, worker, shutdown).await;
    Ok(())
}

async fn serve<H: Handler>(
    queue: QueueName,
    consumer: JobConsumer,
    handler: Arc<H>,
    shutdown: impl Future<Output = ()> + Send,
) {
    info!(
        worker = queue.as_str(),
        visibility_seconds = consumer.visibility_seconds,
        max_receive_count = consumer.max_receive_count,
        "started"
    );
    poll(consumer, handler, shutdown).await;
}
