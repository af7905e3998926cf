//! What each program is told at start.

use std::net::SocketAddr;

use domain::{DeploymentId, GrantDuration, QueueName};

use super::metrics::namespace;
use super::reader::{ConfigError, Lookup, Parsed, Reader};
use super::secrets::SecretSource;
use super::variables as var;
use crate::telemetry::LogFormat;

/// What the ingress is told.
#[derive(Debug, Clone)]
pub struct IngressSettings {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Verifies Slack's signatures.
    pub signing_secret: SecretSource,
    /// Admits a workflow's unsigned request.
    pub workflow_token: SecretSource,
    /// The app's token, by which forms are opened. Without it, people ask by words alone.
    pub bot_token: Option<SecretSource>,
    /// Slack's Web API.
    pub slack_api_url: String,
    /// The queues that it sends to.
    pub queues: QueueUrls,
    /// Where metrics are scraped from.
    pub metrics_addr: Option<SocketAddr>,
}

/// What a worker is told. What only one of them needs is read for that one alone.
#[derive(Debug, Clone)]
pub struct WorkerSettings {
    /// The app's token.
    pub bot_token: SecretSource,
    /// Slack's Web API.
    pub slack_api_url: String,
    /// All three queues: each worker sends jobs to the others.
    pub queues: QueueUrls,
    /// The table of projects.
    pub projects_table: String,
    /// The table of requests.
    pub requests_table: String,
    /// Group of the schedules.
    pub scheduler_group: String,
    /// Which installation this is.
    pub deployment_id: DeploymentId,
    /// Shortest grant.
    pub min_duration: GrantDuration,
    /// How long a request stays open undecided.
    pub pending_ttl: GrantDuration,
    /// Where metrics are scraped from.
    pub metrics_addr: Option<SocketAddr>,
    /// What only this worker needs.
    pub role: RoleSettings,
}

/// Which worker it is, with what only that one is told.
#[derive(Debug, Clone)]
pub enum RoleSettings {
    /// `notify`.
    Notify,
    /// `provision`.
    Provision(ProvisionSettings),
    /// `revoke`.
    Revoke {
        /// The index of the table of requests that sweeps read.
        open_index: Option<String>,
    },
}

/// What makes and sends credentials.
#[derive(Debug, Clone)]
pub struct ProvisionSettings {
    /// Sender of the credential email.
    pub ses_from: String,
    /// SES configuration set of that email.
    pub ses_configuration_set: Option<String>,
    /// Role by which EventBridge Scheduler sends the revoke job.
    pub scheduler_role_arn: String,
    /// Dead-letter queue of the schedules.
    pub scheduler_dlq_arn: Option<String>,
    /// Boundary of every user that is made.
    pub permissions_boundary_arn: Option<String>,
}

/// The three queues' URLs.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct QueueUrls {
    pub notify: String,
    pub provision: String,
    pub revoke: String,
}

/// What is logged, and how it looks.
#[derive(Debug, Clone)]
pub struct Logging {
    /// `RUST_LOG`.
    pub directives: Option<String>,
    /// `LOG_FORMAT`.
    pub format: LogFormat,
}

impl QueueUrls {
    /// One of them.
    #[must_use]
    pub fn of(&self, queue: QueueName) -> &str {
        match queue {
            QueueName::Notify => &self.notify,
            QueueName::Provision => &self.provision,
            QueueName::Revoke => &self.revoke,
        }
    }

    pub(super) fn read(from: &mut Reader<'_>) -> Option<Self> {
        let notify = from.required(var::QUEUE_URL_NOTIFY, url);
        let provision = from.required(var::QUEUE_URL_PROVISION, url);
        let revoke = from.required(var::QUEUE_URL_REVOKE, url);
        Some(Self { notify: notify?, provision: provision?, revoke: revoke? })
    }
}

