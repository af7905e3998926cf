//! What a test puts there, looks at, and lets go wrong.

use std::collections::BTreeMap;

use super::IdentityCenter;
use super::state::{AssignmentView, EntitlementView, Group, PermissionSet, User};
use crate::lock::lock;

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

    /// Deletes a permission set with its assignments, as an administrator does.
    pub fn remove_permission_set(&self, arn: &str) {
        let mut state = lock(&self.0);
        state.sets.retain(|set| set.arn != arn);
        state.assignments.retain(|one| one.permission_set_arn != arn);
    }

    /// Makes the sessions of a permission set last for another time.
    pub fn set_session_duration(&self, arn: &str, session_duration: &str) {
        let mut state = lock(&self.0);
        let sets = state.sets.iter_mut().filter(|set| set.arn == arn);
        sets.for_each(|set| set.session_duration = Some(session_duration.to_owned()));
    }

    /// Account access manager is not enabled for this instance.
    pub fn disable_account_access(&self) {
        lock(&self.0).access_is_off = true;
    }

    /// The roles that account access manager opens, each to a user.
    pub fn entitlements(&self) -> Vec<EntitlementView> {
        lock(&self.0).entitlements.values().cloned().collect()
    }

    /// So many creations of entitlements do not see the role yet.
    pub fn let_roles_show_late(&self, creations: u32) {
        lock(&self.0).unverified = creations;
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

    /// Takes an assignment away, as an administrator does, at once.
    pub fn unassign(
        &self,
        account_id: &str,
        permission_set_arn: &str,
        principal_type: &str,
        principal_id: &str,
    ) {
        lock(&self.0).assignments.retain(|one| {
            one.account_id != account_id
                || one.permission_set_arn != permission_set_arn
                || one.principal_type != principal_type
                || one.principal_id != principal_id
        });
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
