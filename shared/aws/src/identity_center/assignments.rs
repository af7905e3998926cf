//! Assignments: a user may use a permission set in an account.

use std::collections::BTreeSet;

use aws_sdk_ssoadmin::types::{AccountAssignmentOperationStatus, PrincipalType, StatusValues, TargetType};

use super::{IdentityCenter, PAGES_MAX};
use crate::error::CallError;

const CREATE_CALL: &str = "sso:CreateAccountAssignment";
const CREATION_CALL: &str = "sso:DescribeAccountAssignmentCreationStatus";
const DELETE_CALL: &str = "sso:DeleteAccountAssignment";
const DELETION_CALL: &str = "sso:DescribeAccountAssignmentDeletionStatus";
const LIST_CALL: &str = "sso:ListAccountAssignments";

/// A user's assignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct Assignment<'a> {
    /// The account, 12 digits.
    pub account_id: &'a str,
    pub permission_set_arn: &'a str,
    /// The user's id in the identity store.
    pub user_id: &'a str,
}

/// How far creating or deleting an assignment has come.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct Progress {
    pub state: State,
    /// By what it can be asked for again.
    pub operation_id: Option<String>,
}

/// How far an operation has come.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum State {
    InProgress,
    Succeeded,
    Failed(String),
}

/// Who may use a permission set in an account.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct Assigned {
    pub users: BTreeSet<String>,
    pub groups: BTreeSet<String>,
}

impl IdentityCenter {
    /// Starts creating an assignment. One that is there already is no error.
    pub async fn create_assignment(&self, wanted: &Assignment<'_>) -> Result<Progress, CallError> {
        let call = self
            .admin
            .create_account_assignment()
            .instance_arn(&self.settings.instance_arn)
            .target_type(TargetType::AwsAccount)
            .target_id(wanted.account_id)
            .permission_set_arn(wanted.permission_set_arn)
            .principal_type(PrincipalType::User)
            .principal_id(wanted.user_id);
        match call.send().await {
            Ok(answer) => progress(CREATE_CALL, answer.account_assignment_creation_status),
            Err(error) => Err(self.instance_error(CREATE_CALL, error).await),
        }
    }

    /// Starts deleting an assignment. One that is not there is deleted already.
    pub async fn delete_assignment(&self, what: &Assignment<'_>) -> Result<Progress, CallError> {
        let call = self
            .admin
            .delete_account_assignment()
            .instance_arn(&self.settings.instance_arn)
            .target_type(TargetType::AwsAccount)
            .target_id(what.account_id)
            .permission_set_arn(what.permission_set_arn)
            .principal_type(PrincipalType::User)
            .principal_id(what.user_id);
        match self.found(DELETE_CALL, call.send().await).await? {
            Some(answer) => progress(DELETE_CALL, answer.account_assignment_deletion_status),
            None => Ok(Progress { state: State::Succeeded, operation_id: None }),
        }
    }

    /// How far a creation has come; `None` where Identity Center does not know of it any more.
    pub async fn creation(&self, operation_id: &str) -> Result<Option<State>, CallError> {
        let call = self
            .admin
            .describe_account_assignment_creation_status()
            .instance_arn(&self.settings.instance_arn)
            .account_assignment_creation_request_id(operation_id);
        let Some(answer) = self.found(CREATION_CALL, call.send().await).await? else { return Ok(None) };
        progress(CREATION_CALL, answer.account_assignment_creation_status).map(|at| Some(at.state))
    }

    /// How far a deletion has come; `None` where Identity Center does not know of it any more.
    pub async fn deletion(&self, operation_id: &str) -> Result<Option<State>, CallError> {
        let call = self
            .admin
            .describe_account_assignment_deletion_status()
            .instance_arn(&self.settings.instance_arn)
            .account_assignment_deletion_request_id(operation_id);
        let Some(answer) = self.found(DELETION_CALL, call.send().await).await? else { return Ok(None) };
        progress(DELETION_CALL, answer.account_assignment_deletion_status).map(|at| Some(at.state))
    }

    /// Who may use a permission set in an account, by every page. Nobody may use one that is not there.
    pub async fn assigned(&self, account_id: &str, permission_set_arn: &str) -> Result<Assigned, CallError> {
        let mut found = Assigned::default();
        let mut next = None;
        for _ in 0..PAGES_MAX {
            let call = self
                .admin
                .list_account_assignments()
                .instance_arn(&self.settings.instance_arn)
                .account_id(account_id)
                .permission_set_arn(permission_set_arn)
                .set_next_token(next);
            let Some(page) = self.found(LIST_CALL, call.send().await).await? else { return Ok(found) };
            for one in page.account_assignments() {
                let Some(id) = one.principal_id() else { continue };
                match one.principal_type() {
                    Some(PrincipalType::User) => found.users.insert(id.to_owned()),
                    Some(PrincipalType::Group) => found.groups.insert(id.to_owned()),
                    Some(_) | None => false,
                };
            }
            next = page.next_token;
            if next.is_none() {
                return Ok(found);
            }
        }
        Err(CallError::incomplete(LIST_CALL, "last page"))
    }

    /// Whether a user has an assignment of their own.
    pub async fn is_assigned(&self, what: &Assignment<'_>) -> Result<bool, CallError> {
        let assigned = self.assigned(what.account_id, what.permission_set_arn).await?;
        Ok(assigned.users.contains(what.user_id))
    }
}

fn progress(
    call: &'static str,
    status: Option<AccountAssignmentOperationStatus>,
) -> Result<Progress, CallError> {
    let status = status.ok_or_else(|| CallError::incomplete(call, "status"))?;
    let state = match status.status() {
        Some(StatusValues::Succeeded) => State::Succeeded,
        Some(StatusValues::Failed) => {
            State::Failed(status.failure_reason().unwrap_or("Identity Center gives no reason").to_owned())
        }
        // One that a newer API has is not an end that is known.
        Some(_) => State::InProgress,
        None => return Err(CallError::incomplete(call, "status")),
    };
    Ok(Progress { state, operation_id: status.request_id })
}
