//! An approver says yes: one conditional write, by somebody who may, at a time when the request is open.

use domain::job::Click;
use domain::lifecycle::{Event, Illegal};
use domain::project::Role;
use domain::request::Grant;
use domain::{Project, Request};

use crate::context::Context;
use crate::failure::Failure;
use crate::record::{Applied, apply, load, send_outbox};
use crate::say::click::ClickRefused;
use crate::verdict::{catalogue, is_a_person, lapse_if_due, refuse, remember_message};

/// Handles the job `approve`.
pub(super) async fn approve(context: &Context, click: &Click) -> Result<(), Failure> {
    let mut request = load(context, &click.request_id).await?;
    if request.approvals.contains(&click.user_id) {
        // This very click again, or a second one by the same person.
        return send_outbox(context, &mut request).await;
    }
    remember_message(context, &mut request, click).await?;
    let project = catalogue(context, &request).await?;
    let (project, role) = match offered(&request, project.as_ref()) {
        Ok(found) => found,
        Err(why) => return refuse(context, click, &request, project.as_ref(), &why).await,
    };
    if let Some(why) = may_not(context, click, &request, project).await? {
        return refuse(context, click, &request, Some(project), &why).await;
    }
    let at = click.counts_from(context.now());
    let request = lapse_if_due(context, request, at).await?;
    let event = Event::Approve {
        by: click.user_id.clone(),
        at,
        approvers: project.approvers().to_vec(),
        self_approval_allowed: project.allow_self_approval,
        approvals_required: role.approvals_required,
        grant: Grant { role: role.kind.clone(), account_role_arn: project.account_role_arn.clone() },
    };
    match apply(context, request, &event).await? {
        Applied::Changed(_) | Applied::Before(_) => Ok(()),
        Applied::Illegal(request, Illegal::Stale { clicked_at }) => {
            // Its buttons stay, unless its time to be decided is over by now.
            let now = context.now();
            let request = lapse_if_due(context, *request, now).await?;
            let why = ClickRefused::Stale { clicked_at, now };
            refuse(context, click, &request, Some(project), &why).await
        }
        Applied::Illegal(request, _) => {
            refuse(context, click, &request, Some(project), &ClickRefused::TooLate).await
        }
    }
}

/// The role as the catalogue offers it today.
fn offered<'a>(
    request: &Request,
    project: Option<&'a Project>,
) -> Result<(&'a Project, &'a Role), ClickRefused> {
    let project = project.ok_or(ClickRefused::NoLongerOffered)?;
    let role = project.roles.get(&request.role).ok_or(ClickRefused::NoLongerOffered)?;
    let longest = role.longest();
    if request.duration() > longest {
        return Err(ClickRefused::NowTooLong { longest });
    }
    Ok((project, role))
}

/// Why this person may not approve this request now. The table and Slack say, never the message.
async fn may_not(
    context: &Context,
    click: &Click,
    request: &Request,
    project: &Project,
) -> Result<Option<ClickRefused>, Failure> {
    if let Err(why) = project.may_approve(&click.user_id, &request.requester_slack_id) {
        return Ok(Some(ClickRefused::MayNotDecide(why)));
    }
    if request.status.is_final() {
        return Ok(Some(ClickRefused::TooLate));
    }
    if !is_a_person(context, &click.user_id).await? {
        return Ok(Some(ClickRefused::NotAPerson));
    }
    if !is_a_person(context, &request.requester_slack_id).await? {
        return Ok(Some(ClickRefused::RequesterLeft));
    }
    Ok(None)
}
