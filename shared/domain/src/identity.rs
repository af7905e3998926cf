//! Why access through IAM Identity Center cannot be given to somebody, or need not be.

use crate::duration::GrantDuration;

/// Why a request for it comes to nothing before anybody is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdentityFault {
    /// This installation was told of no Identity Center.
    NotSetUp,
    /// Nobody there has the address of the requester's Slack profile.
    NoUser,
    /// The requester's user is disabled.
    Disabled,
    /// The permission set of the role is not there.
    NoPermissionSet,
    /// The group of the role is not there.
    NoGroup,
    /// It is taken away so long before the end that no session outlives it, and the grant is no longer than that.
    NotLongerThanSessions {
        /// How long the sessions go on.
        sessions: GrantDuration,
    },
    /// Account access manager, which opens the role, is not enabled.
    NoAccountAccess,
    /// They have it already, and not by a grant.
    HasAlready {
        /// The group that it comes through; by themselves where there is none.
        through: Option<String>,
    },
}
