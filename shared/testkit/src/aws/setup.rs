//! What is there from the start: queues, tables, policies, roles and the sender's address.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use aws::claims::EXPIRY_ATTRIBUTE;
use aws::dynamodb::OPEN_ATTRIBUTE;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType,
    PointInTimeRecoverySpecification, Projection, ProjectionType, ScalarAttributeType,
    TimeToLiveSpecification,
};
use serde_json::{Value, json};
use winterbaume_core::MockRequest;
use winterbaume_iam::IamStateView;
use winterbaume_iam::views::{
    AttachedPolicyView, InlinePolicyView, ManagedPolicyView, PolicyVersionView, RoleView,
};

use super::{ACCOUNT, EmbeddedAws, REGION};

/// The sender of mails.
pub const FROM_ADDRESS: &str = "access@keylease.example.com";
/// How often a job is tried before SQS moves it to the dead-letter queue.
pub const MAX_RECEIVE_COUNT: u32 = 8;
/// For how long a received job is hidden from other workers.
pub const VISIBILITY_TIMEOUT_SECONDS: u32 = 30;
/// For how long a dead-lettered job is kept: as long as SQS keeps anything.
const DLQ_RETENTION_SECONDS: u32 = 1_209_600;
/// A role for `session` grants of the demonstration.
pub const DEMO_SESSION_ROLE_ARN: &str = "arn:aws:iam::123456789012:role/payments-power";

pub(super) const QUEUES: [&str; 3] = ["notify", "provision", "revoke"];
/// The index of the table of requests that sweeps read.
pub(super) const OPEN_INDEX: &str = "open";
pub(super) const TABLES: [(&str, &str, &str); 3] = [
    ("DYNAMODB_TABLE_PROJECTS", "keylease-projects", "project"),
    ("DYNAMODB_TABLE_REQUESTS", "keylease-requests", "request_id"),
    ("DYNAMODB_TABLE_CLAIMS", "keylease-claims", "claim_id"),
];
/// Where the ingress would be reached from outside; what listens on a port of its own says another.
const PUBLIC_URL: &str = "https://keylease.example.com";
const BOUNDARY_ARN: &str = "arn:aws:iam::123456789012:policy/keylease-boundary";
const SCHEDULER_ROLE_ARN: &str = "arn:aws:iam::123456789012:role/keylease-scheduler";

/// Policies by ARN, each with the statements of its document; much shorter than AWS's own of the same names.
const POLICIES: [(&str, &str); 6] = [
    ("arn:aws:iam::aws:policy/AdministratorAccess", r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#),
    (
        "arn:aws:iam::aws:policy/PowerUserAccess",
        r#"{"Effect":"Allow","NotAction":["iam:*","organizations:*","account:*"],"Resource":"*"}"#,
    ),
    ("arn:aws:iam::aws:policy/AWSDenyAll", r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#),
    ("arn:aws:iam::aws:policy/ReadOnlyAccess", READ_ONLY),
    ("arn:aws:iam::aws:policy/job-function/ViewOnlyAccess", READ_ONLY),
    (
        BOUNDARY_ARN,
        r#"{"Effect":"Allow","Action":"*","Resource":"*"},
           {"Effect":"Deny","Action":["iam:*","organizations:*","account:*"],"Resource":"*"}"#,
    ),
];
const READ_ONLY: &str = r#"{"Effect":"Allow","Resource":"*","Action":[
    "dynamodb:BatchGet*","dynamodb:Describe*","dynamodb:Get*","dynamodb:List*","dynamodb:Query","dynamodb:Scan",
    "iam:Get*","iam:List*","scheduler:Get*","scheduler:List*","ses:Get*","ses:List*",
    "sqs:Get*","sqs:List*","sts:GetCallerIdentity"]}"#;

/// Makes everything that a deployment would have made.
pub(crate) async fn set_up(aws: &Arc<EmbeddedAws>) {
    for queue in QUEUES {
        make_queue(aws, queue);
    }
    for (arn, statements) in POLICIES {
        aws.add_policy(arn, &format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)).await;
    }
    aws.add_role(DEMO_SESSION_ROLE_ARN, Some("arn:aws:iam::aws:policy/PowerUserAccess")).await;
    aws.put_role(scheduler_role()).await;
    let tables = aws_sdk_dynamodb::Client::new(&aws.sdk_config());
    for (_, table, key) in TABLES {
        make_table(&tables, table, key).await;
    }
    verify_sender(aws).await;
}

