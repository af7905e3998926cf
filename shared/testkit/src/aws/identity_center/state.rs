//! What there is, what a test puts there, and the switches.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::IdentityCenter;
use crate::lock::lock;

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

#[derive(Debug, Default)]
pub(super) struct State {
    next_id: u32,
    pub(super) users: Vec<User>,
    pub(super) groups: Vec<Group>,
    pub(super) sets: Vec<PermissionSet>,
    pub(super) assignments: BTreeSet<AssignmentView>,
    pub(super) operations: BTreeMap<String, Operation>,
    /// How long creating or deleting an assignment takes, in seconds.
    pub(super) operation_seconds: u32,
    pub(super) failing_creation: Option<String>,
    pub(super) failing_deletion: Option<String>,
    /// How many lists after a change still show what was there before.
    pub(super) list_lag: u32,
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

impl IdentityCenter {
    /// Adds a user, who is enabled; its id.
    pub fn add_user(&self, user_name: &str, email: &str) -> String {
        let mut state = lock(&self.0);
        let id = state.id();
        let (name, email) = (user_name.to_owned(), email.to_owned());
        state.users.push(User { id: id.clone(), name, email, is_enabled: true });
        id
    }

    /// Disables a user.
    pub fn disable(&self, user_id: &str) {
        lock(&self.0)
            .users
            .iter_mut()
            .filter(|user| user.id == user_id)
            .for_each(|user| user.is_enabled = false);
    }

    /// Adds a group; its id.
    pub fn add_group(&self, name: &str) -> String {
        let mut state = lock(&self.0);
        let id = state.id();
        state.groups.push(Group { id: id.clone(), name: name.to_owned(), members: BTreeMap::new() });
        id
    }

    /// Puts a user into a group, as an administrator does; the membership's id.
    pub fn add_member(&self, group_id: &str, user_id: &str) -> String {
        let mut state = lock(&self.0);
        let id = state.id();
        if let Some(group) = state.groups.iter_mut().find(|group| group.id == group_id) {
            group.members.insert(id.clone(), user_id.to_owned());
        }
        id
    }

    /// Takes somebody out of a group, as an administrator does.
    pub fn remove_member(&self, group_id: &str, membership_id: &str) {
        let mut state = lock(&self.0);
        let groups = state.groups.iter_mut().filter(|group| group.id == group_id);
        groups.for_each(|group| {
            group.members.remove(membership_id);
        });
    }

    /// Who is in a group: membership ids with their users'.
    pub fn members(&self, group_id: &str) -> BTreeMap<String, String> {
        let state = lock(&self.0);
        state
            .groups
            .iter()
            .find(|group| group.id == group_id)
            .map(|group| group.members.clone())
            .unwrap_or_default()
    }

    /// Adds a permission set whose sessions last so long, as ISO 8601 says it; its ARN.
    pub fn add_permission_set(&self, name: &str, session_duration: Option<&str>) -> String {
        let mut state = lock(&self.0);
        let number = state.sets.len();
        let arn = format!("arn:aws:sso:::permissionSet/ssoins-72231a2b3c4d5e6f/ps-{number:016x}");
        let session_duration = session_duration.map(str::to_owned);
        state.sets.push(PermissionSet { arn: arn.clone(), name: name.to_owned(), session_duration });
        arn
    }

    /// Assigns a permission set, as an administrator does, at once. `principal_type` is `USER` or `GROUP`.
    pub fn assign(
        &self,
        account_id: &str,
        permission_set_arn: &str,
        principal_type: &str,
        principal_id: &str,
    ) {
        let one = AssignmentView {
            account_id: account_id.to_owned(),
            permission_set_arn: permission_set_arn.to_owned(),
            principal_type: principal_type.to_owned(),
            principal_id: principal_id.to_owned(),
        };
        lock(&self.0).assignments.insert(one);
    }

    /// Takes every assignment away, as an administrator might.
    pub fn unassign_all(&self) {
        lock(&self.0).assignments.clear();
    }

    /// Every assignment that there is.
    pub fn assignments(&self) -> Vec<AssignmentView> {
        lock(&self.0).assignments.iter().cloned().collect()
    }

    /// From now on creating or deleting an assignment takes so long by this AWS's clock, and is `IN_PROGRESS` until then.
    pub fn let_operations_take(&self, seconds: u32) {
        lock(&self.0).operation_seconds = seconds;
    }

    /// From now on creating an assignment ends as `FAILED` for this reason; `None` ends that.
    pub fn fail_creations(&self, reason: Option<&str>) {
        lock(&self.0).failing_creation = reason.map(str::to_owned);
    }

    /// The same for deleting one.
    pub fn fail_deletions(&self, reason: Option<&str>) {
        lock(&self.0).failing_deletion = reason.map(str::to_owned);
    }

    /// From now on so many lists after a change still show what was there before it.
    pub fn let_lists_lag(&self, lists: u32) {
        lock(&self.0).list_lag = lists;
    }
}
