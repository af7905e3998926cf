//! What the operator's command line is told: the workers' own variables, as far as a command needs them.

use domain::{DeploymentId, GrantDuration};

use super::identity_center::IdentityCenterSettings;
use super::reader::{ConfigError, Lookup, Reader};
use super::settings::{ClaimsSettings, QueueUrls};
use super::values::{deployment, duration, queue_arn, schedule_group, table};
use super::variables as var;

/// What a command is told that looks at everything.
#[derive(Debug, Clone)]
pub struct OpsSettings {
    /// The two tables.
    pub tables: TableNames,
    /// The three queues.
    pub queues: QueueUrls,
    /// Group of the schedules.
    pub scheduler_group: String,
    /// Dead-letter queue of the schedules.
    pub scheduler_dlq_arn: Option<String>,
    /// Which installation this is.
    pub deployment_id: DeploymentId,
    /// How long a request stays open undecided.
    pub pending_ttl: GrantDuration,
    /// The Identity Center that people sign in by.
    pub identity_center: Option<IdentityCenterSettings>,
}

/// The names of the two tables: all that a command is told that looks at nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct TableNames {
    pub projects: String,
    pub requests: String,
}

impl OpsSettings {
    /// Reads them, or names every variable that is wrong.
    pub fn from_lookup(lookup: Lookup<'_>) -> Result<Self, ConfigError> {
        let mut from = Reader::new(lookup);
        let tables = TableNames::read(&mut from);
        let queues = QueueUrls::read(&mut from);
        let scheduler_group = from.required(var::SCHEDULER_GROUP, schedule_group);
        let scheduler_dlq_arn = from.optional(var::SCHEDULER_DLQ_ARN, queue_arn);
        let deployment_id = from.required(var::DEPLOYMENT_ID, deployment);
        let pending_ttl = from.required(var::PENDING_TTL, duration);
        let identity_center = IdentityCenterSettings::read(&mut from);
        let settings = (|| {
            Some(Self {
                tables: tables?,
                queues: queues?,
                scheduler_group: scheduler_group?,
                scheduler_dlq_arn,
                deployment_id: deployment_id?,
                pending_ttl: pending_ttl?,
                identity_center,
            })
        })();
        from.finish(settings)
    }
}

/// Reads the workers' shortest grant, or says what is wrong with it: for checks of what can be asked for.
pub fn shortest_grant(lookup: Lookup<'_>) -> Result<GrantDuration, ConfigError> {
    let mut from = Reader::new(lookup);
    let shortest = from.required(var::MIN_DURATION, duration);
    from.finish(shortest)
}

/// Reads which Identity Center people sign in by, or says what is wrong with it.
pub fn identity_center(lookup: Lookup<'_>) -> Result<Option<IdentityCenterSettings>, ConfigError> {
    let mut from = Reader::new(lookup);
    let settings = IdentityCenterSettings::read(&mut from);
    from.finish(Some(settings))
}

/// Whether the workers have where credentials are claimed: a check of the catalogue needs to know.
pub fn claims_are_set_up(lookup: Lookup<'_>) -> Result<bool, ConfigError> {
    let mut from = Reader::new(lookup);
    let is_there = ClaimsSettings::read(&mut from).is_some();
    from.finish(Some(is_there))
}

impl TableNames {
    /// Reads them, or names every variable that is wrong.
    pub fn from_lookup(lookup: Lookup<'_>) -> Result<Self, ConfigError> {
        let mut from = Reader::new(lookup);
        let tables = Self::read(&mut from);
        from.finish(tables)
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        let projects = from.required(var::DYNAMODB_TABLE_PROJECTS, table);
        let requests = from.required(var::DYNAMODB_TABLE_REQUESTS, table);
        Some(Self { projects: projects?, requests: requests? })
    }
}