impl IngressSettings {
    /// Reads them, or names every variable that is wrong.
    pub fn from_lookup(lookup: Lookup<'_>) -> Result<Self, ConfigError> {
        let mut from = Reader::new(lookup);
        let listen = from.required(var::LISTEN_ADDR, |text| socket(text, "127.0.0.1:8080"));
        let signing_secret = from.secret(var::SLACK_SIGNING_SECRET, "");
        let workflow_token = from.secret(var::WORKFLOW_TOKEN, "");
        let bot_token = from.optional_secret(var::SLACK_BOT_TOKEN, "xoxb-");
        let slack_api_url = from.required(var::SLACK_API_URL, slack_url);
        let queues = QueueUrls::read(&mut from);
        let metrics_addr = from.optional(var::METRICS_ADDR, metrics_socket);
        from.optional(var::METRICS_NAMESPACE, namespace);
        from.optional(var::LOG_FORMAT, log_format);
        let settings = (|| {
            Some(Self {
                listen: listen?,
                signing_secret: signing_secret?,
                workflow_token: workflow_token?,
                bot_token,
                slack_api_url: slack_api_url?,
                queues: queues?,
                metrics_addr,
            })
        })();
        from.finish(settings)
    }
}

impl WorkerSettings {
    /// Reads what the worker of `queue` needs, or names every variable that is wrong.
    pub fn from_lookup(queue: QueueName, lookup: Lookup<'_>) -> Result<Self, ConfigError> {
        let mut from = Reader::new(lookup);
        let bot_token = from.secret(var::SLACK_BOT_TOKEN, "xoxb-");
        let slack_api_url = from.required(var::SLACK_API_URL, slack_url);
        let queues = QueueUrls::read(&mut from);
        let projects_table = from.required(var::DYNAMODB_TABLE_PROJECTS, text);
        let requests_table = from.required(var::DYNAMODB_TABLE_REQUESTS, text);
        let scheduler_group = from.required(var::SCHEDULER_GROUP, text);
        let deployment_id = from.required(var::DEPLOYMENT_ID, deployment);
        let min_duration = from.required(var::MIN_DURATION, duration);
        let pending_ttl = from.required(var::PENDING_TTL, duration);
        let role = RoleSettings::read(queue, &mut from);
        let metrics_addr = from.optional(var::METRICS_ADDR, metrics_socket);
        from.optional(var::METRICS_NAMESPACE, namespace);
        from.optional(var::LOG_FORMAT, log_format);
        let settings = (|| {
            Some(Self {
                bot_token: bot_token?,
                slack_api_url: slack_api_url?,
                queues: queues?,
                projects_table: projects_table?,
                requests_table: requests_table?,
                scheduler_group: scheduler_group?,
                deployment_id: deployment_id?,
                min_duration: min_duration?,
                pending_ttl: pending_ttl?,
                metrics_addr,
                role: role?,
            })
        })();
        from.finish(settings)
    }
}

impl RoleSettings {
    /// The queue of this worker.
    #[must_use]
    pub fn queue(&self) -> QueueName {
        match self {
            Self::Notify => QueueName::Notify,
            Self::Provision(_) => QueueName::Provision,
            Self::Revoke { .. } => QueueName::Revoke,
        }
    }

    fn read(queue: QueueName, from: &mut Reader<'_>) -> Option<Self> {
        match queue {
            QueueName::Notify => Some(Self::Notify),
            QueueName::Provision => ProvisionSettings::read(from).map(Self::Provision),
            QueueName::Revoke => {
                Some(Self::Revoke { open_index: from.optional(var::DYNAMODB_INDEX_OPEN, text) })
            }
        }
    }
}

impl ProvisionSettings {
    fn read(from: &mut Reader<'_>) -> Option<Self> {
        let ses_from = from.required(var::SES_FROM_ADDRESS, address);
        let ses_configuration_set = from.optional(var::SES_CONFIGURATION_SET, configuration_set);
        let scheduler_role_arn = from.required(var::SCHEDULER_ROLE_ARN, arn);
        let scheduler_dlq_arn = from.optional(var::SCHEDULER_DLQ_ARN, arn);
        let permissions_boundary_arn = from.optional(var::PERMISSIONS_BOUNDARY_ARN, arn);
        Some(Self {
            ses_from: ses_from?,
            ses_configuration_set,
            scheduler_role_arn: scheduler_role_arn?,
            scheduler_dlq_arn,
            permissions_boundary_arn,
        })
    }
}

