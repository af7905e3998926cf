//! Whether enough people could ever agree.

use std::collections::BTreeSet;

use crate::fault::{Findings, within};
use crate::node::{Node, Value};

/// Who may approve in a project.
pub(super) struct Approvers {
    count: i64,
    may_approve_own: bool,
}

impl Approvers {
    /// Those of a project: its list, or the owner.
    pub(super) fn of(project: &Node) -> Self {
        let listed = project.get("approver_slack_ids").map(Node::items).unwrap_or_default();
        let count = listed.iter().filter_map(Node::text).collect::<BTreeSet<_>>().len().max(1);
        let own = project.get("allow_self_approval");
        let may_approve_own = own.is_some_and(|allowed| allowed.value == Value::Bool(true));
        Self { count: count as i64, may_approve_own }
    }

    /// Checks how many must agree to a role against how many there are.
    pub(super) fn check(&self, role: &Node, field: &str, found: &mut Findings) {
        let Some(node) = role.get("approvals_required") else { return };
        let Value::Integer(required) = node.value else { return };
        let (field, count) = (within(field, "approvals_required"), self.count);
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
