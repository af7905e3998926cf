//! IAM: the user or the role of a grant, made and taken away again, and the denial of one role session.

mod denials;
mod describe;
mod ending;
mod list;
mod principal;
mod remove;
mod remove_role;
mod role;
mod user;
mod visibility;

use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_sdk_iam::Client;

use crate::error::{CallError, from_sdk, ignore_code};
use service::clock::Clock;

pub use denials::{DENIAL_PREFIX, Denied, Pruned, SESSION_MAX_SECONDS};
pub(crate) use describe::decoded;
pub use describe::{InlinePolicy, KeyInfo, RoleInfo, UserInfo};
pub use ending::{Ending, LOOKS_APART, Made, Prior, is_ended, may_be_behind};
pub use list::Found;
pub use principal::{NewPrincipal, OwnTags, Principal};
pub use role::NewRole;
pub use user::AccessKey;
pub use visibility::Appearing;

/// The path of every user and role that is made. The workers' own permissions end there.
pub const PATH: &str = "/keylease/";
/// The name of the inline policy that ends a grant.
pub const GUARD_POLICY: &str = "keylease-guard";
/// The name of the inline policy that the catalogue gives a role.
pub const ROLE_POLICY: &str = "keylease-role";

/// Tag: which request a user or a role is for.
pub const TAG_REQUEST_ID: &str = "keylease:request-id";
/// Tag: which project.
pub const TAG_PROJECT: &str = "keylease:project";
/// Tag: who asked, as a Slack user id.
pub const TAG_REQUESTER: &str = "keylease:requester";
/// Tag: which installation of Keylease made it; without it, the default one did.
pub const TAG_DEPLOYMENT: &str = "keylease:deployment";
/// Tag: when the grant is over, RFC 3339 in UTC.
pub const TAG_EXPIRES_AT: &str = "keylease:expires-at";

/// IAM's error code for what is not there.
pub(crate) const NOT_THERE: &str = "NoSuchEntity";
/// IAM's error code for a caller who may not.
pub(crate) const DENIED: &str = "AccessDenied";

/// IAM, in one account.
#[derive(Debug, Clone)]
pub struct Iam {
    client: Client,
    /// The same without retries, for calls that must not be made twice.
    once: Client,
    clock: Clock,
}

impl Iam {
    /// IAM, as seen with this configuration.
    #[must_use]
    pub fn new(aws: &SdkConfig) -> Self {
        let once = aws_sdk_iam::config::Builder::from(aws).retry_config(RetryConfig::disabled()).build();
        Self { client: Client::new(aws), once: Client::from_conf(once), clock: Clock::system() }
    }

    /// The same, waiting by this clock.
    #[must_use]
    pub fn waiting_by(self, clock: &Clock) -> Self {
        Self { clock: clock.clone(), ..self }
    }

    /// Puts an inline policy on the role of this ARN.
    pub async fn put_role_policy(&self, role_arn: &str, name: &str, document: &str) -> Result<(), CallError> {
        let call = self
            .client
            .put_role_policy()
            .role_name(role_name(role_arn))
            .policy_name(name)
            .policy_document(document);
        call.send().await.map(|_| ()).map_err(|e| from_sdk("iam:PutRolePolicy", e))
    }

    /// Removes an inline policy from the role of this ARN; one that is not there is removed already.
    pub async fn delete_role_policy(&self, role_arn: &str, name: &str) -> Result<(), CallError> {
        let call = self.client.delete_role_policy().role_name(role_name(role_arn)).policy_name(name);
        let outcome = call.send().await.map(|_| ()).map_err(|e| from_sdk("iam:DeleteRolePolicy", e));
        ignore_code(outcome, NOT_THERE)
    }
}

/// `arn:aws:iam::111122223333:role/path/name` is the role `name`.
pub(crate) fn role_name(role_arn: &str) -> &str {
    role_arn.rsplit('/').next().unwrap_or(role_arn)
}
