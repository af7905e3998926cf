//! Starting an AWS, and how programs reach it.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex, OnceLock};

use super::embedded::{EmbeddedAws, Services};
use super::iam::Iam;
use super::identity_center::IdentityCenter;
use super::mail::Mailer;
use super::queue_store::QueueStore;
use super::scheduler::Scheduler;
use super::secret_store::SecretStore;
use super::sts::Sts;
use super::tables::Tables;
use super::{client, setup};
use crate::lock::lock;

impl EmbeddedAws {
    /// Starts an AWS of its own, with the queues, tables, policies, roles and sender that Keylease expects.
    pub async fn start() -> Arc<Self> {
        let queues = Arc::new(QueueStore::default());
        let services = Services {
            dynamodb: Tables::default(),
            iam: Iam::default(),
            identity_center: IdentityCenter::default(),
            sqs: winterbaume_sqs::SqsService::with_backend(Arc::clone(&queues) as _),
            queues,
            scheduler: Scheduler::default(),
            secrets: SecretStore::default(),
            ses: Mailer::default(),
            sts: Sts::default(),
        };
        let aws = Arc::new(Self {
            services,
            calls: Mutex::default(),
            credentials: Mutex::default(),
            hook: Mutex::default(),
            clock_shift_seconds: AtomicI64::new(0),
            stopped_at: OnceLock::new(),
        });
        setup::set_up(&aws).await;
        lock(&aws.calls).clear();
        aws
    }

    /// The SDK configuration with which the workers call this AWS.
    pub fn sdk_config(self: &Arc<Self>) -> aws_config::SdkConfig {
        client::worker_config(self)
    }

    /// The SDK configuration of someone who holds this key.
    pub fn sdk_config_for(
        self: &Arc<Self>,
        access_key_id: &str,
        secret_access_key: &str,
        session_token: Option<&str>,
    ) -> aws_config::SdkConfig {
        client::config(self, access_key_id, secret_access_key, session_token)
    }

    /// The environment variables that describe this AWS, as a deployment would set them.
    pub fn variables(&self) -> BTreeMap<String, String> {
        setup::variables()
    }
}
