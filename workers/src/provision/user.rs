//! A grant as an IAM user of its own: user, guard, policies, key.

use domain::policy::{PolicyFault, check_user_inline, guard};
use domain::request::Grant;
use domain::{Request, UnixSeconds};
use platform::iam::{NewUser, ROLE_POLICY, TAG_EXPIRES_AT, TAG_PROJECT, TAG_REQUEST_ID, TAG_REQUESTER};

use crate::claim::Held;
use crate::context::Context;
use crate::failure::{Failure, REASON_REFUSED};
use crate::say::email::Credential;

/// What the user is to have.
pub(super) struct Wish<'a> {
    pub(super) policy_arns: &'a [String],
    pub(super) inline_policy: Option<&'a str>,
    pub(super) expires_at: UnixSeconds,
}

/// Makes it, or goes on where an earlier try stopped.
pub(super) async fn make(
    context: &Context,
    held: &Held,
    request: &Request,
    grant: &Grant,
    wish: &Wish<'_>,
) -> Result<Credential, Failure> {
    let guard = guard(wish.expires_at);
    if let Some(policy) = wish.inline_policy {
        check_user_inline(&guard, policy).map_err(|fault| too_much(&fault))?;
    }
    let iam = context.iam(grant.account_role_arn.as_deref()).await;
    let name = request.aws_name();
    let boundary_arn = context.maker.as_ref().and_then(|m| m.permissions_boundary_arn.as_deref());
    let boundary_arn = boundary_arn.map(|arn| in_account_of(grant.account_role_arn.as_deref(), arn));
    let tags = [
        (TAG_REQUEST_ID, request.request_id.to_string()),
        (TAG_PROJECT, request.project.to_string()),
        (TAG_REQUESTER, request.requester_slack_id.to_string()),
        (TAG_EXPIRES_AT, wish.expires_at.rfc3339()),
    ];
    let arn = iam
        .ensure_user(&NewUser {
            name: &name,
            deployment: &context.deployment,
            tags: &tags,
            boundary_arn: boundary_arn.as_deref(),
        })
        .await?;
    iam.put_guard(&name, &guard).await?;
    if let Some(policy) = wish.inline_policy {
        iam.put_user_policy(&name, ROLE_POLICY, policy).await?;
    }
    for policy_arn in wish.policy_arns {
        iam.attach(&name, policy_arn).await?;
    }
    // Whoever holds the claim after these were listed cannot have made one of them: what is deleted is never the key
    // of another worker that took over.
    let stale = iam.key_ids(&name).await?;
    held.confirm(context, request).await?;
    for id in stale {
        iam.delete_key(&name, &id).await?;
    }
    held.has_time(context.now())?;
    let key = iam.create_key(&name).await?;
    Ok(Credential {
        principal: name,
        account: account(&arn),
        access_key_id: key.id,
        secret_access_key: key.secret,
        session_token: None,
        assumed_role_id: None,
    })
}

pub(super) fn too_much(fault: &PolicyFault) -> Failure {
    Failure::Reject { reason: REASON_REFUSED, error: fault.to_string() }
}

/// `arn:aws:iam::111122223333:user/…` is in the account 111122223333.
pub(super) fn account(arn: &str) -> String {
    arn.split(':').nth(4).unwrap_or_default().to_owned()
}

/// IAM takes a boundary from its user's own account only: through a role elsewhere, it is the policy of the same name there.
fn in_account_of(account_role_arn: Option<&str>, boundary_arn: &str) -> String {
    let home = account(boundary_arn);
    match account_role_arn {
        // A policy of AWS's own is in every account.
        Some(role_arn) if home != "aws" => {
            boundary_arn.replacen(&format!(":{home}:"), &format!(":{}:", account(role_arn)), 1)
        }
        _ => boundary_arn.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boundary_is_in_the_account_of_its_user() {
        let own = "arn:aws:iam::111122223333:policy/keylease-boundary";
        let there = Some("arn:aws:iam::444455556666:role/keylease-member");
        assert_eq!(in_account_of(None, own), own);
        assert_eq!(in_account_of(there, own), "arn:aws:iam::444455556666:policy/keylease-boundary");
        let of_aws = "arn:aws:iam::aws:policy/PowerUserAccess";
        assert_eq!(in_account_of(there, of_aws), of_aws);
    }
}
