//! Looks at the people of a request before anybody is asked: can the requester get the credential, can anybody approve?

use domain::contact::ContactFault;
use domain::job::Ask;
use domain::{EmailAddress, Project, RoleName, SlackUserId};
use platform::slack::Person;
use tracing::warn;

use crate::context::Context;
use crate::failure::Failure;

/// Approvers who are looked up for one request, at most: Slack allows 100 such calls a minute.
pub(super) const LOOKUPS_MAX: usize = 50;

/// Whether the requester has a usable address, and enough approvers have active accounts. The inner error is for the
/// requester to know.
pub(super) async fn check(
    context: &Context,
    ask: &Ask,
    project: &Project,
    role: &RoleName,
) -> Result<Result<(), ContactFault>, Failure> {
    if let Err(fault) = check_requester(context, &ask.user_id).await? {
        return Ok(Err(fault));
    }
    let required = project.roles.get(role).map_or(1, |role| role.approvals_required);
    check_approvers(context, &ask.user_id, project, required).await
}

async fn check_requester(context: &Context, id: &SlackUserId) -> Result<Result<(), ContactFault>, Failure> {
    let Some(person) = find(context, id).await? else { return Ok(Err(ContactFault::RequesterUnknown)) };
    if !is_active(&person) {
        return Ok(Err(ContactFault::RequesterInactive));
    }
    let Some(email) = &person.email else { return Ok(Err(ContactFault::NoAddress)) };
    Ok(EmailAddress::parse(email).map(|_| ()).map_err(|fault| ContactFault::UnusableAddress { fault }))
}

/// Stops as soon as enough are active: in the usual case after one call.
async fn check_approvers(
    context: &Context,
    requester: &SlackUserId,
    project: &Project,
    required: u32,
) -> Result<Result<(), ContactFault>, Failure> {
    let mut active = 0;
    let others = project.approvers().iter().filter(|id| project.may_approve(id, requester).is_ok());
    for (looked_up, approver) in others.enumerate() {
        if looked_up == LOOKUPS_MAX {
            warn!(project = %project.project, "not all approvers were looked up: there are too many");
            return Ok(Ok(()));
        }
        if can_be_asked(context, approver).await? {
            active += 1;
        }
        if active >= required {
            return Ok(Ok(()));
        }
    }
    Ok(Err(ContactFault::TooFewActiveApprovers { required, active }))
}

/// Whether somebody has an active account of a person. Slack takes messages to deactivated accounts without an error.
pub(super) async fn can_be_asked(context: &Context, id: &SlackUserId) -> Result<bool, Failure> {
    Ok(find(context, id).await?.is_some_and(|person| is_active(&person)))
}

fn is_active(person: &Person) -> bool {
    !person.deactivated && !person.is_bot
}

async fn find(context: &Context, id: &SlackUserId) -> Result<Option<Person>, Failure> {
    match context.slack.person(id).await {
        Ok(person) => Ok(Some(person)),
        Err(error) if error.is("user_not_found") || error.is("user_not_visible") => Ok(None),
        Err(error) => Err(error.into()),
    }
}
