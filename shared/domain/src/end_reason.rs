//! Who may end a grant early, and by what right.

use serde::{Deserialize, Serialize};

use crate::authorization::{deciders, who_may_deny};
use crate::ids::SlackUserId;
use crate::project::Project;
use crate::request::Request;

/// By what right somebody, or nobody, ends a grant early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
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
    /// Nobody: the requester left Slack.
    Left,
}

/// By what right `person` may end the grant; `None` when they may not. `project` is what the catalogue says today.
#[must_use]
pub fn can_end(request: &Request, project: Option<&Project>, person: &SlackUserId) -> Option<EndReason> {
    if person.is_same(&request.ask.requester_slack_id) {
        return Some(EndReason::Requester);
    }
    if person.is_in(&request.decision.approvals) {
        return Some(EndReason::Approved);
    }
    let Some(project) = project else {
        return person.is_in(&who_may_deny(request, None)).then_some(EndReason::Approver);
    };
    if person.is_in(&deciders(request, project)) {
        return Some(EndReason::Approver);
    }
    person.is_same(&project.owner_slack_id).then_some(EndReason::Owner)
}

/// Everybody who may end the grant early.
#[must_use]
pub fn who_can_end(request: &Request, project: Option<&Project>) -> Vec<SlackUserId> {
    let mut who = vec![request.ask.requester_slack_id.clone()];
    let owner = project.map(|project| project.owner_slack_id.clone());
    for id in request.decision.approvals.iter().cloned().chain(who_may_deny(request, project)).chain(owner) {
        if !who.contains(&id) {
            who.push(id);
        }
    }
    who
}
