//! What makes Identity Center hard, beside the time that it takes: switches for tests.

use jiff::Timestamp;

use super::state::{AssignmentView, State};
use super::{IdentityCenter, Problem};
use crate::lock::lock;

/// The calls that change something.
const WRITES: [&str; 4] =
    ["CreateAccountAssignment", "DeleteAccountAssignment", "CreateGroupMembership", "DeleteGroupMembership"];

impl IdentityCenter {
    /// From now on the role of a permission set in an account is changed by one operation at a time, as AWS's own; another is a
    /// conflict meanwhile.
    pub fn change_one_role_at_a_time(&self) {
        lock(&self.0).one_role_at_a_time = true;
    }

    /// So many more writes are conflicts with somebody else's.
    pub fn refuse_writes_as_conflicts(&self, writes: u32) {
        lock(&self.0).conflicts = writes;
    }

    /// What is due by now has taken effect, also where nobody has asked since.
    pub fn catch_up_with_time(&self, now: Timestamp) {
        lock(&self.0).finish_operations(now);
    }

    /// Whatever was not seen yet is seen from now on.
    pub fn show_what_there_is(&self) {
        let mut state = lock(&self.0);
        state.listed_before = None;
        state.groups_before = None;
    }
}

impl State {
    /// Whether a call is one of the writes that are conflicts.
    pub(super) fn conflict(&mut self, operation: &str) -> Option<Problem> {
        if self.conflicts == 0 || !WRITES.contains(&operation) {
            return None;
        }
        self.conflicts -= 1;
        let of_groups = operation.ends_with("Membership");
        let reason = of_groups.then_some("CONCURRENT_MODIFICATION");
        Some(Problem { reason, ..Problem::conflict() })
    }

    /// One change of an assignment at a time, and where that was switched on one of a role.
    pub(super) fn is_busy(&self, what: &AssignmentView) -> bool {
        let same_role = |other: &AssignmentView| {
            other.account_id == what.account_id && other.permission_set_arn == what.permission_set_arn
        };
        self.operations.values().filter(|operation| !operation.is_done).any(|operation| {
            operation.what == *what || (self.one_role_at_a_time && same_role(&operation.what))
        })
    }
}
