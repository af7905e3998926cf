//! Assignments as they are listed.

use serde_json::{Value, json};

use super::state::{AssignmentView, State};
use super::{Answer, Problem, put, text};

/// Entries of one page. AWS gives 100 at most, and fewer than asked for is normal.
const PAGE: usize = 2;

impl State {
    pub(super) fn list_assignments(&mut self, body: &Value) -> Answer {
        let (account_id, arn) = (text(body, "AccountId"), text(body, "PermissionSetArn"));
        if !self.sets.iter().any(|set| set.arn == arn) {
            return Err(Problem::not_found("PermissionSet"));
        }
        let start: usize = text(body, "NextToken").parse().unwrap_or(0);
        let fits = |one: &&AssignmentView| one.account_id == account_id && one.permission_set_arn == arn;
        let seen = self.listed_before.as_ref().map_or(&self.assignments, |(_, before)| before);
        let found: Vec<Value> = seen.iter().filter(fits).map(row).collect();
        let page: Vec<Value> = found.iter().skip(start).take(PAGE).cloned().collect();
        let mut answer = json!({ "AccountAssignments": page });
        if start + PAGE < found.len() {
            put(&mut answer, "NextToken", Some(&(start + PAGE).to_string()));
        } else {
            self.was_listed();
        }
        Ok(answer)
    }

    /// One more list has shown what was there before.
    fn was_listed(&mut self) {
        self.listed_before = match self.listed_before.take() {
            Some((left, before)) if left > 1 => Some((left - 1, before)),
            Some(_) | None => None,
        };
    }
}

fn row(one: &AssignmentView) -> Value {
    json!({
        "AccountId": one.account_id, "PermissionSetArn": one.permission_set_arn,
        "PrincipalType": one.principal_type, "PrincipalId": one.principal_id,
    })
}
