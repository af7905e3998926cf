//! An AWS account of one test: queues with their DLQs, tables, the catalogue, a mail sender and roles.

use std::sync::atomic::{AtomicU64, Ordering};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
};
use aws_sdk_sqs::types::QueueAttributeName;
use serde_json::json;

use crate::catalogue;
use crate::emulator::emulator;

/// Where everything is.
pub const REGION: &str = "eu-central-1";
/// The emulator takes this secret of an account's root.
pub const ROOT_SECRET: &str = "test";
/// The sender of mail.
pub const FROM_ADDRESS: &str = "keylease@example.com";
/// The table of requests.
pub const REQUESTS: &str = "requests";
/// How long a received message stays hidden: short, so that a job that was dropped comes back within a test.
pub const VISIBILITY_SECONDS: u32 = 5;
/// How often a message is received before it is moved to the DLQ.
pub const RECEIVES_MAX: u32 = 4;

/// A queue with its DLQ.
#[derive(Debug, Clone)]
pub struct Queue {
    pub url: String,
    pub dlq_url: String,
}

/// One account.
#[derive(Debug, Clone)]
pub struct Cloud {
    /// Its number, which is also the access key id of its root.
    pub account: String,
    /// Clients of the root.
    pub config: SdkConfig,
    pub notify: Queue,
    pub provision: Queue,
    pub revoke: Queue,
    pub projects: String,
    pub requests: String,
    /// The table of claims.
    pub claims: String,
}

impl Cloud {
    /// A new account with everything that the programs need.
    pub async fn open() -> Self {
        static ACCOUNTS: AtomicU64 = AtomicU64::new(100_000_000_001);
        let account = ACCOUNTS.fetch_add(1, Ordering::Relaxed).to_string();
        let config = sdk_config(credentials(&account, ROOT_SECRET, None)).await;
        let cloud = Self::installed(account, config, "").await;
        let power = "arn:aws:iam::aws:policy/PowerUserAccess";
        tokio::join!(cloud.make_sender(), cloud.make_scheduler_role(), async {
            cloud.add_role(catalogue::POWER_ROLE).await;
            let attach = aws_sdk_iam::Client::new(&cloud.config).attach_role_policy();
            let attach = attach.role_name(catalogue::POWER_ROLE).policy_arn(power);
            attach.send().await.expect("a policy on the role");
        });
        cloud
    }

    /// What a second installation has of its own in this account: queues and tables, whose names begin with this.
    pub async fn second(&self, prefix: &str) -> Self {
        Self::installed(self.account.clone(), self.config.clone(), prefix).await
    }

    async fn installed(account: String, config: SdkConfig, prefix: &str) -> Self {
        let name = |name: &str| format!("{prefix}{name}");
        let names = ["notify", "provision", "revoke"].map(name);
        let (notify, provision, revoke) = tokio::join!(
            queue(&config, &account, &names[0]),
            queue(&config, &account, &names[1]),
            queue(&config, &account, &names[2]),
        );
        let (projects, requests, claims) = (name("projects"), name(REQUESTS), name("claims"));
        let cloud = Self { account, config, notify, provision, revoke, projects, requests, claims };
        cloud.make_tables().await;
        cloud
    }

    /// The endpoint that everything talks to.
    pub fn endpoint(&self) -> &'static str {
        emulator().url()
    }

    /// What the schedules' role is called; the emulator does not look at what it may do, `keylease doctor` does.
    pub fn scheduler_role_arn(&self) -> String {
        format!("arn:aws:iam::{}:role/keylease-scheduler", self.account)
    }

    async fn make_tables(&self) {
        let dynamodb = aws_sdk_dynamodb::Client::new(&self.config);
        for (table, key) in
            [(&self.projects, "project"), (&self.requests, "request_id"), (&self.claims, "claim_id")]
        {
            let attribute = AttributeDefinition::builder().attribute_name(key);
            let schema = KeySchemaElement::builder().attribute_name(key).key_type(KeyType::Hash);
            dynamodb
                .create_table()
                .table_name(table)
                .billing_mode(BillingMode::PayPerRequest)
                .attribute_definitions(attribute.attribute_type(ScalarAttributeType::S).build().unwrap())
                .key_schema(schema.build().unwrap())
                .send()
                .await
                .expect("a table");
        }
        for project in catalogue::projects(&self.account) {
            self.add_project(&project).await;
        }
    }

    async fn make_sender(&self) {
        let ses = aws_sdk_sesv2::Client::new(&self.config);
        ses.create_email_identity().email_identity(FROM_ADDRESS).send().await.expect("a verified sender");
    }

    async fn make_scheduler_role(&self) {
        let iam = aws_sdk_iam::Client::new(&self.config);
        let trust = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": { "Service": "scheduler.amazonaws.com" }, "Action": "sts:AssumeRole" }] });
        let role = iam.create_role().role_name("keylease-scheduler");
        role.assume_role_policy_document(trust.to_string()).send().await.expect("a role for schedules");
        let queue = format!("arn:aws:sqs:{REGION}:{}:*revoke", self.account);
        let send = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": queue }] });
        let put = iam.put_role_policy().role_name("keylease-scheduler").policy_name("send");
        put.policy_document(send.to_string()).send().await.expect("a policy on the role");
    }
}

/// A credential from its parts.
pub fn credentials(id: &str, secret: &str, token: Option<String>) -> Credentials {
    Credentials::new(id, secret, token, None, "endpoint tests")
}

/// Clients that talk to the emulator with these credentials.
pub async fn sdk_config(credentials: Credentials) -> SdkConfig {
    config_at(emulator().url(), REGION, credentials).await
}

/// Clients that talk to an emulator with these credentials.
pub(crate) async fn config_at(endpoint: &str, region: &'static str, credentials: Credentials) -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest())
        .region(Region::new(region))
        .endpoint_url(endpoint)
        .credentials_provider(credentials)
        .load()
        .await
}

async fn queue(config: &SdkConfig, account: &str, name: &str) -> Queue {
    let sqs = aws_sdk_sqs::Client::new(config);
    let dlq = sqs.create_queue().queue_name(format!("{name}-dlq")).send().await.expect("a DLQ");
    let redrive = json!({
        "deadLetterTargetArn": format!("arn:aws:sqs:{REGION}:{account}:{name}-dlq"),
        "maxReceiveCount": RECEIVES_MAX
    });
    let queue = sqs
        .create_queue()
        .queue_name(name)
        .attributes(QueueAttributeName::VisibilityTimeout, VISIBILITY_SECONDS.to_string())
        .attributes(QueueAttributeName::RedrivePolicy, redrive.to_string())
        .send()
        .await
        .expect("a queue");
    Queue { url: queue.queue_url.expect("the queue's URL"), dlq_url: dlq.queue_url.expect("the DLQ's URL") }
}
