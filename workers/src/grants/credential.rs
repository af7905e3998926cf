//! What provisioning produces and a delivery hands over.

use domain::UnixSeconds;
use service::secret::{SecretAccessKey, SessionToken};

/// A credential that was just made.
#[derive(Debug)]
pub(crate) struct Credential {
    /// IAM user name or assumed-role ARN.
    pub(crate) principal: String,
    /// The account that it is for, 12 digits.
    pub(crate) account: String,
    /// The access key's id.
    pub(crate) access_key_id: String,
    /// Its secret.
    pub(crate) secret_access_key: SecretAccessKey,
    /// The third part, for a role session.
    pub(crate) session_token: Option<SessionToken>,
    /// When AWS ends it, for a role session; a user's key ends with the grant.
    pub(crate) ends_at: Option<UnixSeconds>,
    /// The session's unique id, for a role session.
    pub(crate) assumed_role_id: Option<String>,
}
