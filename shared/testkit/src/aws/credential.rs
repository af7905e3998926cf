//! The credentials that AWS has handed out: what must not be seen anywhere but where it was delivered.

use winterbaume_core::MockResponse;

use super::call::{CallInfo, last_part};
use super::sts::element;

/// A credential as AWS handed it out.
#[derive(Debug, Clone)]
pub struct Credential {
    /// The user, by name, or the role session, by ARN.
    pub principal: String,
    pub access_key_id: String,
    /// Its secret key, and the token of a session.
    pub secrets: Vec<String>,
}

impl Credential {
    /// The one that is in this answer.
    pub(super) fn handed_out(call: &CallInfo, answer: &MockResponse) -> Option<Self> {
        if !matches!(call.operation.as_str(), "CreateAccessKey" | "AssumeRole") {
            return None;
        }
        let xml = String::from_utf8_lossy(&answer.body);
        let field = |name: &str| element(&xml, name).map(str::to_owned);
        let access_key_id = field("AccessKeyId")?;
        let secrets = ["SecretAccessKey", "SessionToken"].into_iter().filter_map(field).collect();
        let principal = field("Arn").unwrap_or_else(|| last_part(&call.resource, '/').to_owned());
        Some(Self { principal, access_key_id, secrets })
    }
}
