//! Who may end a grant early, and by what right.

use serde::{Deserialize, Serialize};

use crate::ids::SlackUserId;
use crate::project::Project;
use crate::request::Request;

/// By what right somebody, or nobody, ends a grant early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndsAs {
    /// They have the access.
    Requester,
    /// They approved this very request.
    Approved,
    /// They are on the project's list of approvers today.
    Approver,
    /// They own the project.
    Owner,
    /// They may put jobs on the revoke queue.
    Operator,
    /// Nobody: the email with the credential did not arrive.
    Undelivered,
}

/// By what right `person` may end the grant; `None` when they may not. `project` is what the catalogue says today.
#[must_use]
pub fn may_end(request: &Request, project: Option<&Project>, person: &SlackUserId) -> Option<EndsAs> {
    if *person == request.requester_slack_id {
        return Some(EndsAs::Requester);
    }
    if request.approvals.contains(person) {
        return Some(EndsAs::Approved);
    }
    let project = project?;
    if project.approvers().contains(person) {
        return Some(EndsAs::Approver);
    }
    (project.owner_slack_id == *person).then_some(EndsAs::Owner)
}
