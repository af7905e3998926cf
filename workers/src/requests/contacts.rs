//! Looks at the people of a request before anybody is asked: can the requester get what is made, can anybody approve?

use domain::contact::ContactFault;
use domain::kind::RoleKind;
use domain::principal::Requester;
use domain::validation::Refusal;
use domain::{EmailAddress, Project, RoleName, SlackUserId};
use tracing::warn;

use crate::context::Context;
use crate::failure::Failure;
use crate::requests::identity;
use crate::requests::people::Lookups;

/// Approvers who are looked up for one request, at most: Slack allows 100 such calls a minute.
pub(crate) const LOOKUPS_MAX: usize = 50;

/// Whether the requester has an active account, and can be sent a credential or let into a role. What is claimed needs no
/// address. The inner error is for the requester to know.
pub(crate) async fn check_requester(
    context: &Context,
    lookups: &mut Lookups<'_>,
    id: &SlackUserId,
    kind: Option<&RoleKind>,
    is_claimed: bool,
) -> Result<Result<(), ContactFault>, Failure> {
    let Some(person) = lookups.profile(id).await? else { return Ok(Err(ContactFault::RequesterUnknown)) };
    if !lookups.is_active(id).await? {
        return Ok(Err(ContactFault::RequesterInactive));
    }
    if let Some(kind) = kind.filter(|kind| !kind.has_secret()) {
        let email = person.email.as_deref();
        let user_id =
            if let Some(door) = kind.door() { identity::user_id(context, door, email).await? } else { None };
        let known = Requester { email, identity_store_user_id: user_id.as_deref() };
        return Ok(kind.check_requester(&known).map_err(ContactFault::NoPrincipal));
    }
    if is_claimed {
        return Ok(Ok(()));
    }
    let Some(email) = &person.email else { return Ok(Err(ContactFault::NoAddress)) };
    Ok(EmailAddress::parse(email).map(|_| ()).map_err(|fault| ContactFault::UnusableAddress { fault }))
}

/// Whether enough approvers have active accounts. Stops as soon as enough different people are: in the usual case after one
/// call, and in turn, so that it gets to be known who has left. The inner error is for the requester to know.
pub(crate) async fn check_approvers(
    lookups: &mut Lookups<'_>,
    requester: &SlackUserId,
    project: &Project,
    role: &RoleName,
) -> Result<Result<(), Refusal>, Failure> {
    let required = project.roles.get(role).map_or(1, |role| role.approvals_required);
    let (mut others, mut active) = (Vec::new(), 0);
    let listed = lookups.individuals(project.approvers(role)).await?;
    let listed = lookups.in_turn(listed);
    let listed = listed.iter().filter(|id| project.allow_self_approval || !id.is_same(requester));
    for (looked_up, approver) in listed.enumerate() {
        if looked_up == LOOKUPS_MAX {
            warn!(project = %project.project, "not all approvers were looked up: there are too many");
            return Ok(Ok(()));
        }
        if is_excluded(lookups, project, approver, requester).await?
            || lookups.is_one_of(approver, &others).await?
        {
            continue;
        }
        others.push(approver.clone());
        active += u32::from(lookups.is_active(approver).await?);
        if active >= required {
            return Ok(Ok(()));
        }
    }
    let others = u32::try_from(others.len()).unwrap_or(u32::MAX);
    Ok(Err(if others < required {
        Refusal::TooFewApprovers { required, others }
    } else {
        Refusal::Contact(ContactFault::TooFewActiveApprovers { required, active })
    }))
}

/// Whether an approver is the requester, by whichever id, and the project does not let them approve their own.
pub(crate) async fn is_excluded(
    lookups: &mut Lookups<'_>,
    project: &Project,
    approver: &SlackUserId,
    requester: &SlackUserId,
) -> Result<bool, Failure> {
    Ok(!project.allow_self_approval && lookups.is_one_of(approver, std::slice::from_ref(requester)).await?)
}
