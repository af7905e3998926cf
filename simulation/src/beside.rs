//! What there is in the account besides our own workers.

/// The id of the second deployment.
pub(crate) const SECOND: &str = "second";
/// The deployment that has users in the account, and no workers here.
pub(crate) const BYSTANDER: &str = "bystander";

/// What there is besides our own workers.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Beside {
    /// A newer program that writes records too.
    pub(crate) newer: bool,
    /// Other deployments in the same account.
    pub(crate) second: bool,
    /// Workers of the next release.
    pub(crate) next: bool,
}
