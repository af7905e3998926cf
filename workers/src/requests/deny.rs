//! An approver says no, also when the project or the role is no longer there.

use domain::authorization::who_may_deny;
use domain::job::Click;
use domain::lifecycle::Event;
use domain::project::MayNotDecide;
use slack::messages::refused_click::ClickRefused;

use crate::context::Context;
use crate::failure::Failure;
use crate::requests::authorization::{catalogue, lapse_if_due, refuse, remember_message};
use crate::requests::people::Lookups;
use crate::unit_of_work::change::{Applied, apply, load};

/// Handles the job `deny`.
pub(crate) async fn deny(context: &Context, click: &Click) -> Result<(), Failure> {
    let mut request = load(context, &click.request_id).await?;
    remember_message(context, &mut request, click).await?;
    let project = catalogue(context, &request).await?;
    let project = project.as_ref();
    let approvers = who_may_deny(&request, project);
    let mut lookups = Lookups::new(context);
    if !lookups.is_listed(&approvers, &click.user_id).await? {
        let why = ClickRefused::MayNotDecide(MayNotDecide::NotAnApprover);
        return refuse(context, click, &request, project, &why).await;
    }
    if !lookups.is_active(&click.user_id).await? {
        return refuse(context, click, &request, project, &ClickRefused::NotAPerson).await;
    }
    let at = click.counts_from(context.now());
    let request = lapse_if_due(context, request, at).await?;
    let event = Event::Deny { by: click.user_id.clone(), at, approvers };
    match apply(context, request, &event).await? {
        Applied::Changed(_) | Applied::Already(_) => Ok(()),
        Applied::Illegal(request, _) => {
            refuse(context, click, &request, project, &ClickRefused::TooLate).await
        }
    }
}
