//! Every environment variable that Keylease reads itself. The AWS SDK reads its own.

/// An environment variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// What it is, with its unit or form.
    pub meaning: &'static str,
    /// What is used when it is absent; `None` when it must be set or is optional.
    pub default: Option<&'static str>,
}

macro_rules! variables {
    ($($constant:ident = $default:expr, $meaning:literal;)*) => {
        $(
            #[doc = $meaning]
            pub const $constant: Variable =
                Variable { name: stringify!($constant), meaning: $meaning, default: $default };
        )*

        /// All of them, for documentation and checks.
        pub const ALL: &[Variable] = &[$($constant),*];
    };
}

variables! {
    LISTEN_ADDR = Some("127.0.0.1:8080"), "address and port that the ingress listens on";
    SLACK_SIGNING_SECRET = None, "the Slack app's signing secret";
    WORKFLOW_TOKEN = None, "the bearer token that a workflow's web request carries";
    SLACK_BOT_TOKEN = None, "the Slack app's bot token, xoxb-…";
    SLACK_API_URL = Some("https://slack.com/api"), "Slack's Web API; http:// for loopback only";
    QUEUE_URL_NOTIFY = None, "URL of the notify queue";
    QUEUE_URL_PROVISION = None, "URL of the provision queue";
    QUEUE_URL_REVOKE = None, "URL of the revoke queue";
    DYNAMODB_TABLE_PROJECTS = None, "name of the table of projects";
    DYNAMODB_TABLE_REQUESTS = None, "name of the table of requests";
    DYNAMODB_INDEX_OPEN = None, "optional name of the index of the table of requests that sweeps read, and by which somebody's open requests are found; without it the whole table is read";
    DYNAMODB_TABLE_CLAIMS = None, "optional name of the table of claims; without it, or without `PUBLIC_URL`, no credential can be claimed";
    PUBLIC_URL = None, "optional URL at which the ingress is reached from outside; links to claim a credential begin with it";
    SES_FROM_ADDRESS = None, "verified sender of the credential email";
    SES_CONFIGURATION_SET = None, "optional SES configuration set of the credential email, whose events say that it did not arrive";
    SCHEDULER_GROUP = Some("default"), "EventBridge Scheduler group of the grants' ends";
    SCHEDULER_ROLE_ARN = None, "role that EventBridge Scheduler assumes to send to the revoke queue";
    SCHEDULER_DLQ_ARN = None, "optional dead-letter queue of the schedules themselves";
    PERMISSIONS_BOUNDARY_ARN = None, "optional permissions boundary of every user that is made";
    IDENTITY_CENTER_INSTANCE_ARN = None, "optional instance of IAM Identity Center; roles that give permission sets or groups need it";
    IDENTITY_STORE_ID = None, "identity store of that instance, d-…; needed where the instance is given";
    IDENTITY_CENTER_REGION = None, "optional region of that instance; the program's own when absent";
    IDENTITY_CENTER_PORTAL_URL = None, "optional address of the AWS access portal; the page of the identity store at awsapps.com when absent";
    DEPLOYMENT_ID = Some("keylease"), "names this installation where several share an AWS account";
    MIN_DURATION = Some("15m"), "shortest grant";
    PENDING_TTL = Some("24h"), "an undecided request lapses after this";
    METRICS_ADDR = None, "optional address and port that Prometheus scrapes metrics from";
    METRICS_NAMESPACE = Some("Keylease"), "CloudWatch's namespace of the metrics, on Lambda";
    AWS_SIGNIN_URL = None, "optional URL of AWS's federation endpoint, for tests; http:// for loopback only";
    RUST_LOG = Some("info"), "what is logged";
    LOG_FORMAT = None, "json or pretty; pretty when standard error is a terminal";
}
