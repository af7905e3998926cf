//! IAM Identity Center with what makes it hard: assignments take time, may fail, conflict with one that is under way, and are
//! not seen at once by who lists them.
//!
//! It answers the calls that Keylease makes, in AWS's own wire form (JSON 1.1), and no others.

mod arrange;
mod assignments;
mod entitlements;
mod hard;
mod memberships;
mod operations;
mod people;
mod portal;
mod state;

use std::sync::Mutex;

use jiff::Timestamp;
use serde_json::{Value, json};
use winterbaume_core::{MockRequest, MockResponse};

use crate::lock::lock;
use state::State;

pub use state::PortalSession;

/// The instance that there is.
pub const INSTANCE_ARN: &str = "arn:aws:sso:::instance/ssoins-72231a2b3c4d5e6f";
/// Its identity store.
pub const IDENTITY_STORE_ID: &str = "d-9067a1b2c3";

/// The application of account access manager, in the organisation's management account.
pub const ACCESS_APPLICATION_ARN: &str =
    "arn:aws:account-access:us-east-1:999988887777:application/aam-1a2b3c4d";
/// How the address of its portal begins.
pub const ACCESS_TENANT: &str = "t-1a2b3c4d";

/// The embedded Identity Center.
#[derive(Debug, Default)]
pub struct IdentityCenter(Mutex<State>);

/// An answer, or an error with its code, its message and its reason.
type Answer = Result<Value, Problem>;

/// An error as AWS words it.
#[derive(Debug)]
struct Problem {
    code: &'static str,
    message: String,
    reason: Option<&'static str>,
    /// What of the identity store is not there.
    resource_type: Option<String>,
}

impl Problem {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), reason: None, resource_type: None }
    }

    fn not_found(what: &str) -> Self {
        // The identity store says which, in capitals.
        let resource_type = what.chars().all(|c| c.is_ascii_uppercase() || c == '_').then(|| what.to_owned());
        Self { resource_type, ..Self::new("ResourceNotFoundException", format!("{what} not found.")) }
    }

    fn conflict() -> Self {
        Self::new("ConflictException", "There is a conflicting operation in process for this resource.")
    }
}

impl IdentityCenter {
    pub(crate) fn handle(&self, request: &MockRequest, operation: &str, now: Timestamp) -> MockResponse {
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        match lock(&self.0).answer(operation, &body, now) {
            Ok(answer) => MockResponse::json(200, answer.to_string()),
            Err(Problem { code, message, reason, resource_type }) => {
                let mut error = json!({ "__type": code, "Message": message });
                put(&mut error, "Reason", reason);
                put(&mut error, "ResourceType", resource_type.as_deref());
                MockResponse::json(400, error.to_string())
            }
        }
    }
}

impl State {
    fn answer(&mut self, operation: &str, body: &Value, now: Timestamp) -> Answer {
        self.finish_operations(now);
        in_instance(body)?;
        if let Some(conflict) = self.conflict(operation) {
            return Err(conflict);
        }
        match operation {
            "ListInstances" => Ok(
                json!({ "Instances": [{ "InstanceArn": INSTANCE_ARN, "IdentityStoreId": IDENTITY_STORE_ID }] }),
            ),
            "DescribePermissionSet" => self.describe_set(body),
            "CreateAccountAssignment" => self.create_assignment(body, now),
            "DeleteAccountAssignment" => self.delete_assignment(body, now),
            "DescribeAccountAssignmentCreationStatus" | "DescribeAccountAssignmentDeletionStatus" => {
                self.operation_status(operation, body)
            }
            "ListAccountAssignments" => self.list_assignments(body),
            "GetUserId" => self.user_id(body),
            "DescribeUser" => self.describe_user(body),
            "DescribeGroup" => self.describe_group(body),
            "CreateGroupMembership" => self.join(body),
            "DeleteGroupMembership" => self.leave(body),
            "GetGroupMembershipId" => self.membership_id(body),
            "IsMemberInGroups" => self.is_member(body),
            other => Err(Problem::new("UnknownOperationException", format!("{other} is not embedded."))),
        }
    }
}

/// There is one instance.
fn in_instance(body: &Value) -> Result<(), Problem> {
    match body.get("InstanceArn").and_then(Value::as_str) {
        Some(other) if other != INSTANCE_ARN => Err(Problem::not_found("Instance")),
        Some(_) | None => Ok(()),
    }
}

/// A text of a body.
fn text<'a>(body: &'a Value, name: &str) -> &'a str {
    body.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A text that may be absent.
fn put(answer: &mut Value, name: &str, text: Option<&str>) {
    if let (Some(fields), Some(text)) = (answer.as_object_mut(), text) {
        fields.insert(name.to_owned(), text.into());
    }
}

/// The user that a body is about.
fn member(body: &Value) -> &str {
    body.get("MemberId").map(|member| text(member, "UserId")).unwrap_or_default()
}
