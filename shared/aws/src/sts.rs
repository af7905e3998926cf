//! STS: sessions of a role, and the clients that act through a role in another account.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_config::identity::IdentityCache;
use aws_config::retry::RetryConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::timeout::TimeoutConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_sts::Client;

use crate::error::{CallError, from_sdk};
use domain::UnixSeconds;
use service::secret::{SecretAccessKey, SessionToken};

/// Shortest session that STS makes, in seconds. The session's policy ends a shorter grant.
pub const SESSION_MIN_SECONDS: u32 = 900;
/// What STS makes where no length is named, in seconds; also the longest that it makes for a role's own credentials.
pub const SESSION_DEFAULT_SECONDS: u32 = 3_600;
/// Source identities are 2 to 64 characters of `[\w+=,.@-]` (STS).
const SOURCE_IDENTITY_MAX_CHARS: usize = 64;

/// Makes role sessions.
#[derive(Debug, Clone)]
pub struct Sessions {
    client: Client,
}

/// What a session is to be.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct SessionRequest<'a> {
    pub role_arn: &'a str,
    /// The session's name.
    pub name: &'a str,
    /// How long its credential lasts, in seconds.
    pub seconds: u32,
    pub policy: Option<&'a str>,
    /// Who is behind it, as CloudTrail will say.
    pub source_identity: &'a str,
}

/// A session's credential.
#[derive(Debug)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct Session {
    pub access_key_id: String,
    pub secret_access_key: SecretAccessKey,
    /// Its third part.
    pub session_token: SessionToken,
    /// `arn:aws:sts::…:assumed-role/role/name`.
    pub arn: String,
    /// `AROA…:name`, which is what `aws:userid` says.
    pub id: String,
    /// When its credential ends.
    pub ends_at: UnixSeconds,
}

/// The configuration that acts in another account, through a role there; this one where none is named.
pub async fn in_account(aws: &SdkConfig, account_role_arn: Option<&str>, name: &str) -> SdkConfig {
    let Some(role_arn) = account_role_arn else { return aws.clone() };
    let provider = AssumeRoleProvider::builder(role_arn).session_name(name).configure(aws).build().await;
    // A cache of its own: the shared one has room for 64 identities, and forgets any of them beyond that.
    aws.to_builder()
        .credentials_provider(SharedCredentialsProvider::new(provider))
        .identity_cache(IdentityCache::lazy().build())
        .build()
}

/// So long is waited for the answer to a question that is asked again anyway.
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

/// Whether AWS knows the key of a user yet: a new one is unknown to it for some seconds. It asks as the key's holder,
/// which needs no permission and tells nothing about anybody else.
pub async fn is_known(aws: &SdkConfig, id: &str, secret: &SecretAccessKey) -> Result<bool, CallError> {
    let key = Credentials::new(id, secret.reveal(), None, None, "a new key");
    let timeouts = TimeoutConfig::builder().operation_timeout(PROBE_TIMEOUT).build();
    let config = aws_sdk_sts::config::Builder::from(aws)
        .credentials_provider(SharedCredentialsProvider::new(key))
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeouts)
        .build();
    let answer = Client::from_conf(config).get_caller_identity().send().await;
    match answer.map_err(|e| from_sdk("sts:GetCallerIdentity", e)) {
        Ok(_) => Ok(true),
        Err(error) if error.is("InvalidClientTokenId") => Ok(false),
        Err(error) => Err(error),
    }
}

impl Sessions {
    /// STS, as seen with this configuration.
    #[must_use]
    pub fn new(aws: &SdkConfig) -> Self {
        let config = aws_sdk_sts::config::Builder::from(aws).retry_config(RetryConfig::disabled()).build();
        Self { client: Client::from_conf(config) }
    }

    /// Assumes the role.
    pub async fn assume(&self, wish: &SessionRequest<'_>) -> Result<Session, CallError> {
        const CALL: &str = "sts:AssumeRole";
        let answer = self
            .client
            .assume_role()
            .role_arn(wish.role_arn)
            .role_session_name(wish.name)
            .set_duration_seconds(duration_seconds(wish.seconds))
            .set_policy(wish.policy.map(str::to_owned))
            .source_identity(source_identity(wish.source_identity))
            .send()
            .await
            .map_err(|e| from_sdk(CALL, e))?;
        let credentials = answer.credentials.ok_or_else(|| CallError::incomplete(CALL, "Credentials"))?;
        let user = answer.assumed_role_user.ok_or_else(|| CallError::incomplete(CALL, "AssumedRoleUser"))?;
        Ok(Session {
            access_key_id: credentials.access_key_id,
            secret_access_key: SecretAccessKey::new(credentials.secret_access_key),
            session_token: SessionToken::new(credentials.session_token),
            arn: user.arn,
            id: user.assumed_role_id,
            ends_at: UnixSeconds(credentials.expiration.secs()),
        })
    }
}

/// The default is not named: AWS documents that its federation endpoint, which makes links to the console, fails for a session
/// whose length was named by anybody but an IAM user.
fn duration_seconds(seconds: u32) -> Option<i32> {
    let seconds = seconds.max(SESSION_MIN_SECONDS);
    (seconds != SESSION_DEFAULT_SECONDS).then(|| i32::try_from(seconds).unwrap_or(i32::MAX))
}

/// The text with every other character replaced, within STS's limits.
fn source_identity(text: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    let text: String =
        text.chars().map(|c| if allowed(c) { c } else { '-' }).take(SOURCE_IDENTITY_MAX_CHARS).collect();
    if text.len() < 2 { format!("{text}--") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_of_a_session_is_named_where_it_is_not_the_default() {
        assert_eq!(duration_seconds(3_600), None);
        assert_eq!(duration_seconds(1_800), Some(1_800));
        assert_eq!(duration_seconds(5), Some(900));
    }

    #[test]
    fn a_source_identity_fits() {
        assert_eq!(source_identity("dana@example.com"), "dana@example.com");
        assert_eq!(source_identity("dana (o'brien)"), "dana--o-brien-");
        assert_eq!(source_identity(""), "--");
        assert_eq!(source_identity(&"x".repeat(80)).len(), SOURCE_IDENTITY_MAX_CHARS);
    }
}
