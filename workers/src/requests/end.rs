//! Somebody ends access early, by the button: the requester, or an approver.

use domain::authorization::deciders;
use domain::end_reason::{EndReason, can_end, who_can_end};
use domain::job::Click;
use domain::lifecycle::Event;
use domain::{Project, Request};
use slack::messages::refused_click::ClickRefused;

use crate::context::Context;
use crate::failure::Failure;
use crate::grants::deprovision::take_away;
use crate::requests::authorization::{catalogue, refuse, remember_message};
use crate::requests::people::Lookups;
use crate::unit_of_work::change::{Applied, apply_unsent, load};

/// Handles the job `end`.
pub(crate) async fn end(context: &Context, click: &Click) -> Result<(), Failure> {
    let mut request = load(context, &click.request_id).await?;
    remember_message(context, &mut request, click).await?;
    let project = match catalogue(context, &request).await {
        // Whoever may end it by its record alone does not wait for a program that reads the project.
        Err(Failure::Later { .. }) if can_end(&request, None, &click.user_id).is_some() => None,
        found => found?,
    };
    let project = project.as_ref();
    let Some(ends_as) = ends_as(context, &request, project, click).await? else {
        return refuse(context, click, &request, project, &ClickRefused::MayNotEnd).await;
    };
    let approvers = project.map(|project| deciders(&request, project)).unwrap_or_default();
    let at = click.counts_from(context.now());
    let event = Event::EndEarly { by: click.user_id.clone().into(), at, ends_as, approvers };
    match apply_unsent(context, request, &event, None).await? {
        Applied::Changed(request) => take_away(context, *request).await,
        Applied::Already(_) => Ok(()),
        Applied::Illegal(request, _) => {
            refuse(context, click, &request, project, &ClickRefused::NotLive).await
        }
    }
}

/// By what right whoever clicked ends it. Slack is asked only when their id is not among those who may, since they may be
/// one of those under another id.
async fn ends_as(
    context: &Context,
    request: &Request,
    project: Option<&Project>,
    click: &Click,
) -> Result<Option<EndReason>, Failure> {
    if let Some(ends_as) = can_end(request, project, &click.user_id) {
        return Ok(Some(ends_as));
    }
    let who = who_can_end(request, project);
    let mut lookups = Lookups::new(context);
    if !lookups.is_listed(&who, &click.user_id).await? {
        return Ok(None);
    }
    let one = who.iter().find(|id| lookups.people.is_listed(std::slice::from_ref(id), &click.user_id));
    Ok(one.and_then(|id| can_end(request, project, id)))
}
