//! How a worker starts: variables, then Lambda or polling.

use std::process::ExitCode;
use std::sync::Arc;

use aws::sqs::Inbox;
use aws_config::SdkConfig;
use domain::QueueName;
use service::config::{WorkerSettings, is_lambda, metrics_namespace, process_environment};
use service::metrics::{Exporter, Metrics};
use service::program::{self, Fatal};
use tracing::info;

use crate::context::{Context, StartError};
use crate::notify::Notify;
use crate::provision::Provision;
use crate::revoke::Revoke;
use crate::runtime::{Handler, poll, serve_lambda};
use crate::{direct, record, revoke, runtime};

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
        return match open(queue, &settings, &aws, metrics).await? {
            Opened::Notify(inbox, handler) => serve_lambda(inbox, handler).await,
            Opened::Provision(inbox, handler) => serve_lambda(inbox, handler).await,
            Opened::Revoke(inbox, handler) => serve_lambda(inbox, handler).await,
        };
    }
    run(queue, &settings, &aws, program::stop_signal()?).await?;
    Ok(())
}

/// A worker's queue and handler, ready to serve.
#[derive(Debug)]
pub enum Opened {
    /// Takes requests in and tells people things.
    Notify(Inbox, Arc<Notify>),
    /// Decides and makes credentials.
    Provision(Inbox, Arc<Provision>),
    /// Ends access.
    Revoke(Inbox, Arc<Revoke>),
}

/// Connects a worker, which counts here.
pub async fn open(
    queue: QueueName,
    settings: &WorkerSettings,
    aws: &SdkConfig,
    metrics: Metrics,
) -> Result<Opened, StartError> {
    let url = settings.queues.of(queue);
    let inbox =
        Inbox::open(aws, url).await.map_err(|source| StartError::Queue { url: url.to_owned(), source })?;
    let mut context = Context::connect(queue, settings, aws).await?;
    begin(&metrics, queue);
    context.metrics = metrics;
    Ok(match queue {
        QueueName::Notify => Opened::Notify(inbox, Arc::new(Notify::new(context))),
        QueueName::Provision => Opened::Provision(inbox, Arc::new(Provision::new(context))),
        QueueName::Revoke => Opened::Revoke(inbox, Arc::new(Revoke::new(context))),
    })
}

/// Runs a worker by polling, and serves its metrics where the settings say so, until `shutdown` resolves and all in flight is done.
pub async fn run(
    queue: QueueName,
    settings: &WorkerSettings,
    aws: &SdkConfig,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), StartError> {
    let metrics = Metrics::of(queue.as_str());
    let _serving = match settings.metrics_addr {
        Some(address) => Some(Exporter::bind(address).await?.serve(metrics.clone())),
        None => None,
    };
    match open(queue, settings, aws, metrics).await? {
        Opened::Notify(inbox, handler) => serve(queue, inbox, handler, shutdown).await,
        Opened::Provision(inbox, handler) => serve(queue, inbox, handler, shutdown).await,
        Opened::Revoke(inbox, handler) => serve(queue, inbox, handler, shutdown).await,
    }
    Ok(())
}

/// Makes the series that alarms look at be there before anything happened.
fn begin(metrics: &Metrics, queue: QueueName) {
    runtime::begin(metrics, queue);
    record::begin(metrics);
    direct::begin(metrics);
    if queue == QueueName::Revoke {
        revoke::begin(metrics);
    }
}

async fn serve<H: Handler>(
    queue: QueueName,
    inbox: Inbox,
    handler: Arc<H>,
    shutdown: impl Future<Output = ()> + Send,
) {
    info!(
        worker = queue.as_str(),
        visibility_seconds = inbox.visibility_seconds,
        max_receive_count = inbox.max_receive_count,
        "started"
    );
    poll(inbox, handler, shutdown).await;
}
