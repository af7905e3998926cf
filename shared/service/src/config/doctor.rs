//! What `keylease doctor` is told: whatever of the workers' variables this shell has, and what is wrong with the rest.

use domain::{DeploymentId, GrantDuration, QueueName};

use super::identity_center::IdentityCenterSettings;
use super::ops::TableNames;
use super::reader::{Lookup, Reader, VariableFault};
use super::secrets::SecretSource;
use super::settings::ClaimsSettings;
use super::values::{
    address, configuration_set, deployment, duration, index, policy_arn, queue_arn, role_arn, schedule_group,
    slack_url, table, url,
};
use super::variables as var;

/// What it is told. Each can be absent, so that the others are looked at all the same.
#[derive(Debug, Clone)]
pub struct DoctorSettings {
    /// The queues' URLs.
    pub queues: Vec<(QueueName, String)>,
    /// The table of projects.
    pub projects_table: Option<String>,
    /// The table of requests.
    pub requests_table: Option<String>,
    /// The index of that table that sweeps read.
    pub open_index: Option<String>,
    /// Where credentials are claimed.
    pub claims: Option<ClaimsSettings>,
    /// The table of claims, where it is named and the URL of its links is not, so that nothing can be claimed.
    pub claims_without_url: Option<String>,
    /// Group of the schedules.
    pub scheduler_group: Option<String>,
    /// Role that sends the revoke job.
    pub scheduler_role_arn: Option<String>,
    /// Dead-letter queue of the schedules.
    pub scheduler_dlq_arn: Option<String>,
    /// Boundary of every user that is made.
    pub permissions_boundary_arn: Option<String>,
    /// Sender of the credential email.
    pub ses_from: Option<String>,
    /// The configuration set that the email is sent with.
    pub ses_configuration_set: Option<String>,
    /// The app's token.
    pub bot_token: Option<SecretSource>,
    /// Slack's Web API.
    pub slack_api_url: Option<String>,
    /// Which installation this is.
    pub deployment_id: Option<DeploymentId>,
    /// How long a request stays open undecided.
    pub pending_ttl: Option<GrantDuration>,
    /// The Identity Center that people sign in by.
    pub identity_center: Option<IdentityCenterSettings>,
    /// Every variable that is wrong, or that no command can do without.
    pub faults: Vec<VariableFault>,
}

impl DoctorSettings {
    /// Reads what is there.
    #[must_use]
    pub fn from_lookup(lookup: Lookup<'_>) -> Self {
        let mut from = Reader::new(lookup);
        let queues = [
            (QueueName::Notify, from.required(var::QUEUE_URL_NOTIFY, url)),
            (QueueName::Provision, from.required(var::QUEUE_URL_PROVISION, url)),
            (QueueName::Revoke, from.required(var::QUEUE_URL_REVOKE, url)),
        ];
        let (claims_table, public_url) = ClaimsSettings::read_each(&mut from);
        let (claims, claims_without_url) = match (claims_table, public_url) {
            (Some(table), Some(public_url)) => (Some(ClaimsSettings { table, public_url }), None),
            (table, _) => (None, table),
        };
        Self {
            queues: queues.into_iter().filter_map(|(name, url)| Some((name, url?))).collect(),
            projects_table: from.required(var::DYNAMODB_TABLE_PROJECTS, table),
            requests_table: from.required(var::DYNAMODB_TABLE_REQUESTS, table),
            open_index: from.optional(var::DYNAMODB_INDEX_OPEN, index),
            claims,
            claims_without_url,
            scheduler_group: from.required(var::SCHEDULER_GROUP, schedule_group),
            scheduler_role_arn: from.optional(var::SCHEDULER_ROLE_ARN, role_arn),
            scheduler_dlq_arn: from.optional(var::SCHEDULER_DLQ_ARN, queue_arn),
            permissions_boundary_arn: from.optional(var::PERMISSIONS_BOUNDARY_ARN, policy_arn),
            ses_from: from.optional(var::SES_FROM_ADDRESS, address),
            ses_configuration_set: from.optional(var::SES_CONFIGURATION_SET, configuration_set),
            bot_token: from.optional_secret(var::SLACK_BOT_TOKEN, "xoxb-"),
            slack_api_url: from.required(var::SLACK_API_URL, slack_url),
            deployment_id: from.required(var::DEPLOYMENT_ID, deployment),
            pending_ttl: from.required(var::PENDING_TTL, duration),
            identity_center: IdentityCenterSettings::read(&mut from),
            faults: from.into_faults(),
        }
    }

    /// Both tables, where both are named.
    #[must_use]
    pub fn tables(&self) -> Option<TableNames> {
        Some(TableNames { projects: self.projects_table.clone()?, requests: self.requests_table.clone()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_read_and_what_is_wrong_is_named() {
        let settings = DoctorSettings::from_lookup(&|name| match name {
            "QUEUE_URL_REVOKE" => Some("https://sqs.example.com/1/revoke".to_owned()),
            "SCHEDULER_ROLE_ARN" => Some("nonsense".to_owned()),
            "SLACK_BOT_TOKEN" => Some("xoxp-somebody".to_owned()),
            _ => None,
        });
        assert_eq!(settings.queues, [(QueueName::Revoke, "https://sqs.example.com/1/revoke".to_owned())]);
        assert!(settings.tables().is_none() && settings.bot_token.is_none());
        let names: Vec<&str> = settings.faults.iter().map(|fault| fault.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "QUEUE_URL_NOTIFY",
                "QUEUE_URL_PROVISION",
                "DYNAMODB_TABLE_PROJECTS",
                "DYNAMODB_TABLE_REQUESTS",
                "SCHEDULER_ROLE_ARN",
                "SLACK_BOT_TOKEN"
            ]
        );
    }
}
