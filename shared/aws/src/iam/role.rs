//! Making the role of a grant, in steps that may each be repeated.

use super::ending::refuse_ending;
use super::principal::{Principal, tag, tagged};
use super::visibility::Appearing;
use super::{GUARD_POLICY, Iam, NewPrincipal, PATH, TAG_EXPIRES_AT};
use crate::error::{CallError, from_sdk};
use domain::UnixSeconds;

/// Shortest and longest time that AWS lets a role's sessions last, in seconds. The guard ends them at the grant's end.
const SESSION_SECONDS: std::ops::RangeInclusive<u32> = 3_600..=43_200;

/// A role that is to be.
#[derive(Debug, Clone)]
pub struct NewRole<'a> {
    /// What it has in common with a user.
    pub principal: NewPrincipal<'a>,
    /// Its trust policy at first.
    pub trust: &'a str,
    /// How long its grant lasts, in seconds.
    pub lasts_seconds: u32,
}

impl Iam {
    /// Creates the role, or finds the one that an earlier try made, and returns its ARN. A role of that name that is not
    /// ours is an error, and so is one that is being taken away.
    pub async fn ensure_role(
        &self,
        role: &NewRole<'_>,
        appearing: &mut Appearing,
    ) -> Result<String, CallError> {
        const CALL: &str = "iam:CreateRole";
        let NewRole { principal, trust, lasts_seconds } = role;
        let session_seconds = (*lasts_seconds).clamp(*SESSION_SECONDS.start(), *SESSION_SECONDS.end());
        let mut call = self.client.create_role().path(PATH).role_name(principal.name);
        call = call
            .assume_role_policy_document(*trust)
            .max_session_duration(i32::try_from(session_seconds).unwrap_or(i32::MAX))
            .set_permissions_boundary(principal.boundary_arn.map(str::to_owned));
        for tag in principal.all_tags(CALL)? {
            call = call.tags(tag);
        }
        match call.send().await.map_err(|e| from_sdk(CALL, e)) {
            Err(error) if error.is("EntityAlreadyExists") => {
                appearing.call(|| self.find_our_role(principal)).await
            }
            Err(error) => Err(error),
            Ok(made) => {
                appearing.made_now();
                made.role.map(|role| role.arn).ok_or_else(|| CallError::incomplete(CALL, "Role"))
            }
        }
    }

    async fn find_our_role(&self, role: &NewPrincipal<'_>) -> Result<String, CallError> {
        const CALL: &str = "iam:CreateRole";
        let tags = self.role_tags(role.name).await?;
        tagged(CALL, Principal::Role, role, tags.as_ref())?;
        let found = self.describe_role(role.name).await?;
        let found = found.ok_or_else(|| Principal::Role.not_seen(CALL, role.name))?;
        refuse_ending(CALL, Principal::Role, role.name, found.boundary_arn.as_deref())?;
        Ok(found.arn)
    }

    /// Sets the tag that says when the grant is over.
    pub async fn tag_role_end(&self, role: &str, expires_at: UnixSeconds) -> Result<(), CallError> {
        const CALL: &str = "iam:TagRole";
        let tag = tag(CALL, TAG_EXPIRES_AT, &expires_at.rfc3339())?;
        let call = self.client.tag_role().role_name(role).tags(tag);
        call.send().await.map(|_| ()).map_err(|e| from_sdk(CALL, e))
    }

    /// Sets the inline policy that ends the grant.
    pub async fn put_role_guard(&self, role: &str, document: &str) -> Result<(), CallError> {
        self.put_role_policy(role, GUARD_POLICY, document).await
    }

    /// Attaches a managed policy.
    pub async fn attach_to_role(&self, role: &str, policy_arn: &str) -> Result<(), CallError> {
        let call = self.client.attach_role_policy().role_name(role).policy_arn(policy_arn);
        call.send().await.map(|_| ()).map_err(|e| from_sdk("iam:AttachRolePolicy", e))
    }

    /// Sets who may assume the role.
    pub async fn put_trust(&self, role: &str, document: &str) -> Result<(), CallError> {
        let call = self.client.update_assume_role_policy().role_name(role).policy_document(document);
        call.send().await.map(|_| ()).map_err(|e| from_sdk("iam:UpdateAssumeRolePolicy", e))
    }
}
