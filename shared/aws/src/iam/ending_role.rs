//! Ending a role, as a user is ended: denied first, then closed, then everything of it is taken away, then it is read back
//! until it is gone. IAM itself ends the sessions of a role that is gone; they were denied everything before.

use tracing::{info, warn};

use super::ending::{
    LOOKS_APART, Prior, READ_BACK_TRIES, READ_BACK_WAIT, ROUNDS_MAX, all_that_denies, deny_all_boundary,
    may_be_behind,
};
use super::{GUARD_POLICY, Iam, NOT_THERE, RoleInfo};
use crate::error::{CallError, from_sdk, ignore_code};

impl Iam {
    /// Denies everything to the role and its sessions, closes it, removes it with everything of it, and returns when IAM says
    /// that it is gone; whether there was any.
    pub async fn end_role(&self, role: &str, known: Prior) -> Result<bool, CallError> {
        let mut rounds = 0;
        loop {
            let looks = if rounds == 0 { known.looks() } else { Prior::Settled.looks() };
            let Some(seen) = self.find_role(role, looks).await? else { return Ok(rounds > 0) };
            rounds += 1;
            match self.deny_and_remove_role(role, &seen.arn).await {
                Ok(()) => return Ok(true),
                Err(error) if rounds < ROUNDS_MAX && may_be_behind(&error) => {
                    info!(role, %error, "the role may be gone, or not all of it is seen yet: it is looked for again");
                    self.clock.sleep(LOOKS_APART).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn deny_and_remove_role(&self, role: &str, arn: &str) -> Result<(), CallError> {
        let boundary = self.end_role_by_boundary(role, arn).await;
        let guard = self.put_role_guard(role, &domain::policy::deny_all()).await;
        all_that_denies(role, boundary, ignore_code(guard, NOT_THERE))?;
        let parts = self.remove_role_parts(role).await;
        for error in &parts {
            warn!(role, %error, "a part of the role could not be removed");
        }
        let deleted = self.delete_role(role).await;
        let was_there = deleted.map_err(|conflict| parts.into_iter().next().unwrap_or(conflict))?;
        self.read_back_role_gone(role, was_there).await
    }

    /// Closes the role, tries every part, and says which could not be removed. The guard goes last, and only from a role that can do nothing any
    /// more.
    async fn remove_role_parts(&self, role: &str) -> Vec<CallError> {
        let closed = self.put_trust(role, &domain::policy::closed_door()).await;
        if let Err(error) = ignore_code(closed, NOT_THERE) {
            // Whoever comes in can do nothing, and the role goes all the same.
            warn!(role, %error, "the role could not be closed");
        }
        let mut parts = vec![self.detach_all_from_role(role).await, self.delete_role_inline(role).await];
        if parts.iter().all(Result::is_ok) {
            parts.push(self.delete_role_policy(role, GUARD_POLICY).await);
        }
        parts.push(self.leave_instance_profiles(role).await);
        parts.into_iter().filter_map(Result::err).collect()
    }

    async fn end_role_by_boundary(&self, role: &str, arn: &str) -> Result<(), CallError> {
        let boundary = deny_all_boundary(arn);
        let call = self.client.put_role_permissions_boundary().role_name(role).permissions_boundary(boundary);
        call.send().await.map(|_| ()).map_err(|e| from_sdk("iam:PutRolePermissionsBoundary", e))
    }

    async fn detach_all_from_role(&self, role: &str) -> Result<(), CallError> {
        for policy_arn in self.role_attached_seen(role).await? {
            let call = self.client.detach_role_policy().role_name(role).policy_arn(policy_arn);
            let outcome = call.send().await.map(|_| ()).map_err(|e| from_sdk("iam:DetachRolePolicy", e));
            ignore_code(outcome, NOT_THERE)?;
        }
        Ok(())
    }

    /// Every inline policy but the guard.
    async fn delete_role_inline(&self, role: &str) -> Result<(), CallError> {
        for name in self.role_policy_names(role).await? {
            if name != GUARD_POLICY {
                self.delete_role_policy(role, &name).await?;
            }
        }
        Ok(())
    }

    /// Somebody may have given the role to machines.
    async fn leave_instance_profiles(&self, role: &str) -> Result<(), CallError> {
        let pages = self.client.list_instance_profiles_for_role().role_name(role).into_paginator().items();
        let found =
            pages.send().try_collect().await.map_err(|e| from_sdk("iam:ListInstanceProfilesForRole", e));
        for profile in ignore_code(found, NOT_THERE)? {
            let name = profile.instance_profile_name;
            let call = self.client.remove_role_from_instance_profile().role_name(role);
            let outcome = call.instance_profile_name(name).send().await.map(|_| ());
            ignore_code(outcome.map_err(|e| from_sdk("iam:RemoveRoleFromInstanceProfile", e)), NOT_THERE)?;
        }
        Ok(())
    }

    /// Deletes the role, and says whether it was there.
    async fn delete_role(&self, role: &str) -> Result<bool, CallError> {
        let outcome = self.client.delete_role().role_name(role).send().await;
        match outcome.map_err(|e| from_sdk("iam:DeleteRole", e)) {
            Ok(_) => Ok(true),
            Err(error) if error.is(NOT_THERE) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Looks until the role is seen to be gone: once after it was deleted here, else twice.
    async fn read_back_role_gone(&self, role: &str, was_deleted: bool) -> Result<(), CallError> {
        for _ in 0..READ_BACK_TRIES {
            let known = if was_deleted { Prior::Gone } else { Prior::Settled };
            if self.find_role(role, known.looks()).await?.is_none() {
                return Ok(());
            }
            self.clock.sleep(READ_BACK_WAIT).await;
        }
        Err(CallError::incomplete("iam:GetRole", "sign that the deleted role is gone"))
    }

    /// The role, unless so many looks, with time between them, do not show it.
    async fn find_role(&self, role: &str, looks: u32) -> Result<Option<RoleInfo>, CallError> {
        for _ in 1..looks {
            if let Some(seen) = self.describe_role(role).await? {
                return Ok(Some(seen));
            }
            self.clock.sleep(LOOKS_APART).await;
        }
        self.describe_role(role).await
    }
}
