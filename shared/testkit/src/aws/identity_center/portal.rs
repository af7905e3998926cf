//! The access portal as people see it, and everything that there is, for the page.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::IdentityCenter;
use super::state::{AssignmentView, EntitlementView, PortalSession, State};
use crate::lock::lock;

/// How long a permission set's sessions last where it does not say, in seconds.
const SESSION_DEFAULT_SECONDS: i64 = 3_600;

/// Something that somebody may open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PortalEntry {
    pub account_id: String,
    pub permission_set_arn: String,
    pub permission_set: String,
    /// The group that gives it to them, where it is not given to them alone.
    pub through: Option<String>,
}

/// A group and who is in it, by their user names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GroupMembers {
    pub id: String,
    pub name: String,
    pub members: Vec<String>,
}

/// An assignment, by names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NamedAssignment {
    pub account_id: String,
    pub permission_set: String,
    /// `USER` or `GROUP`.
    pub principal_type: String,
    pub principal: String,
}

impl IdentityCenter {
    /// Groups with their members.
    pub fn groups(&self) -> Vec<GroupMembers> {
        let state = lock(&self.0);
        let group = |group: &super::state::Group| GroupMembers {
            id: group.id.clone(),
            name: group.name.clone(),
            members: group.members.values().map(|id| state.user_name(id)).collect(),
        };
        state.groups.iter().map(group).collect()
    }

    /// Every assignment that there is at `now`, by names.
    pub fn named_assignments(&self, now: Timestamp) -> Vec<NamedAssignment> {
        let mut state = lock(&self.0);
        state.finish_operations(now);
        let assignment = |one: &AssignmentView| NamedAssignment {
            account_id: one.account_id.clone(),
            permission_set: state.set_name(&one.permission_set_arn),
            principal_type: one.principal_type.clone(),
            principal: if one.principal_type == "GROUP" {
                state.group_name(&one.principal_id)
            } else {
                state.user_name(&one.principal_id)
            },
        };
        state.assignments.iter().map(assignment).collect()
    }

    /// What the person with this address may open at `now`.
    pub fn portal(&self, email: &str, now: Timestamp) -> Vec<PortalEntry> {
        let mut state = lock(&self.0);
        state.finish_operations(now);
        state.entries(email)
    }

    /// Opens a permission set in an account, if the person may; it works by this key.
    pub fn open_session(
        &self,
        email: &str,
        account_id: &str,
        permission_set_arn: &str,
        access_key_id: &str,
        now: Timestamp,
    ) -> Option<PortalSession> {
        let mut state = lock(&self.0);
        state.finish_operations(now);
        let entries = state.entries(email);
        let entry = entries
            .into_iter()
            .find(|entry| entry.account_id == account_id && entry.permission_set_arn == permission_set_arn)?;
        let session = PortalSession {
            email: email.to_owned(),
            account_id: entry.account_id,
            permission_set: entry.permission_set,
            access_key_id: access_key_id.to_owned(),
            ends_at: now.as_second() + state.session_seconds(permission_set_arn),
        };
        state.sessions.push(session.clone());
        Some(session)
    }

    /// The roles that account access manager opens to the person with this address.
    pub fn entitled(&self, email: &str) -> Vec<String> {
        let state = lock(&self.0);
        let user = state.users.iter().find(|user| user.email == email && user.is_enabled);
        let of = |one: &&EntitlementView| user.is_some_and(|user| user.id == one.user_id);
        state.entitlements.values().filter(of).map(|one| one.role_arn.clone()).collect()
    }

    /// The sessions that go on at `now`, oldest first.
    pub fn sessions(&self, now: Timestamp) -> Vec<PortalSession> {
        let mut state = lock(&self.0);
        state.sessions.retain(|session| session.ends_at > now.as_second());
        state.sessions.clone()
    }
}

impl State {
    fn entries(&self, email: &str) -> Vec<PortalEntry> {
        let Some(user) = self.users.iter().find(|user| user.email == email && user.is_enabled) else {
            return Vec::new();
        };
        let entry = |one: &AssignmentView| {
            let group = self.groups.iter().find(|group| group.id == one.principal_id);
            let is_in = group.is_some_and(|group| group.members.values().any(|member| *member == user.id));
            (one.principal_id == user.id || is_in).then(|| PortalEntry {
                account_id: one.account_id.clone(),
                permission_set_arn: one.permission_set_arn.clone(),
                permission_set: self.set_name(&one.permission_set_arn),
                through: group.map(|group| group.name.clone()),
            })
        };
        self.assignments.iter().filter_map(entry).collect()
    }

    fn user_name(&self, id: &str) -> String {
        self.users.iter().find(|user| user.id == id).map_or(id, |user| &user.name).to_owned()
    }

    fn group_name(&self, id: &str) -> String {
        self.groups.iter().find(|group| group.id == id).map_or(id, |group| &group.name).to_owned()
    }

    fn set_name(&self, arn: &str) -> String {
        self.sets.iter().find(|set| set.arn == arn).map_or(arn, |set| &set.name).to_owned()
    }

    fn session_seconds(&self, arn: &str) -> i64 {
        let set = self.sets.iter().find(|set| set.arn == arn);
        let lasts = set.and_then(|set| set.session_duration.as_deref()?.parse::<SignedDuration>().ok());
        lasts.map_or(SESSION_DEFAULT_SECONDS, |lasts| lasts.as_secs())
    }
}