/// The variables of the contract for this AWS.
pub(crate) fn variables() -> BTreeMap<String, String> {
    let queues =
        QUEUES.map(|queue| (format!("QUEUE_URL_{}", queue.to_uppercase()), queue_url(&queue_name(queue))));
    let tables = TABLES.map(|(variable, table, _)| (variable.to_owned(), table.to_owned()));
    let rest = [
        ("AWS_REGION", REGION),
        ("PUBLIC_URL", PUBLIC_URL),
        ("DYNAMODB_INDEX_OPEN", OPEN_INDEX),
        ("SES_FROM_ADDRESS", FROM_ADDRESS),
        ("SCHEDULER_GROUP", "default"),
        ("SCHEDULER_ROLE_ARN", SCHEDULER_ROLE_ARN),
        ("PERMISSIONS_BOUNDARY_ARN", BOUNDARY_ARN),
    ];
    let rest = rest.map(|(name, value)| (name.to_owned(), value.to_owned()));
    queues.into_iter().chain(tables).chain(rest).collect()
}

impl EmbeddedAws {
    /// Makes a configuration set of SES, without which no email can name it.
    pub async fn add_configuration_set(&self, name: &str) {
        self.services.ses.add_set(name).await;
    }

    /// Deletes a configuration set of SES.
    pub async fn delete_configuration_set(&self, name: &str) {
        self.services.ses.delete_set(name).await;
    }

    /// Adds or replaces a managed policy, also one of AWS's own.
    pub async fn add_policy(&self, arn: &str, document: &str) {
        let version = PolicyVersionView {
            version_id: "v1".to_owned(),
            document: document.to_owned(),
            is_default_version: true,
            create_date: None,
        };
        let policy = ManagedPolicyView {
            policy_name: last_segment(arn),
            policy_id: format!("ANPA{}", last_segment(arn).to_uppercase()),
            arn: arn.to_owned(),
            path: "/".to_owned(),
            default_version_id: "v1".to_owned(),
            description: String::new(),
            create_date: None,
            update_date: None,
            is_attachable: true,
            document: document.to_owned(),
            versions: vec![version],
            tags: HashMap::new(),
            attachment_count: 0,
        };
        let policies = HashMap::from([(arn.to_owned(), policy)]);
        self.services.iam.add(IamStateView { policies, ..empty() }).await;
    }

    /// Puts a record into a table as it is, good or bad; no fault meets it, and it is not among the calls.
    ///
    /// # Panics
    /// When there is no such table, or the record has no key.
    #[expect(clippy::panic, reason = "a record that is not taken is a fault of the test")]
    pub async fn put(&self, table: &str, record: &Value) {
        let put = self.services.dynamodb.add(table, record).await;
        put.unwrap_or_else(|why| panic!("{table} does not take {record}: {why}"));
    }

    /// Adds a schedule that sends `input` to a queue.
    pub async fn add_schedule(&self, name: &str, expression: &str, input: &str, queue: &str) {
        let schedule = json!({
            "ScheduleExpression": expression,
            "FlexibleTimeWindow": { "Mode": "OFF" },
            "Target": { "Arn": queue_arn(queue), "RoleArn": SCHEDULER_ROLE_ARN, "Input": input },
        });
        let request = MockRequest {
            method: "POST".to_owned(),
            uri: format!("https://scheduler.{REGION}.amazonaws.com/schedules/{name}"),
            headers: http::HeaderMap::new(),
            body: schedule.to_string().into(),
        };
        let answer = self.services.scheduler.handle(request, self.now()).await;
        if answer.status != 200 {
            tracing::error!(name, status = answer.status, "a schedule could not be made");
        }
    }

    /// Adds or replaces a role that the workers may assume, with one managed policy.
    pub async fn add_role(&self, arn: &str, policy_arn: Option<&str>) {
        let attached = policy_arn.map(|policy_arn| AttachedPolicyView {
            policy_name: last_segment(policy_arn),
            policy_arn: policy_arn.to_owned(),
        });
        let trust = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Action": ["sts:AssumeRole", "sts:SetSourceIdentity"],
            "Principal": { "AWS": format!("arn:aws:iam::{ACCOUNT}:role/keylease-worker") } }] });
        self.put_role_trusting(arn, attached, &trust.to_string()).await;
    }

    /// Adds or replaces a role with this trust policy, such as one that does not let the workers do all that they need.
    pub async fn set_trust(&self, arn: &str, trust: &str) {
        self.put_role_trusting(arn, None, trust).await;
    }

    async fn put_role_trusting(&self, arn: &str, attached: Option<AttachedPolicyView>, trust: &str) {
        self.put_role(RoleView {
            attached_policies: attached.into_iter().collect(),
            assume_role_policy_document: trust.to_owned(),
            ..role(arn)
        })
        .await;
    }

    async fn put_role(&self, role: RoleView) {
        let roles = HashMap::from([(role.name.clone(), role)]);
        self.services.iam.add(IamStateView { roles, ..empty() }).await;
    }
}

fn role(arn: &str) -> RoleView {
    RoleView {
        name: last_segment(arn),
        role_id: format!("AROA{}", last_segment(arn).to_uppercase().replace('-', "")),
        account_id: ACCOUNT.to_owned(),
        path: "/".to_owned(),
        arn: arn.to_owned(),
        assume_role_policy_document: r#"{"Version":"2012-10-17","Statement":[]}"#.to_owned(),
        description: String::new(),
        create_date: None,
        max_session_duration: 3_600,
        tags: HashMap::new(),
        attached_policies: Vec::new(),
        inline_policies: Vec::new(),
        permissions_boundary: None,
    }
}