impl Logging {
    /// Reads it, before anything else, so that the settings' faults can be logged. A format that is not known counts as
    /// absent here, and is named with the other faults.
    #[must_use]
    pub fn from_lookup(lookup: Lookup<'_>) -> Self {
        let format = lookup(var::LOG_FORMAT.name).and_then(|text| log_format(text.trim()).ok());
        let format = format.unwrap_or_else(LogFormat::fitting);
        Self { directives: lookup(var::RUST_LOG.name).filter(|text| !text.is_empty()), format }
    }
}

/// Whether Lambda runs this program.
#[must_use]
pub fn is_lambda(lookup: Lookup<'_>) -> bool {
    lookup("AWS_LAMBDA_RUNTIME_API").is_some()
}

#[expect(clippy::unnecessary_wraps, reason = "it stands beside the other readers")]
pub(super) fn text(text: &str) -> Parsed<String> {
    Ok(text.to_owned())
}

fn socket(text: &str, like: &str) -> Parsed<SocketAddr> {
    text.parse().map_err(|_| format!("`{text}` is not an address and port like {like}"))
}

fn metrics_socket(text: &str) -> Parsed<SocketAddr> {
    socket(text, "127.0.0.1:9464")
}

pub(super) fn url(text: &str) -> Parsed<String> {
    if text.starts_with("https://") || text.starts_with("http://") {
        Ok(text.trim_end_matches('/').to_owned())
    } else {
        Err(format!("`{text}` is not a URL"))
    }
}

/// `https://`, or `http://` to this machine: the token must not cross a network in the clear.
pub(super) fn slack_url(text: &str) -> Parsed<String> {
    let url = url(text)?;
    let Some(rest) = url.strip_prefix("http://") else { return Ok(url) };
    let authority = rest.split('/').next().unwrap_or(rest);
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next(),
        None => authority.split(':').next(),
    };
    match host {
        Some("localhost" | "::1") => Ok(url),
        Some(host) if host.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| ip.is_loopback()) => Ok(url),
        _ => Err(format!("`{text}` is plain http to another machine; use https")),
    }
}

pub(super) fn arn(text: &str) -> Parsed<String> {
    if text.starts_with("arn:") && text.split(':').count() >= 6 {
        Ok(text.to_owned())
    } else {
        Err(format!("`{text}` is not an ARN"))
    }
}

pub(super) fn address(text: &str) -> Parsed<String> {
    if text.contains('@') { Ok(text.to_owned()) } else { Err(format!("`{text}` is not an email address")) }
}

/// SES's own rule for these names.
pub(super) fn configuration_set(text: &str) -> Parsed<String> {
    const MAX_CHARS: usize = 64;
    let fits = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    if fits && text.len() <= MAX_CHARS {
        Ok(text.to_owned())
    } else {
        Err(format!(
            "`{text}` is not the name of a configuration set: up to {MAX_CHARS} of a-z, A-Z, 0-9, `_` and `-`"
        ))
    }
}

fn log_format(text: &str) -> Parsed<LogFormat> {
    match text {
        "json" => Ok(LogFormat::Json),
        "pretty" => Ok(LogFormat::Pretty),
        _ => Err(format!("`{text}` is neither `json` nor `pretty`")),
    }
}

pub(super) fn deployment(text: &str) -> Parsed<DeploymentId> {
    DeploymentId::parse(text).map_err(|why| format!("`{text}` cannot be used: {why}"))
}

pub(super) fn duration(text: &str) -> Parsed<GrantDuration> {
    GrantDuration::parse(text).map_err(|why| format!("`{text}` is not a duration like 15m or 24h: {why}"))
}

#[cfg(test)]
mod tests;
