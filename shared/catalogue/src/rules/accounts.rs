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

/// Checks that all ARNs of a project are of one partition: AWS's are apart, and nothing acts in two of them.
pub(super) fn partitions(project: &Node, found: &mut Findings) {
    let mut first: Option<(&str, &Node)> = None;
    for (field, node) in arns(project) {
        let Some(partition) = node.text().and_then(partition) else { continue };
        let (home, by) = *first.get_or_insert((partition, node));
        if partition != home {
            let what = format!(
                "{} is of the partition {partition}, and {} on line {} is of {home}: a project acts in one of them",
                quoted(node.text().unwrap_or_default()),
                quoted(by.text().unwrap_or_default()),
                by.line
            );
            found.fault(node.line, &field, what);
        }
    }
}

/// Every ARN of a project, each with its field: the one that it acts by first.
fn arns(project: &Node) -> Vec<(String, &Node)> {
    let mut all: Vec<(String, &Node)> = Vec::new();
    all.extend(project.get("account_role_arn").map(|node| ("account_role_arn".to_owned(), node)));
    for role in project.get("roles").map(Node::entries).unwrap_or_default() {
        let of_role = within("roles", &role.key);
        for field in ["role_arn", "permission_set_arn"] {
            all.extend(role.node.get(field).map(|node| (within(&of_role, field), node)));
        }
        for field in ["policy_arns", "principals"] {
            let items = role.node.get(field).map(Node::items).unwrap_or_default();
            all.extend(items.iter().map(|node| (within(&of_role, field), node)));
        }
    }
    all
}

/// `arn:aws-cn:iam::aws:policy/x` is of aws-cn.
fn partition(arn: &str) -> Option<&str> {
    arn.strip_prefix("arn:")?.split(':').next().filter(|partition| partition.starts_with("aws"))
}

fn elsewhere(arn: &str, home: &str) -> bool {
    account(arn).is_some_and(|other| other != home && other != "aws")
}

fn account(arn: &str) -> Option<&str> {
    arn.split(':').nth(4)
}
