//! An approver reviews what was granted by break-glass: who, when and what they say is recorded.

use domain::authorization::who_may_deny;
use domain::job::Click;
use domain::lifecycle::Event;
use domain::project::MayNotDecide;
use domain::validation::REVIEW_NOTE_MAX_CHARS;
use slack::messages::refused_click::ClickRefused;

use crate::context::Context;
use crate::failure::Failure;
use crate::requests::authorization::{catalogue, refuse, remember_message};
use crate::requests::people::Lookups;
use crate::unit_of_work::change::{Applied, apply, load};

/// Handles the job `review`.
pub(crate) async fn review(context: &Context, click: &Click) -> Result<(), Failure> {
    let mut request = load(context, &click.request_id).await?;
    remember_message(context, &mut request, click).await?;
    let project = catalogue(context, &request).await?;
    let project = project.as_ref();
    let approvers = who_may_deny(&request, project);
    let mut lookups = Lookups::new(context);
    let requester = request.ask.requester_slack_id.clone();
    let refused = if lookups.is_one_of(&click.user_id, &[requester]).await? {
        Some(ClickRefused::OwnReview)
    } else if !lookups.is_listed(&approvers, &click.user_id).await? {
        Some(ClickRefused::MayNotDecide(MayNotDecide::NotAnApprover))
    } else if !lookups.is_active(&click.user_id).await? {
        Some(ClickRefused::NotAPerson)
    } else if request
        .review()
        .is_some_and(|review| review.by.as_ref().and_then(|by| by.person()) != Some(&click.user_id))
    {
        Some(ClickRefused::Reviewed)
    } else {
        None
    };
    if let Some(why) = refused {
        return refuse(context, click, &request, project, &why).await;
    }
    let note = click.reason.as_deref().map(str::trim).filter(|note| !note.is_empty());
    let note = note.map(|note| note.chars().take(REVIEW_NOTE_MAX_CHARS).collect());
    let at = click.counts_from(context.now());
    let event = Event::Review { by: click.user_id.clone(), at, approvers, note };
    match apply(context, request, &event).await? {
        Applied::Changed(_) => Ok(()),
        // Somebody else was first, between the look and the write; or it was this very click.
        Applied::Already(now) => {
            let by = now.review().and_then(|review| review.by.as_ref()?.person().cloned());
            if by.as_ref() == Some(&click.user_id) {
                return Ok(());
            }
            refuse(context, click, &now, project, &ClickRefused::Reviewed).await
        }
        Applied::Illegal(now, _) => {
            refuse(context, click, &now, project, &ClickRefused::NothingToReview).await
        }
    }
}
