//! What every handler works with: one of each, made at start and shared.

use std::time::Duration;

use aws::console::Federation;
use aws::dynamodb::{ClaimStore, Store};
use aws::iam::Iam;
use aws::identity_center::IdentityCenter;
use aws::scheduler::{ScheduleTarget, Schedules};
use aws::secrets::SecretUnreadable;
use aws::ses::Mailer;
use aws::sqs::JobSender;
use aws_config::SdkConfig;
use domain::{DeploymentId, GrantDuration, QueueName, UnixSeconds};
use service::CallError;
use service::clock::Clock;
use service::config::{ProvisionSettings, QueueUrls, RoleSettings, WorkerSettings};
use service::metrics::{Metrics, MetricsUnavailable};
use service::secret::BotToken;
use slack::{Slack, SlackUnavailable};

use crate::grants::accounts::{Account, Accounts};
use crate::reconcile::last_asked::LastAsked;
use crate::reconcile::turn::Turns;
use crate::requests::inactive::Inactive;
use crate::requests::user_groups::UserGroups;
use crate::slack_sync::pace::Pace;
use crate::slack_sync::viewers::Viewers;

/// What every handler works with.
#[derive(Debug, Clone)]
pub struct Context {
    /// Which installation this is.
    pub deployment: DeploymentId,
    /// The tables.
    pub store: Store,
    /// The queues that jobs are sent to.
    pub jobs: JobSender,
    /// Slack.
    pub slack: Slack,
    /// The grants' schedules.
    pub schedules: Schedules,
    /// Where credentials are claimed; nowhere when absent.
    pub claims: Option<ClaimPlace>,
    /// Shortest grant.
    pub min_duration: GrantDuration,
    /// How long a request stays open undecided.
    pub pending_ttl: GrantDuration,
    /// The index of open requests that sweeps read, and by which somebody's own are found, where there is one.
    pub open_index: Option<String>,
    /// The Identity Center that people sign in by, where there is one.
    pub identity_center: Option<IdentityCenter>,
    /// How much of the table one job of a whole look at it works through.
    pub slice: Slice,
    /// Reads the time. A test hands in its own.
    pub clock: Clock,
    /// What is counted and measured.
    pub metrics: Metrics,
    /// One sweep at a time.
    pub(crate) turns: Turns,
    /// Who opened their App Home lately.
    pub(crate) viewers: Viewers,
    /// Who writes to Slack next, where it has asked to wait.
    pub(crate) pace: Pace,
    /// When Slack was asked whether people with live grants are still there.
    pub(crate) last_asked: LastAsked,
    /// The members of Slack's user groups.
    pub(crate) user_groups: UserGroups,
    /// Whose account was seen to be deactivated lately.
    pub(crate) inactive: Inactive,
    /// IAM in this account, where nearly every grant is made.
    iam: Iam,
    /// The other accounts that projects act in.
    accounts: Accounts,
    aws: SdkConfig,
    /// What its sessions in other accounts are called, by which the roles there tell the workers apart.
    session_name: String,
}

/// Where credentials are claimed.
#[derive(Debug, Clone)]
pub struct ClaimPlace {
    /// The table of claims.
    pub store: ClaimStore,
    /// Where the ingress is reached from outside.
    pub public_url: String,
}

/// How much of the table of requests one job works through before it leaves the rest to the next: whichever is reached
/// first, looked at after each page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    /// Records of one page.
    pub page_records: i32,
    /// Pages.
    pub pages: u32,
    /// Time.
    pub time: Duration,
}

impl Default for Slice {
    /// Far under the 300 s of Lambda: 100 s, and then a page of nothing but leftovers, at some 2 s each.
    fn default() -> Self {
        Self { page_records: 50, pages: 500, time: Duration::from_secs(100) }
    }
}

/// What only `provision` has.
#[derive(Debug, Clone)]
pub struct ProvisionDeps {
    /// Sends credentials.
    pub mailer: Mailer,
    /// Where the schedules of grants send to.
    pub schedule_target: ScheduleTarget,
    /// The boundary of every user.
    pub permissions_boundary_arn: Option<String>,
    /// Where sessions sign in to the console.
    pub federation: Federation,
}

