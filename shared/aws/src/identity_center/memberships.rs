//! Memberships of the groups that Identity Center owns.

use std::collections::BTreeSet;

use aws_sdk_identitystore::operation::create_group_membership::CreateGroupMembershipError;
use aws_sdk_identitystore::types::{ConflictExceptionReason, MemberId};

use super::IdentityCenter;
use super::missing::{ignore_missing, is_missing};
use crate::error::CallError;

const CREATE_CALL: &str = "identitystore:CreateGroupMembership";
const DELETE_CALL: &str = "identitystore:DeleteGroupMembership";
const FIND_CALL: &str = "identitystore:GetGroupMembershipId";
const MEMBER_CALL: &str = "identitystore:IsMemberInGroups";
const GROUP_CALL: &str = "identitystore:DescribeGroup";
/// Groups that one call asks about, at most (the API's own limit).
const GROUPS_MAX: usize = 100;

/// What came of adding somebody to a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Joined {
    /// They are in it now, by this membership.
    New(String),
    /// They were in it before.
    Already,
}

impl IdentityCenter {
    /// Adds a user to a group. The SDK does not retry it: after an answer that was lost, the membership that was just made would
    /// look like one that had been there before.
    pub async fn join_group(&self, group_id: &str, user_id: &str) -> Result<Joined, CallError> {
        let call = self
            .store_once
            .create_group_membership()
            .identity_store_id(&self.settings.identity_store_id)
            .group_id(group_id)
            .member_id(MemberId::UserId(user_id.to_owned()));
        match call.send().await {
            Ok(answer) => Ok(Joined::New(answer.membership_id)),
            Err(error) => {
                // Any other conflict is with somebody else's change of the same group.
                let is_there = error.as_service_error().is_some_and(|error| match error {
                    CreateGroupMembershipError::ConflictException(conflict) => {
                        conflict.reason() == Some(&ConflictExceptionReason::UniquenessConstraintViolation)
                    }
                    _ => false,
                });
                if is_there { Ok(Joined::Already) } else { Err(self.store_error(CREATE_CALL, error)) }
            }
        }
    }

    /// Takes a membership away by its own id, so that one that somebody made later stays. One that is not there is taken away
    /// already.
    pub async fn delete_membership(&self, membership_id: &str) -> Result<(), CallError> {
        let call = self
            .store
            .delete_group_membership()
            .identity_store_id(&self.settings.identity_store_id)
            .membership_id(membership_id);
        let answer = call.send().await.map(|_| ()).map_err(|e| self.store_error(DELETE_CALL, e));
        ignore_missing(answer)
    }

    /// The membership by which a user is in a group.
    pub async fn membership(&self, group_id: &str, user_id: &str) -> Result<Option<String>, CallError> {
        let call = self
            .store
            .get_group_membership_id()
            .identity_store_id(&self.settings.identity_store_id)
            .group_id(group_id)
            .member_id(MemberId::UserId(user_id.to_owned()));
        match call.send().await.map_err(|e| self.store_error(FIND_CALL, e)) {
            Ok(found) => Ok(Some(found.membership_id)),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Those of these groups that a user is in.
    pub async fn groups_of(
        &self,
        user_id: &str,
        among: &BTreeSet<String>,
    ) -> Result<BTreeSet<String>, CallError> {
        let mut member_of = BTreeSet::new();
        let groups: Vec<&String> = among.iter().collect();
        for some in groups.chunks(GROUPS_MAX) {
            let answer = self
                .store
                .is_member_in_groups()
                .identity_store_id(&self.settings.identity_store_id)
                .member_id(MemberId::UserId(user_id.to_owned()))
                .set_group_ids(Some(some.iter().map(|id| (*id).clone()).collect()))
                .send()
                .await
                .map_err(|e| self.store_error(MEMBER_CALL, e))?;
            let of = answer.results.into_iter().filter(|found| found.membership_exists);
            member_of.extend(of.filter_map(|found| found.group_id));
        }
        Ok(member_of)
    }

    /// What a group is called; `None` where it is not there.
    pub async fn group_name(&self, group_id: &str) -> Result<Option<String>, CallError> {
        let call = self
            .store
            .describe_group()
            .identity_store_id(&self.settings.identity_store_id)
            .group_id(group_id);
        match call.send().await.map_err(|e| self.store_error(GROUP_CALL, e)) {
            Ok(group) => Ok(Some(group.display_name.unwrap_or_else(|| group_id.to_owned()))),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
