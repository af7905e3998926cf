//! Creating and deleting assignments, which takes its time.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::state::{AssignmentView, Operation, State};
use super::{Answer, Problem, put, text};

impl State {
    pub(super) fn create_assignment(&mut self, body: &Value, now: Timestamp) -> Answer {
        let what = self.named(body)?;
        let fails = self.failing_creation.clone();
        let status = self.begin(what, true, fails, now)?;
        Ok(json!({ "AccountAssignmentCreationStatus": status }))
    }

    pub(super) fn delete_assignment(&mut self, body: &Value, now: Timestamp) -> Answer {
        let what = self.named(body)?;
        if self.is_busy(&what) {
            return Err(Problem::conflict());
        }
        if !self.assignments.contains(&what) {
            return Err(Problem::not_found("AccountAssignment"));
        }
        let fails = self.failing_deletion.clone();
        let status = self.begin(what, false, fails, now)?;
        Ok(json!({ "AccountAssignmentDeletionStatus": status }))
    }

    pub(super) fn operation_status(&self, call: &str, body: &Value) -> Answer {
        let kind = if call.contains("Creation") { "Creation" } else { "Deletion" };
        let id = text(body, &format!("AccountAssignment{kind}RequestId"));
        let found = self.operations.get(id).filter(|found| found.creates == (kind == "Creation"));
        let operation = found.ok_or_else(|| Problem::not_found("AccountAssignmentRequest"))?;
        Ok(json!({ format!("AccountAssignment{kind}Status"): status(id, operation) }))
    }

    /// What is done by now has taken effect.
    pub(super) fn finish_operations(&mut self, now: Timestamp) {
        let due: Vec<String> = self
            .operations
            .iter()
            .filter(|(_, operation)| !operation.is_done && operation.done_at <= now)
            .map(|(id, _)| id.clone())
            .collect();
        for id in due {
            let Some(operation) = self.operations.get_mut(&id) else { continue };
            operation.is_done = true;
            let Operation { creates, what, fails, .. } = operation.clone();
            if fails.is_none() {
                self.change(|assignments| {
                    if creates {
                        assignments.insert(what)
                    } else {
                        assignments.remove(&what)
                    };
                });
            }
        }
    }

    fn begin(
        &mut self,
        what: AssignmentView,
        creates: bool,
        fails: Option<String>,
        now: Timestamp,
    ) -> Answer {
        if self.is_busy(&what) {
            return Err(Problem::conflict());
        }
        let id = self.id();
        let takes = SignedDuration::from_secs(self.operation_seconds.into());
        let done_at = now.saturating_add(takes).unwrap_or(now);
        self.operations.insert(id.clone(), Operation { creates, what, done_at, is_done: false, fails });
        self.finish_operations(now);
        Ok(self.operations.get(&id).map(|operation| status(&id, operation)).unwrap_or_default())
    }

    fn named(&self, body: &Value) -> Result<AssignmentView, Problem> {
        let what = AssignmentView {
            account_id: text(body, "TargetId").to_owned(),
            permission_set_arn: text(body, "PermissionSetArn").to_owned(),
            principal_type: text(body, "PrincipalType").to_owned(),
            principal_id: text(body, "PrincipalId").to_owned(),
        };
        if !self.sets.iter().any(|set| set.arn == what.permission_set_arn) {
            return Err(Problem::not_found("PermissionSet"));
        }
        Ok(what)
    }
}

fn status(id: &str, operation: &Operation) -> Value {
    let Operation { what, is_done, fails, .. } = operation;
    let mut status = json!({
        "RequestId": id, "TargetId": what.account_id, "TargetType": "AWS_ACCOUNT",
        "PermissionSetArn": what.permission_set_arn, "PrincipalType": what.principal_type,
        "PrincipalId": what.principal_id,
        "Status": match (is_done, fails) {
            (false, _) => "IN_PROGRESS",
            (true, None) => "SUCCEEDED",
            (true, Some(_)) => "FAILED",
        },
    });
    put(&mut status, "FailureReason", fails.as_deref().filter(|_| *is_done));
    status
}
