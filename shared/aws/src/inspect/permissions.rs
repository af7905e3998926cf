//! Policies and roles that a deployment or its catalogue names.

use aws_config::SdkConfig;
use aws_sdk_iam::Client;
use aws_sdk_iam::types::PolicyEvaluationDecisionType as Decision;

use crate::error::{CallError, from_sdk};
use crate::iam::{NOT_THERE, role_name};

/// A role, as IAM has it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct RoleSeen {
    pub arn: String,
    /// Its trust policy, JSON text.
    pub trust: String,
    pub session_max_seconds: u32,
}

/// The role of this ARN, in the configuration's own account.
pub async fn role(aws: &SdkConfig, arn: &str) -> Result<Option<RoleSeen>, CallError> {
    const CALL: &str = "iam:GetRole";
    let answer = Client::new(aws).get_role().role_name(role_name(arn)).send().await;
    let found = match answer.map_err(|e| from_sdk(CALL, e)) {
        Ok(answer) => answer.role.ok_or_else(|| CallError::incomplete(CALL, "Role"))?,
        Err(error) if error.is(NOT_THERE) => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(Some(RoleSeen {
        arn: found.arn,
        trust: found.assume_role_policy_document.map(|text| crate::iam::decoded(&text)).unwrap_or_default(),
        session_max_seconds: found
            .max_session_duration
            .and_then(|seconds| seconds.try_into().ok())
            .unwrap_or(3_600),
    }))
}

/// Whether there is a managed policy of this ARN.
pub async fn is_policy(aws: &SdkConfig, arn: &str) -> Result<bool, CallError> {
    match Client::new(aws).get_policy().policy_arn(arn).send().await {
        Ok(_) => Ok(true),
        Err(error) => {
            let error = from_sdk("iam:GetPolicy", error);
            if error.is(NOT_THERE) { Ok(false) } else { Err(error) }
        }
    }
}

/// Whether the policies of a role or user let it do `action` on `resource`, as IAM's simulator says. The resource's own
/// policy is not looked at.
pub async fn may(aws: &SdkConfig, principal: &str, action: &str, resource: &str) -> Result<bool, CallError> {
    const CALL: &str = "iam:SimulatePrincipalPolicy";
    let call = Client::new(aws).simulate_principal_policy().policy_source_arn(principal);
    let answer = call.action_names(action).resource_arns(resource).send().await;
    let results = answer.map_err(|e| from_sdk(CALL, e))?.evaluation_results.unwrap_or_default();
    let result = results.first().ok_or_else(|| CallError::incomplete(CALL, "EvaluationResults"))?;
    Ok(result.eval_decision == Decision::Allowed)
}
