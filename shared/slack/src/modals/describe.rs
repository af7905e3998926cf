//! What a role is, in a sentence, and who can approve it.

use domain::kind::{Door, InAws, RoleKind};
use domain::project::{Project, Role};
use domain::{RoleName, SlackUserId};

use crate::messages::{list, mentions, name};
use crate::text;

/// Roles that are described at once, at most.
const DESCRIBED_MAX: usize = 15;
/// Policies that are named in one sentence, at most.
const POLICIES_MAX: usize = 4;
/// Longest name of a policy or role of AWS that is shown, in characters.
const AWS_NAME_MAX_CHARS: usize = 64;

/// The role that was chosen; all of them where none was.
pub(super) fn roles(project: &Project, chosen: Option<&RoleName>) -> String {
    let described = project.roles.iter().filter(|(name, _)| chosen.is_none_or(|chosen| *name == chosen));
    let lines: Vec<String> = described.map(|(name, role)| line(name, role)).collect();
    let more = lines.len().saturating_sub(DESCRIBED_MAX);
    let mut text = lines.into_iter().take(DESCRIBED_MAX).collect::<Vec<_>>().join("\n");
    if more > 0 {
        text.push_str(&format!("\nand {more} more"));
    }
    text
}

/// Who can approve a request of `requester` for the role that was chosen.
pub(super) fn approvers(project: &Project, chosen: Option<&RoleName>, requester: &SlackUserId) -> String {
    let listed = chosen.map_or_else(|| project.default_approvers(), |role| project.approvers(role));
    let able = listed.iter().filter(|id| project.allow_self_approval || !id.is_same(requester));
    let able: Vec<SlackUserId> = able.cloned().collect();
    if able.is_empty() {
        return format!("Nobody but you can approve for {}.", name(project.project.as_str()));
    }
    format!("{} can approve. Time runs from their decision.", mentions(&able, "or"))
}

fn line(role_name: &RoleName, role: &Role) -> String {
    let agree = match role.approvals_required {
        0 | 1 => String::new(),
        several => format!("; {several} people must agree"),
    };
    let longer = match role.extensions() {
        0 => String::new(),
        1 => "; can be extended once".to_owned(),
        times => format!("; can be extended {times} times"),
    };
    format!("{}: {}, up to {}{agree}{longer}", name(role_name.as_str()), kind(&role.kind), role.longest())
}

fn kind(kind: &RoleKind) -> String {
    let (policy_arns, inline_policy) = kind.policies();
    match kind.in_aws() {
        InAws::User => format!("an access key with {}", allowed(policy_arns, inline_policy)),
        InAws::Role => {
            let how = kind.door().map_or("", how);
            format!("an AWS role of your own, {how}, with {}", allowed(policy_arns, inline_policy))
        }
        InAws::AssignmentOf { permission_set_arn: _, account_id } => {
            let early = if kind.closes_early() { ", taken away before your sessions outlast it" } else { "" };
            format!(
                "a permission set in the account {}, as yourself{early}",
                text::code(account_id, AWS_NAME_MAX_CHARS)
            )
        }
        InAws::MemberOf(_) => "membership of a group in AWS, as yourself".to_owned(),
        InAws::SessionOf(role_arn) => {
            let narrowed = if inline_policy.is_some() { ", narrowed by a policy" } else { "" };
            format!("a session of the AWS role {}{narrowed}", last(role_arn))
        }
    }
}

fn how(door: &Door) -> &'static str {
    match door {
        Door::AssumeRole { .. } => "which you assume as yourself",
        Door::AccountAccess => "which you sign in to as yourself",
        Door::Claim => "whose sessions you claim on your machine",
    }
}

/// The policies that a grant gets.
fn allowed(policy_arns: &[String], inline_policy: Option<&str>) -> String {
    let mut policies: Vec<String> = policy_arns.iter().take(POLICIES_MAX).map(|arn| last(arn)).collect();
    let more = policy_arns.len().saturating_sub(POLICIES_MAX);
    if more > 0 {
        policies.push(format!("{more} more policies"));
    }
    if inline_policy.is_some() {
        policies.push("a policy of the project's own".to_owned());
    }
    list(&policies, "and")
}

/// The name at the end of an ARN.
fn last(arn: &str) -> String {
    text::code(arn.rsplit('/').next().unwrap_or(arn), AWS_NAME_MAX_CHARS)
}
