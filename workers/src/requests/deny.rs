//! An approver says no, also when the project or the role is no longer there.

use domain::authorization::who_may_deny;
use domain::job::Click;
use domain::lifecycle::Event;
use domain::project::MayNotDecide;
use domain::validation::DENY_REASON_MAX_CHARS;
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
    let reason = click.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
    let reason = reason.map(|reason| reason.chars().take(DENY_REASON_MAX_CHARS).collect());
    let event = Event::Deny { by: click.user_id.clone(), at, approvers, reason };
    match apply(context, request, &event).await? {
        Applied::Changed(_) | Applied::Already(_) => Ok(()),
        Applied::Illegal(request, _) => {
            refuse(context, click, &request, project, &ClickRefused::TooLate).await
        }
    }
}
