//! Account access manager: opens a role to a user of Identity Center, who finds it in a portal of its own.
//!
//! Creating an entitlement and deleting one are each done when they are answered; what is there is read back by listing.

use aws_sdk_accountaccess::types::{
    Entitlement, EntitlementFilter, IdentityCenterPrincipal, IdentityCenterPrincipalFilter,
    IdentitySourceDetails, Principal, PrincipalFilter, PrincipalRoleEntitlement,
    PrincipalRoleEntitlementFilter, Status,
};

use super::missing::{ignore_missing, is_missing};
use super::{IdentityCenter, PAGES_MAX};
use crate::error::{CallError, from_sdk};

const LIST_APPLICATIONS_CALL: &str = "account-access:ListApplications";
const GET_APPLICATION_CALL: &str = "account-access:GetApplication";
const CREATE_CALL: &str = "account-access:CreateEntitlement";
const DELETE_CALL: &str = "account-access:DeleteEntitlement";
const LIST_CALL: &str = "account-access:ListEntitlements";

/// Account access manager, as it was set up for an instance of Identity Center.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessApplication {
    /// Its ARN, in the organisation's management account.
    pub arn: String,
    /// Where people sign in.
    pub portal_url: String,
}

/// A role that is opened to a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct RoleOpening<'a> {
    pub application_arn: &'a str,
    pub role_arn: &'a str,
    /// The user's id in the identity store.
    pub user_id: &'a str,
}

impl IdentityCenter {
    /// The application that was made for this instance, once it is there; `None` where account access manager is not enabled.
    pub async fn access_application(&self) -> Result<Option<AccessApplication>, CallError> {
        let mut next = None;
        for _ in 0..PAGES_MAX {
            let page = self.access.list_applications().set_next_token(next).send().await;
            let page = page.map_err(|e| from_sdk(LIST_APPLICATIONS_CALL, e))?;
            for listed in page.applications() {
                if let Some(found) = self.of_this_instance(listed.application_arn()).await? {
                    return Ok(Some(found));
                }
            }
            next = page.next_token;
            if next.is_none() {
                return Ok(None);
            }
        }
        Err(CallError::incomplete(LIST_APPLICATIONS_CALL, "last page"))
    }

    async fn of_this_instance(&self, application_arn: &str) -> Result<Option<AccessApplication>, CallError> {
        let call = self.access.get_application().application_arn(application_arn);
        let found = match call.send().await.map_err(|e| from_sdk(GET_APPLICATION_CALL, e)) {
            Ok(found) => found,
            Err(error) if is_missing(&error) => return Ok(None),
            Err(error) => return Err(error),
        };
        let instance = match found.identity_source() {
            Some(IdentitySourceDetails::IdentityCenter(details)) => Some(details.instance_arn()),
            _ => None,
        };
        if instance != Some(self.settings.instance_arn.as_str()) || *found.status() != Status::Active {
            return Ok(None);
        }
        let tenant =
            found.tenant_id().ok_or_else(|| CallError::incomplete(GET_APPLICATION_CALL, "tenant"))?;
        let region = self.settings.region.as_deref().unwrap_or_default();
        let portal_url = format!("https://{tenant}.account-access.{region}.app.aws");
        Ok(Some(AccessApplication { arn: application_arn.to_owned(), portal_url }))
    }

    /// Opens the role to the user; the entitlement's id. What is open already is answered with the same id.
    pub async fn entitle(&self, opening: &RoleOpening<'_>) -> Result<String, CallError> {
        let user = IdentityCenterPrincipal::UserId(opening.user_id.to_owned());
        let entitlement = PrincipalRoleEntitlement::builder()
            .principal(Principal::IdentityCenter(user))
            .role_arn(opening.role_arn)
            .build()
            .map_err(|error| CallError::permanent(CREATE_CALL, error.to_string()))?;
        let call = self
            .access
            .create_entitlement()
            .application_arn(opening.application_arn)
            .entitlement(Entitlement::PrincipalRole(entitlement));
        Ok(call.send().await.map_err(|e| from_sdk(CREATE_CALL, e))?.entitlement_id)
    }

    /// The entitlements by which the role is open to the user.
    pub async fn entitlements(&self, opening: &RoleOpening<'_>) -> Result<Vec<String>, CallError> {
        let user = IdentityCenterPrincipalFilter::UserId(opening.user_id.to_owned());
        let filter = PrincipalRoleEntitlementFilter::builder()
            .principal(PrincipalFilter::IdentityCenter(user))
            .role_arn(opening.role_arn)
            .build();
        let filter = EntitlementFilter::builder().principal_role(filter).build();
        let (mut found, mut next) = (Vec::new(), None);
        for _ in 0..PAGES_MAX {
            let call = self
                .access
                .list_entitlements()
                .application_arn(opening.application_arn)
                .filter(filter.clone())
                .set_next_token(next);
            let page = match call.send().await.map_err(|e| from_sdk(LIST_CALL, e)) {
                Ok(page) => page,
                // Without the application nothing is open by it.
                Err(error) if is_missing(&error) => return Ok(found),
                Err(error) => return Err(error),
            };
            found.extend(page.entitlements().iter().map(|one| one.entitlement_id().to_owned()));
            next = page.next_token;
            if next.is_none() {
                return Ok(found);
            }
        }
        Err(CallError::incomplete(LIST_CALL, "last page"))
    }

    /// Deletes an entitlement. One that is not there is deleted already.
    pub async fn delete_entitlement(&self, application_arn: &str, id: &str) -> Result<(), CallError> {
        let call = self.access.delete_entitlement().application_arn(application_arn).entitlement_id(id);
        let answer = call.send().await.map(|_| ()).map_err(|e| from_sdk(DELETE_CALL, e));
        ignore_missing(answer)
    }
}
