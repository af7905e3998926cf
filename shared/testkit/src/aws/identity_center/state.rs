//! What there is.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;

/// Somebody who can sign in.
#[derive(Debug, Clone)]
pub(super) struct User {
    pub(super) id: String,
    /// The user name.
    pub(super) name: String,
    pub(super) email: String,
    pub(super) is_enabled: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) id: String,
    pub(super) name: String,
    /// Membership ids, each with its user's.
    pub(super) members: BTreeMap<String, String>,
}

#[derive(Debug, Clone)]
pub(super) struct PermissionSet {
    pub(super) arn: String,
    pub(super) name: String,
    pub(super) session_duration: Option<String>,
}

/// Who may use a permission set in an account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AssignmentView {
    pub account_id: String,
    pub permission_set_arn: String,
    /// `USER` or `GROUP`.
    pub principal_type: String,
    pub principal_id: String,
}

/// Creating or deleting an assignment, which takes its time.
#[derive(Debug, Clone)]
pub(super) struct Operation {
    pub(super) creates: bool,
    pub(super) what: AssignmentView,
    pub(super) done_at: Timestamp,
    pub(super) is_done: bool,
    pub(super) fails: Option<String>,
}

/// Somebody uses a permission set in an account, as long as its sessions last: nothing that becomes of the assignment ends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PortalSession {
    pub email: String,
    pub account_id: String,
    pub permission_set: String,
    /// The id of the key that it works by.
    pub access_key_id: String,
    /// When it ends, in Unix seconds.
    pub ends_at: i64,
}

/// A role that is open to a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntitlementView {
    pub user_id: String,
    pub role_arn: String,
}

#[derive(Debug, Default)]
pub(super) struct State {
    next_id: u32,
    pub(super) users: Vec<User>,
    pub(super) groups: Vec<Group>,
    pub(super) sets: Vec<PermissionSet>,
    pub(super) assignments: BTreeSet<AssignmentView>,
    pub(super) operations: BTreeMap<String, Operation>,
    /// What was opened from the access portal, oldest first.
    pub(super) sessions: Vec<PortalSession>,
    /// How long creating or deleting an assignment takes, in seconds.
    pub(super) operation_seconds: u32,
    /// Whether account access manager is not enabled.
    pub(super) access_is_off: bool,
    /// What it opens, by id.
    pub(super) entitlements: BTreeMap<String, EntitlementView>,
    /// What lists show of that, and for how many more lists not what there is.
    pub(super) entitlements_seen: BTreeMap<String, EntitlementView>,
    pub(super) entitlements_unseen: u32,
    /// How many more creations do not see their role yet.
    pub(super) unverified: u32,
    /// Whether one operation at a time changes the role of a permission set in an account.
    pub(super) one_role_at_a_time: bool,
    /// How many more writes are conflicts.
    pub(super) conflicts: u32,
    pub(super) failing_creation: Option<String>,
    pub(super) failing_deletion: Option<String>,
    /// How many lists after a change still show what was there before.
    pub(super) list_lag: u32,
    /// Who was in each group before, as reads still show it, and for how many more.
    pub(super) groups_before: Option<(u32, Vec<Group>)>,
    /// What lists still show, and for how many more.
    pub(super) listed_before: Option<(u32, BTreeSet<AssignmentView>)>,
}

impl State {
    pub(super) fn id(&mut self) -> String {
        self.next_id += 1;
        format!("{:08x}-70c1-70e2-9f2b-3c4d5e6f7a8b", self.next_id)
    }

    /// Changes assignments, and remembers what lists still show.
    pub(super) fn change(&mut self, change: impl FnOnce(&mut BTreeSet<AssignmentView>)) {
        let before = self.assignments.clone();
        change(&mut self.assignments);
        if self.list_lag > 0 && before != self.assignments && self.listed_before.is_none() {
            self.listed_before = Some((self.list_lag, before));
        }
    }
}
