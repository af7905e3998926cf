//! How account access manager opens a grant's own role to its requester.

use serde::{Deserialize, Serialize};

use crate::time::UnixSeconds;

/// An entitlement. It is noted before it is made, so that whatever ends the grant finds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct RoleEntitlement {
    /// The application of account access manager, by its ARN.
    pub application_arn: String,
    pub role_arn: String,
    /// The user of Identity Center that it is opened to.
    pub user_id: String,
    pub noted_at: UnixSeconds,
    /// Its id, once it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}
