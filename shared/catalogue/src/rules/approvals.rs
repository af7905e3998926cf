//! Whether enough people could ever agree.

use std::collections::BTreeSet;

use crate::fault::{Findings, within};
use crate::node::{Node, Value};

/// Who may approve in a project.
pub(super) struct Approvers {
    of_project: Listed,
    may_approve_own: bool,
}

/// How many a list has. How many are in a user group only Slack knows.
#[derive(Clone, Copy)]
struct Listed {
    count: i64,
    has_groups: bool,
}

impl Approvers {
    /// Those of a project: its list, or the owner.
    pub(super) fn of(project: &Node) -> Self {
        let own = project.get("allow_self_approval");
        let may_approve_own = own.is_some_and(|allowed| allowed.value == Value::Bool(true));
        Self { of_project: listed(project), may_approve_own }
    }

    /// Checks how many must agree to a role against how many there are.
    pub(super) fn check(&self, role: &Node, field: &str, found: &mut Findings) {
        let Some(node) = role.get("approvals_required") else { return };
        let Value::Integer(required) = node.value else { return };
        let own = listed(role);
        let Listed { count, has_groups } = if own.count > 0 { own } else { self.of_project };
        if has_groups {
            return;
        }
        let (field, count) = (within(field, "approvals_required"), count.max(1));
        if required > count {
            let there_is = if count == 1 { "is 1 approver" } else { &format!("are {count} approvers") };
            let what = format!(
                "{required} must agree, and there {there_is}; add to approver_slack_ids, or ask for fewer"
            );
            found.fault(node.line, &field, what);
        } else if required > 1 && required == count && !self.may_approve_own {
            let what = format!(
                "all {count} approvers must agree, so none of them can get this role: nobody approves their own request"
            );
            found.warn(node.line, &field, what);
        }
    }
}

fn listed(node: &Node) -> Listed {
    let ids = node.get("approver_slack_ids").map(Node::items).unwrap_or_default();
    let ids: BTreeSet<&str> = ids.iter().filter_map(Node::text).collect();
    Listed { count: ids.len() as i64, has_groups: ids.iter().any(|id| id.starts_with('S')) }
}
