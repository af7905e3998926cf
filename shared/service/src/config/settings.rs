//! What each program is told at start.

use std::net::SocketAddr;

use domain::{DeploymentId, GrantDuration, QueueName};

use super::identity_center::IdentityCenterSettings;
use super::metrics::namespace;
use super::reader::{ConfigError, Lookup, Reader};
use super::secrets::SecretSource;
use super::values::{
    address, configuration_set, deployment, duration, index, log_directives, log_format, metrics_socket,
    policy_arn, public_url, queue_arn, role_arn, schedule_group, sign_in_url, slack_url, socket, table, url,
};
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
    /// The table of claims. Without it, nothing can be claimed.
    pub claims_table: Option<String>,
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
    /// Where credentials are claimed; nowhere when absent.
    pub claims: Option<ClaimsSettings>,
    /// Group of the schedules.
    pub scheduler_group: String,
    /// Which installation this is.
    pub deployment_id: DeploymentId,
    /// Shortest grant.
    pub min_duration: GrantDuration,
    /// How long a request stays open undecided.
    pub pending_ttl: GrantDuration,
    /// The Identity Center that people sign in by.
    pub identity_center: Option<IdentityCenterSettings>,
    /// Where metrics are scraped from.
    pub metrics_addr: Option<SocketAddr>,
    /// What only this worker needs.
    pub role: RoleSettings,
}

/// Where credentials are claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimsSettings {
    /// The table of claims.
    pub table: String,
    /// Where the ingress is reached from outside.
    pub public_url: String,
}

/// Which worker it is, with what only that one is told.
#[derive(Debug, Clone)]
pub enum RoleSettings {
    /// `notify`.
    Notify {
        /// The index of the table of requests by which somebody's own are found.
        open_index: Option<String>,
    },
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
    /// AWS's federation endpoint, where a test has another.
    pub sign_in_url: Option<String>,
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

impl ClaimsSettings {
    /// Both variables, or none: one alone lets nobody claim anything.
    pub(super) fn read(from: &mut Reader<'_>) -> Option<Self> {
        let (table, public_url) = Self::read_each(from);
        Some(Self { table: table?, public_url: public_url? })
    }

    /// The table and the URL, each where it is there.
    pub(super) fn read_each(from: &mut Reader<'_>) -> (Option<String>, Option<String>) {
        let table = from.optional(var::DYNAMODB_TABLE_CLAIMS, table);
        (table, from.optional(var::PUBLIC_URL, public_url))
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
        let claims_table = from.optional(var::DYNAMODB_TABLE_CLAIMS, table);
        from.optional(var::PUBLIC_URL, public_url);
        let metrics_addr = from.optional(var::METRICS_ADDR, metrics_socket);
        from.optional(var::METRICS_NAMESPACE, namespace);
        from.optional(var::RUST_LOG, log_directives);
        from.optional(var::LOG_FORMAT, log_format);
        let settings = (|| {
            Some(Self {
                listen: listen?,
                signing_secret: signing_secret?,
                workflow_token: workflow_token?,
                bot_token,
                slack_api_url: slack_api_url?,
                queues: queues?,
                claims_table,
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
        let projects_table = from.required(var::DYNAMODB_TABLE_PROJECTS, table);
        let requests_table = from.required(var::DYNAMODB_TABLE_REQUESTS, table);
        let claims = ClaimsSettings::read(&mut from);
        let scheduler_group = from.required(var::SCHEDULER_GROUP, schedule_group);
        let deployment_id = from.required(var::DEPLOYMENT_ID, deployment);
        let min_duration = from.required(var::MIN_DURATION, duration);
        let pending_ttl = from.required(var::PENDING_TTL, duration);
        let identity_center = IdentityCenterSettings::read(&mut from);
        let role = RoleSettings::read(queue, &mut from);
        let metrics_addr = from.optional(var::METRICS_ADDR, metrics_socket);
        from.optional(var::METRICS_NAMESPACE, namespace);
        from.optional(var::RUST_LOG, log_directives);
        from.optional(var::LOG_FORMAT, log_format);
        let settings = (|| {
            Some(Self {
                bot_token: bot_token?,
                slack_api_url: slack_api_url?,
                queues: queues?,
                projects_table: projects_table?,
                requests_table: requests_table?,
                claims,
                scheduler_group: scheduler_group?,
                deployment_id: deployment_id?,
                min_duration: min_duration?,
                pending_ttl: pending_ttl?,
                identity_center,
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
            Self::Notify { .. } => QueueName::Notify,
            Self::Provision(_) => QueueName::Provision,
            Self::Revoke { .. } => QueueName::Revoke,
        }
    }

    fn read(queue: QueueName, from: &mut Reader<'_>) -> Option<Self> {
        match queue {
            QueueName::Notify => {
                Some(Self::Notify { open_index: from.optional(var::DYNAMODB_INDEX_OPEN, index) })
            }
            QueueName::Provision => ProvisionSettings::read(from).map(Self::Provision),
            QueueName::Revoke => {
                Some(Self::Revoke { open_index: from.optional(var::DYNAMODB_INDEX_OPEN, index) })
            }
        }
    }
}

impl ProvisionSettings {
    fn read(from: &mut Reader<'_>) -> Option<Self> {
        let ses_from = from.required(var::SES_FROM_ADDRESS, address);
        let ses_configuration_set = from.optional(var::SES_CONFIGURATION_SET, configuration_set);
        let scheduler_role_arn = from.required(var::SCHEDULER_ROLE_ARN, role_arn);
        let scheduler_dlq_arn = from.optional(var::SCHEDULER_DLQ_ARN, queue_arn);
        let permissions_boundary_arn = from.optional(var::PERMISSIONS_BOUNDARY_ARN, policy_arn);
        let sign_in_url = from.optional(var::AWS_SIGNIN_URL, sign_in_url);
        Some(Self {
            ses_from: ses_from?,
            ses_configuration_set,
            scheduler_role_arn: scheduler_role_arn?,
            scheduler_dlq_arn,
            permissions_boundary_arn,
            sign_in_url,
        })
    }
}

impl Logging {
    /// Reads it, before anything else, so that the settings' faults can be logged. What is not understood counts as
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

#[cfg(test)]
mod tests;
