//! What a kind is made with.

use aws::iam::Appearing;
use domain::UnixSeconds;

use crate::context::{Context, ProvisionDeps};
use crate::unit_of_work::claim::Held;

/// One try at making a grant.
#[derive(Debug)]
pub(crate) struct Making<'a> {
    pub(crate) context: &'a Context,
    pub(crate) deps: &'a ProvisionDeps,
    /// The claim that it is made under.
    pub(crate) held: &'a Held,
    pub(crate) expires_at: UnixSeconds,
    /// Whom CloudTrail names for a session.
    pub(crate) source_identity: &'a str,
    /// How long AWS may still take to see what was just made.
    pub(crate) appearing: Appearing,
}
