//! What a kind is made with, and what the kinds that make a principal of their own have in common.

use aws::iam::{Appearing, Prior, TAG_EXPIRES_AT, TAG_PROJECT, TAG_REQUEST_ID, TAG_REQUESTER};
use domain::{Request, UnixSeconds};

use crate::context::{Context, ProvisionDeps};
use crate::failure::{Failure, REASON_REFUSED};
use crate::grants::wanted::still_wanted;
use crate::unit_of_work::change::load;
use crate::unit_of_work::claim::Held;

/// For so long after a decision, or after the claim of a worker that made the grant, its principal may be new, in seconds.
const MAY_BE_NEW_SECONDS: i64 = 60;

/// One try at making a grant.
#[derive(Debug)]
pub(crate) struct Making<'a> {
    pub(crate) context: &'a Context,
    pub(crate) deps: &'a ProvisionDeps,
    /// The claim that it is made under.
    pub(crate) held: &'a Held,
    pub(crate) expires_at: UnixSeconds,
    /// The requester's address, where their profile has one.
    pub(crate) email: Option<&'a str>,
    /// How long AWS may still take to see what was just made.
    pub(crate) appearing: Appearing,
}

impl Making<'_> {
    /// Whether the grant is still wanted, and this worker's to make, by the record as it is at this moment.
    pub(crate) async fn confirm(&self, request: &Request) -> Result<(), Failure> {
        let now = load(self.context, &request.request_id).await?;
        still_wanted(&now)?;
        self.held.holds(&now)
    }
}

/// The catalogue asks for what cannot be.
pub(crate) fn cannot(fault: &dyn std::error::Error) -> Failure {
    Failure::Reject { reason: REASON_REFUSED, error: fault.to_string() }
}

/// What the principal of a grant says of itself.
pub(crate) fn tags(request: &Request, expires_at: UnixSeconds) -> [(&'static str, String); 4] {
    [
        (TAG_REQUEST_ID, request.request_id.to_string()),
        (TAG_PROJECT, request.ask.project.to_string()),
        (TAG_REQUESTER, request.ask.requester_slack_id.to_string()),
        (TAG_EXPIRES_AT, expires_at.rfc3339()),
    ]
}

/// The boundary of whatever is made in an account.
pub(crate) fn boundary_in(account_role_arn: Option<&str>, deps: &ProvisionDeps) -> Option<String> {
    deps.permissions_boundary_arn.as_deref().map(|arn| in_account_of(account_role_arn, arn))
}

/// What the record says of whether somebody may have made its principal a moment ago.
pub(crate) fn known(request: &Request, now: UnixSeconds) -> Prior {
    let is_recent = |at: UnixSeconds| now.seconds_since(at) < MAY_BE_NEW_SECONDS;
    let was_made = request.work.making.as_ref().map(|claim| claim.until).or(request.decision.decided_at);
    if request.access.gone_at.is_some() {
        Prior::Gone
    } else if was_made.is_some_and(is_recent) {
        Prior::MayBeNew
    } else {
        Prior::Settled
    }
}

/// `arn:aws:iam::111122223333:user/…` is in the account 111122223333.
pub(crate) fn account(arn: &str) -> String {
    arn.split(':').nth(4).unwrap_or_default().to_owned()
}

/// IAM takes a boundary from its bearer's own account only: through a role elsewhere, it is the policy of the same name there.
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
    fn a_boundary_is_in_the_account_of_its_bearer() {
        let own = "arn:aws:iam::111122223333:policy/keylease-boundary";
        let there = Some("arn:aws:iam::444455556666:role/keylease-member");
        assert_eq!(in_account_of(None, own), own);
        assert_eq!(in_account_of(there, own), "arn:aws:iam::444455556666:policy/keylease-boundary");
        let of_aws = "arn:aws:iam::aws:policy/PowerUserAccess";
        assert_eq!(in_account_of(there, of_aws), of_aws);
    }
}
