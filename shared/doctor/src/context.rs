//! What the checks stand on: the variables, AWS, and the time, read once for all of them.

use aws::dynamodb::Store;
use aws_config::SdkConfig;
use domain::{QueueName, UnixSeconds};
use service::config::DoctorSettings;

/// What the checks stand on.
#[derive(Debug)]
pub struct Context<'a> {
    /// What is known of the variables; all can be missing.
    pub settings: DoctorSettings,
    /// The SDK's configuration.
    pub aws: &'a SdkConfig,
    /// Now.
    pub now: UnixSeconds,
}

impl Context<'_> {
    /// Both tables, where their names are known.
    pub(crate) fn store(&self) -> Option<Store> {
        let tables = self.settings.tables()?;
        Some(Store::new(self.aws, &tables.projects, &tables.requests))
    }

    /// The revoke queue's URL, where it is known.
    pub(crate) fn revoke_queue(&self) -> Option<&str> {
        let mut queues = self.settings.queues.iter();
        queues.find(|(name, _)| *name == QueueName::Revoke).map(|(_, url)| url.as_str())
    }
}
