//! Account access manager: what opens a role to a user, in AWS's own wire form (REST, JSON).

use std::collections::BTreeMap;

use serde_json::{Value, json};
use winterbaume_core::{MockRequest, MockResponse};

use super::state::{EntitlementView, State};
use super::{
    ACCESS_APPLICATION_ARN, ACCESS_TENANT, Answer, INSTANCE_ARN, IdentityCenter, Problem, put, text,
};
use crate::lock::lock;

/// Who has to be let in by a role's trust policy.
const SERVICE: &str = "account-access.amazonaws.com";
/// Entries of one page.
const PAGE: usize = 2;
const AT: &str = "2026-01-01T00:00:00Z";

impl IdentityCenter {
    /// `roles` are those of IAM, by their ARNs, with their trust policies.
    pub(crate) fn handle_access(
        &self,
        request: &MockRequest,
        operation: &str,
        id: &str,
        roles: &BTreeMap<String, String>,
    ) -> MockResponse {
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        match lock(&self.0).answer_access(operation, id, &body, roles) {
            Ok(answer) => MockResponse::json(200, answer.to_string()),
            Err(Problem { code, message, .. }) => {
                let status = match code {
                    "ResourceNotFoundException" => 404,
                    "ConflictException" => 409,
                    _ => 400,
                };
                winterbaume_core::rest_json_error(status, code, &message)
            }
        }
    }
}

impl State {
    fn answer_access(
        &mut self,
        operation: &str,
        id: &str,
        body: &Value,
        roles: &BTreeMap<String, String>,
    ) -> Answer {
        match operation {
            "ListApplications" if self.access_is_off => Ok(json!({ "applications": [] })),
            "ListApplications" => Ok(json!({ "applications": [{
                "applicationArn": ACCESS_APPLICATION_ARN, "tenantId": ACCESS_TENANT, "createdAt": AT, "updatedAt": AT,
            }] })),
            "GetApplication" => Ok(json!({
                "identitySource": { "identityCenter": { "instanceArn": INSTANCE_ARN } }, "status": "ACTIVE",
                "tenantId": ACCESS_TENANT, "createdAt": AT, "updatedAt": AT,
            })),
            "CreateEntitlement" => self.entitle(body, roles),
            "ListEntitlements" => self.list_entitlements(body),
            "DeleteEntitlement" => match self.entitlements.remove(id) {
                Some(_) => {
                    self.entitlements_changed();
                    Ok(json!({}))
                }
                None => Err(Problem::not_found("Entitlement")),
            },
            other => Err(Problem::new("ValidationException", format!("{other} is not embedded."))),
        }
    }

    fn entitle(&mut self, body: &Value, roles: &BTreeMap<String, String>) -> Answer {
        let of = body.pointer("/entitlement/principalRole").unwrap_or(&Value::Null);
        let user_id =
            of.pointer("/principal/identityCenter/userId").and_then(Value::as_str).unwrap_or_default();
        let role_arn = text(of, "roleArn");
        if text(body, "applicationArn") != ACCESS_APPLICATION_ARN {
            return Err(Problem::not_found("Application"));
        }
        if !self.users.iter().any(|user| user.id == user_id) {
            return Err(Problem::not_found("Principal"));
        }
        let lets_in = roles.get(role_arn).is_some_and(|trust| trust.contains(SERVICE));
        if self.unverified > 0 || !lets_in {
            self.unverified = self.unverified.saturating_sub(1);
            return Err(Problem::new("ValidationException", format!("Error verifying role {role_arn}.")));
        }
        let wanted = EntitlementView { user_id: user_id.to_owned(), role_arn: role_arn.to_owned() };
        if let Some((id, _)) = self.entitlements.iter().find(|(_, one)| **one == wanted) {
            return Ok(json!({ "entitlementId": id }));
        }
        let id = self.id();
        self.entitlements.insert(id.clone(), wanted);
        self.entitlements_changed();
        Ok(json!({ "entitlementId": id }))
    }

    /// Lists do not show it for a while.
    fn entitlements_changed(&mut self) {
        if self.list_lag > 0 && self.entitlements_unseen == 0 {
            self.entitlements_unseen = self.list_lag;
        } else if self.list_lag == 0 {
            self.entitlements_seen = self.entitlements.clone();
        }
    }

    fn list_entitlements(&mut self, body: &Value) -> Answer {
        let of = body.pointer("/filter/principalRole").unwrap_or(&Value::Null);
        let Some(user_id) = of.pointer("/principal/identityCenter/userId").and_then(Value::as_str) else {
            return Err(Problem::new("ValidationException", "A filter with a principal is required."));
        };
        if self.entitlements_unseen == 0 {
            self.entitlements_seen = self.entitlements.clone();
        }
        let role_arn = text(of, "roleArn");
        let start: usize = text(body, "nextToken").parse().unwrap_or(0);
        let fits =
            |(_, one): &(&String, &EntitlementView)| one.user_id == user_id && one.role_arn == role_arn;
        let found: Vec<Value> = self.entitlements_seen.iter().filter(fits).map(member).collect();
        let page: Vec<Value> = found.iter().skip(start).take(PAGE).cloned().collect();
        let mut answer = json!({ "entitlements": page });
        if start + PAGE < found.len() {
            put(&mut answer, "nextToken", Some(&(start + PAGE).to_string()));
        } else {
            self.entitlements_unseen = self.entitlements_unseen.saturating_sub(1);
        }
        Ok(answer)
    }
}

fn member((id, one): (&String, &EntitlementView)) -> Value {
    json!({
        "entitlementId": id, "createdAt": AT,
        "entitlement": { "principalRole": {
            "principal": { "identityCenter": { "userId": one.user_id } }, "roleArn": one.role_arn,
            "account": one.role_arn.split(':').nth(4).unwrap_or_default(),
        } },
    })
}