impl ProvisionDeps {
    /// Connects it.
    pub async fn connect(
        settings: &ProvisionSettings,
        queues: &QueueUrls,
        aws: &SdkConfig,
    ) -> Result<Self, StartError> {
        let jobs = JobSender::new(aws, queues.clone());
        let queue_arn = jobs
            .arn(QueueName::Revoke)
            .await
            .map_err(|source| StartError::Queue { url: queues.revoke.clone(), source })?;
        Ok(Self {
            mailer: Mailer::new(aws, &settings.ses_from, settings.ses_configuration_set.as_deref()),
            schedule_target: ScheduleTarget {
                queue_arn,
                role_arn: settings.scheduler_role_arn.clone(),
                dlq_arn: settings.scheduler_dlq_arn.clone(),
            },
            permissions_boundary_arn: settings.permissions_boundary_arn.clone(),
            federation: Federation::new(aws, settings.sign_in_url.as_deref()),
        })
    }
}

/// Why a worker cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A variable is missing or malformed.
    #[error(transparent)]
    Config(#[from] service::config::ConfigError),
    /// A secret cannot be read.
    #[error(transparent)]
    Secret(#[from] SecretUnreadable),
    /// TLS is not available.
    #[error(transparent)]
    Slack(#[from] SlackUnavailable),
    /// Metrics cannot be served where they should be.
    #[error(transparent)]
    Metrics(#[from] MetricsUnavailable),
    /// The worker's own queue cannot be read.
    #[error("the queue {url} cannot be used: {source}")]
    Queue {
        /// Its URL.
        url: String,
        /// Why not.
        source: CallError,
    },
}

impl Context {
    /// Connects everything that every worker needs.
    pub async fn connect(settings: &WorkerSettings, aws: &SdkConfig) -> Result<Self, StartError> {
        let queue = settings.role.queue();
        let bot_token = BotToken::new(aws::secrets::read(&settings.bot_token, aws).await?);
        let jobs = JobSender::new(aws, settings.queues.clone());
        Ok(Self {
            deployment: settings.deployment_id.clone(),
            store: Store::new(aws, &settings.projects_table, &settings.requests_table),
            jobs,
            slack: Slack::new(&settings.slack_api_url, &bot_token)?,
            schedules: Schedules::new(aws, &settings.scheduler_group),
            claims: settings.claims.as_ref().map(|claims| ClaimPlace {
                store: ClaimStore::new(aws, &claims.table),
                public_url: claims.public_url.clone(),
            }),
            min_duration: settings.min_duration,
            pending_ttl: settings.pending_ttl,
            open_index: match &settings.role {
                RoleSettings::Revoke { open_index } | RoleSettings::Notify { open_index } => {
                    open_index.clone()
                }
                RoleSettings::Provision(_) => None,
            },
            identity_center: settings
                .identity_center
                .as_ref()
                .map(|settings| IdentityCenter::new(aws, settings)),
            slice: Slice::default(),
            clock: Clock::system(),
            metrics: Metrics::of(queue.as_str()),
            turns: Turns::default(),
            viewers: Viewers::default(),
            pace: Pace::default(),
            last_asked: LastAsked::default(),
            user_groups: UserGroups::default(),
            inactive: Inactive::default(),
            iam: Iam::new(aws),
            accounts: Accounts::default(),
            aws: aws.clone(),
            session_name: format!("keylease-{}", queue.as_str()),
        })
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> UnixSeconds {
        self.clock.now()
    }

    /// The configuration that acts in the account of this role, or in this one.
    pub async fn account(&self, account_role_arn: Option<&str>) -> SdkConfig {
        match account_role_arn {
            None => self.aws.clone(),
            Some(role_arn) => self.elsewhere(role_arn).await.aws,
        }
    }

    /// IAM in that account.
    pub async fn iam(&self, account_role_arn: Option<&str>) -> Iam {
        match account_role_arn {
            None => self.iam.clone().waiting_by(&self.clock),
            Some(role_arn) => self.elsewhere(role_arn).await.iam.waiting_by(&self.clock),
        }
    }

    async fn elsewhere(&self, role_arn: &str) -> Account {
        self.accounts.get(&self.aws, role_arn, &self.session_name).await
    }
}
