//! Somebody ends access early, by the button: the requester, or an approver.

use domain::job::Click;
use domain::lifecycle::Event;
use domain::{Project, Request, SlackUserId};

use crate::context::Context;
use crate::failure::Failure;
use crate::record::{Applied, apply, load};
use crate::say::click::ClickRefused;
use crate::verdict::{catalogue, refuse, remember_message};

/// Handles the job `end`.
pub(super) async fn end(context: &Context, click: &Click) -> Result<(), Failure> {
    let mut request = load(context, &click.request_id).await?;
    remember_message(context, &mut request, click).await?;
    let project = catalogue(context, &request).await?;
    let project = project.as_ref();
    if !may_end(&request, project, &click.user_id) {
        return refuse(context, click, &request, project, &ClickRefused::MayNotEnd).await;
    }
    match apply(context, request, &Event::Revoke { by: click.user_id.clone().into() }).await? {
        // The job that takes everything away follows by the queue, and is tried until it has.
        Applied::Changed(_) | Applied::Before(_) => Ok(()),
        Applied::Illegal(request, _) => {
            refuse(context, click, &request, project, &ClickRefused::NotLive).await
        }
    }
}

/// Ending access is for whoever has it, whoever gave it, and whoever could have.
fn may_end(request: &Request, project: Option<&Project>, person: &SlackUserId) -> bool {
    *person == request.requester_slack_id
        || request.approvals.contains(person)
        || project.is_some_and(|p| p.approvers().contains(person) || p.owner_slack_id == *person)
}
