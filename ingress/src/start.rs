//! How the ingress starts and stops, on a socket or on Lambda.

use std::process::ExitCode;
use std::time::Duration;

use aws::claims::ClaimReader;
use aws::direct::Post;
use aws::secrets::SecretUnreadable;
use aws_config::SdkConfig;
use service::config::{IngressSettings, SecretSource, is_lambda, metrics_namespace, process_environment};
use service::http_server::{self, Limits};
use service::metrics::{Exporter, Metrics, MetricsUnavailable};
use service::program::{self, Fatal};
use service::secret::{BotToken, SigningSecret, WorkflowToken};
use slack::Views;
use tokio::net::TcpListener;
use tracing::{debug, info};

use crate::enqueue::Enqueue;
use crate::verify::Verifier;
use crate::{Ingress, router};

const PROGRAM: &str = "ingress";
/// Slack opens few connections, and a storm of clicks has some hundreds in flight. An idle one is kept for longer than a
/// proxy in front does, so that none is closed just when a request comes: AWS's load balancer keeps one for 60 s.
const LIMITS: Limits = Limits {
    connections: 4_096,
    header_timeout: Duration::from_secs(75),
    max_connection_age: Duration::MAX,
    drain_timeout: Duration::from_secs(4),
};

/// The whole `main`.
#[must_use]
pub fn main() -> ExitCode {
    program::main(PROGRAM, start)
}

/// What it logs at level `debug` is when each step is done: `loadtest cold` reads from it where the time of a start goes.
async fn start() -> Result<(), Fatal> {
    debug!("running");
    let settings = IngressSettings::from_lookup(&process_environment)?;
    debug!("configured");
    let aws = aws::sdk::load().await;
    aws::sdk::check_region(&aws)?;
    debug!("SDK loaded");
    if is_lambda(&process_environment) {
        let metrics = Metrics::printed(PROGRAM, metrics_namespace(&process_environment));
        return lambda_http::run(router(open(&settings, &aws, metrics, None).await?)).await;
    }
    let listener = TcpListener::bind(settings.listen)
        .await
        .map_err(|e| format!("LISTEN_ADDR: cannot listen on {}: {e}", settings.listen))?;
    serve(&settings, &aws, listener, program::stop_signal()?, None).await?;
    Ok(())
}

async fn open(
    settings: &IngressSettings,
    aws: &SdkConfig,
    metrics: Metrics,
    post: Option<Post>,
) -> Result<Ingress, SecretUnreadable> {
    // At the same time, since whoever clicked waits for a start.
    let (signing_secret, workflow_token, bot_token) = tokio::try_join!(
        aws::secrets::read(&settings.signing_secret, aws),
        aws::secrets::read(&settings.workflow_token, aws),
        read_if_given(settings.bot_token.as_ref(), aws),
    )?;
    let signing_secret = SigningSecret::new(signing_secret);
    let keys = Verifier::new(&signing_secret, WorkflowToken::new(workflow_token));
    let mut ingress = Ingress::new(keys, Enqueue::new(aws, settings.queues.clone()), metrics);
    if let Some(token) = bot_token {
        ingress = ingress.with_views(Views::new(&settings.slack_api_url, BotToken::new(token)));
    }
    if let Some(table) = &settings.claims_table {
        ingress = ingress.with_claims(ClaimReader::new(aws, table, post), &signing_secret);
    }
    debug!("ready");
    Ok(ingress)
}

async fn read_if_given(
    source: Option<&SecretSource>,
    aws: &SdkConfig,
) -> Result<Option<String>, SecretUnreadable> {
    match source {
        Some(source) => aws::secrets::read(source, aws).await.map(Some),
        None => Ok(None),
    }
}

/// Why the ingress stopped serving.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// A secret could not be read at start.
    #[error(transparent)]
    Secret(#[from] SecretUnreadable),
    /// Metrics cannot be served where they should be.
    #[error(transparent)]
    Metrics(#[from] MetricsUnavailable),
    /// The socket failed.
    #[error("the socket failed: {0}")]
    Socket(#[from] std::io::Error),
}

/// Serves on the socket, and the metrics where the settings say so, until `shutdown` resolves and what is in flight is answered.
/// What reads claims posts its requests to `post`, where that is given, in place of the network.
pub async fn serve(
    settings: &IngressSettings,
    aws: &SdkConfig,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
    post: Option<Post>,
) -> Result<(), ServeError> {
    let metrics = Metrics::of(PROGRAM);
    let _serving = match settings.metrics_addr {
        Some(address) => Some(Exporter::bind(address).await?.serve(metrics.clone())),
        None => None,
    };
    let router = router(open(settings, aws, metrics, post).await?);
    info!(address = %listener.local_addr()?, "listening");
    let stop = async move {
        shutdown.await;
        info!("stopping: answering what is in flight");
    };
    http_server::serve(listener, router, LIMITS, stop).await;
    info!("stopped");
    Ok(())
}
