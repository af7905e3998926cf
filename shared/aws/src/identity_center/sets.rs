//! Permission sets.

use jiff::SignedDuration;

use super::IdentityCenter;
use crate::error::CallError;

const CALL: &str = "sso:DescribePermissionSet";
/// How long a session lasts where the permission set does not say, in seconds (Identity Center's own default).
const SESSION_DEFAULT_SECONDS: u32 = 3_600;

/// A permission set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermissionSet {
    /// What it is called, which is what the portal calls the role.
    pub name: String,
    /// How long a session that somebody opens by it lasts, in seconds.
    pub session_seconds: u32,
}

impl IdentityCenter {
    /// A permission set; `None` where it is not there.
    pub async fn permission_set(&self, arn: &str) -> Result<Option<PermissionSet>, CallError> {
        let call = self
            .admin
            .describe_permission_set()
            .instance_arn(&self.settings.instance_arn)
            .permission_set_arn(arn);
        let Some(answer) = self.found(CALL, call.send().await).await? else { return Ok(None) };
        let set = answer.permission_set.ok_or_else(|| CallError::incomplete(CALL, "permission set"))?;
        let session_seconds = match set.session_duration() {
            None => SESSION_DEFAULT_SECONDS,
            Some(text) => {
                seconds(text).ok_or_else(|| CallError::incomplete(CALL, "readable session duration"))?
            }
        };
        let name = set.name.ok_or_else(|| CallError::incomplete(CALL, "name"))?;
        Ok(Some(PermissionSet { name, session_seconds }))
    }
}

/// `PT1H30M` is 5,400 s.
fn seconds(iso_8601: &str) -> Option<u32> {
    let duration: SignedDuration = iso_8601.parse().ok()?;
    u32::try_from(duration.as_secs()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_s_length_is_read_as_iso_8601() {
        for (text, length) in [("PT1H", 3_600), ("PT12H", 43_200), ("PT1H30M", 5_400), ("PT3600S", 3_600)] {
            assert_eq!(seconds(text), Some(length), "{text}");
        }
        for text in ["", "an hour", "-PT1H", "P1Y"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}
