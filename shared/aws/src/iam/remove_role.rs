//! What is on a role: closed first, then taken away part by part, then the role itself.

use tracing::warn;

use super::{GUARD_POLICY, Iam, NOT_THERE};
use crate::error::{CallError, from_sdk, ignore_code};

impl Iam {
    /// Removes the role with everything on it, and says whether it was there.
    pub(super) async fn remove_role_whole(&self, role: &str) -> Result<bool, CallError> {
        let parts = self.remove_role_parts(role).await;
        for error in &parts {
            warn!(role, %error, "a part of the role could not be removed");
        }
        let deleted = self.delete_role(role).await;
        deleted.map_err(|conflict| parts.into_iter().next().unwrap_or(conflict))
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
}