/// The role that Scheduler sends the revoke job as.
fn scheduler_role() -> RoleView {
    let trust = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "Service": "scheduler.amazonaws.com" } }] });
    let send = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": queue_arn(&queue_name("revoke")) }] });
    let send = InlinePolicyView { policy_name: "send".to_owned(), policy_document: send.to_string() };
    RoleView {
        assume_role_policy_document: trust.to_string(),
        inline_policies: vec![send],
        ..role(SCHEDULER_ROLE_ARN)
    }
}

async fn verify_sender(aws: &EmbeddedAws) {
    let domain = FROM_ADDRESS.rsplit('@').next().unwrap_or(FROM_ADDRESS);
    let request = MockRequest {
        method: "POST".to_owned(),
        uri: format!("https://email.{REGION}.amazonaws.com/v2/email/identities"),
        headers: http::HeaderMap::new(),
        body: json!({ "EmailIdentity": domain }).to_string().into(),
    };
    let answer = aws.services.ses.handle(request, "CreateEmailIdentity", aws.now()).await;
    if answer.status != 200 {
        tracing::error!(domain, status = answer.status, "the sender could not be verified");
    }
}

pub(super) fn empty() -> IamStateView {
    IamStateView::from(&winterbaume_iam::IamState::default())
}

pub(super) fn make_queue(aws: &EmbeddedAws, queue: &str) {
    let name = queue_name(queue);
    let dlq = format!("{name}-dlq");
    let redrive =
        format!(r#"{{"deadLetterTargetArn":"{}","maxReceiveCount":"{MAX_RECEIVE_COUNT}"}}"#, queue_arn(&dlq));
    let attributes = HashMap::from([
        ("RedrivePolicy".to_owned(), redrive),
        ("VisibilityTimeout".to_owned(), VISIBILITY_TIMEOUT_SECONDS.to_string()),
    ]);
    let kept = HashMap::from([("MessageRetentionPeriod".to_owned(), DLQ_RETENTION_SECONDS.to_string())]);
    let mut state = aws.services.queues.state();
    for (name, attributes) in [(dlq, kept), (name, attributes)] {
        if let Err(error) = state.create_queue(&name, REGION, ACCOUNT, &attributes, None) {
            tracing::error!(%error, name, "a queue could not be made");
        }
    }
}

pub(super) async fn make_table(tables: &aws_sdk_dynamodb::Client, table: &str, key: &str) {
    // Only requests bear the mark, and only claims expire.
    let index = (key == "request_id").then_some(OPEN_INDEX);
    let expires = key == "claim_id";
    let attribute = |name: &str| {
        AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S).build()
    };
    let element =
        |name: &str| KeySchemaElement::builder().attribute_name(name).key_type(KeyType::Hash).build();
    let (Ok(key_attribute), Ok(key_element)) = (attribute(key), element(key)) else { return };
    let mut create = tables
        .create_table()
        .table_name(table)
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(key_attribute)
        .key_schema(key_element)
        .deletion_protection_enabled(true);
    if let Some(name) = index {
        let (Ok(attribute), Ok(element)) = (attribute(OPEN_ATTRIBUTE), element(OPEN_ATTRIBUTE)) else {
            return;
        };
        let keys_only = Projection::builder().projection_type(ProjectionType::KeysOnly).build();
        let index =
            GlobalSecondaryIndex::builder().index_name(name).key_schema(element).projection(keys_only);
        let Ok(index) = index.build() else { return };
        create = create.attribute_definitions(attribute).global_secondary_indexes(index);
    }
    let made = create.send().await;
    if let Err(error) = made {
        tracing::error!(?error, table, "a table could not be made");
    }
    if expires {
        let expiry =
            TimeToLiveSpecification::builder().enabled(true).attribute_name(EXPIRY_ATTRIBUTE).build();
        let Ok(expiry) = expiry else { return };
        let set = tables.update_time_to_live().table_name(table).time_to_live_specification(expiry);
        if let Err(error) = set.send().await {
            tracing::error!(?error, table, "the items of a table could not be made to expire");
        }
        return;
    }
    let recovery = PointInTimeRecoverySpecification::builder().point_in_time_recovery_enabled(true).build();
    let Ok(recovery) = recovery else { return };
    let protect = tables.update_continuous_backups().table_name(table);
    if let Err(error) = protect.point_in_time_recovery_specification(recovery).send().await {
        tracing::error!(?error, table, "a table could not be protected");
    }
}

pub(super) fn queue_name(queue: &str) -> String {
    format!("keylease-{queue}")
}

fn queue_arn(name: &str) -> String {
    format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}")
}

pub(super) fn queue_url(name: &str) -> String {
    format!("https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}")
}

pub(super) fn last_segment(arn: &str) -> String {
    arn.rsplit('/').next().unwrap_or(arn).to_owned()
}
