//! An approver says no.

use domain::job::Click;
use domain::lifecycle::Event;

use crate::context::Context;
use crate::failure::Failure;
use crate::record::{Applied, apply, load};
use crate::say::click::ClickRefused;
use crate::verdict::{catalogue, is_a_person, lapse_if_due, refuse, remember_message};

/// Handles the job `deny`.
pub(super) async fn deny(context: &Context, click: &Click) -> Result<(), Failure> {
    let mut request = load(context, &click.request_id).await?;
    remember_message(context, &mut request, click).await?;
    let project = catalogue(context, &request).await?;
    let Some(project) = project else {
        return refuse(context, click, &request, None, &ClickRefused::NoLongerOffered).await;
    };
    if let Err(why) = project.may_deny(&click.user_id) {
        return refuse(context, click, &request, Some(&project), &ClickRefused::MayNotDecide(why)).await;
    }
    if !is_a_person(context, &click.user_id).await? {
        return refuse(context, click, &request, Some(&project), &ClickRefused::NotAPerson).await;
    }
    let at = click.counts_from(context.now());
    let request = lapse_if_due(context, request, at).await?;
    let event = Event::Deny { by: click.user_id.clone(), at, approvers: project.approvers().to_vec() };
    match apply(context, request, &event).await? {
        Applied::Changed(_) | Applied::Before(_) => Ok(()),
        Applied::Illegal(request, _) => {
            refuse(context, click, &request, Some(&project), &ClickRefused::TooLate).await
        }
    }
}
