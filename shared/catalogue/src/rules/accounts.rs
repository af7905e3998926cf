//! Whether a role's ARNs belong to the account that the project acts in.

use crate::fault::{Findings, quoted, within};
use crate::form::{POLICY_ARN, ROLE_ARN};
use crate::node::Node;

/// Checks a role's ARNs against `account_role_arn`. Without it the account is the workers' own, which no file says.
pub(super) fn check(project: &Node, role: &Node, field: &str, found: &mut Findings) {
    let acts_in = project.get("account_role_arn").and_then(Node::text);
    let Some(account) = acts_in.filter(|arn| ROLE_ARN.check(arn).is_ok()).and_then(account) else { return };
    for node in role.get("policy_arns").map(Node::items).unwrap_or_default() {
        let Some(arn) = node.text().filter(|arn| POLICY_ARN.check(arn).is_ok()) else { continue };
        if elsewhere(arn, account) {
            let what = format!(
                "{} is not in account {account}, where account_role_arn acts: IAM attaches its own account's policies and AWS's",
                quoted(arn)
            );
            found.fault(node.line, &within(field, "policy_arns"), what);
        }
    }
    let Some(node) = role.get("role_arn") else { return };
    if node.text().is_some_and(|arn| ROLE_ARN.check(arn).is_ok() && elsewhere(arn, account)) {
        let what = format!(
            "the role is not in account {account}, where account_role_arn acts: its sessions cannot be ended early"
        );
        found.warn(node.line, &within(field, "role_arn"), what);
    }
}

fn elsewhere(arn: &str, home: &str) -> bool {
    account(arn).is_some_and(|other| other != home && other != "aws")
}

fn account(arn: &str) -> Option<&str> {
    arn.split(':').nth(4)
}
