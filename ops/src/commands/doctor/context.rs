//! What the checks stand on: the variables, AWS, and the time, read once for all of them.

use aws::dynamodb::Store;
use aws_config::SdkConfig;
use domain::{QueueName, UnixSeconds};
use service::config::DoctorSettings;

use crate::env::Env;
use crate::failure::Failure;

pub(super) struct DoctorContext<'a> {
    pub(super) settings: DoctorSettings,
    pub(super) aws: &'a SdkConfig,
    pub(super) now: UnixSeconds,
}

impl<'a> DoctorContext<'a> {
    /// Without a region there is nothing to look at; all else can be missing.
    pub(super) async fn read(env: &'a Env) -> Result<Self, Failure> {
        let settings = DoctorSettings::from_lookup(&|name| env.variable(name));
        let aws = env.aws().await?;
        Ok(Self { settings, aws, now: env.clock.now() })
    }

    /// Both tables, where their names are known.
    pub(super) fn store(&self) -> Option<Store> {
        let tables = self.settings.tables()?;
        Some(Store::new(self.aws, &tables.projects, &tables.requests))
    }

    /// The revoke queue's URL, where it is known.
    pub(super) fn revoke_queue(&self) -> Option<&str> {
        let mut queues = self.settings.queues.iter();
        queues.find(|(name, _)| *name == QueueName::Revoke).map(|(_, url)| url.as_str())
    }
}
