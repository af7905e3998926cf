//! What every click needs before it counts: who clicked, what the catalogue says today, and whether it is too late.

use aws::dynamodb::StoreError;
use domain::job::Click;
use domain::lifecycle::Event;
use domain::request::Audience;
use domain::{Project, Request, Status, UnixSeconds};
use slack::messages::refused_click::{ClickRefused, at_field, click_refused};
use tracing::{info, warn};

use crate::context::Context;
use crate::failure::Failure;
use crate::requests::form_about_again::{RefusedForm, show};
use crate::slack_sync::direct::post_direct;
use crate::slack_sync::tracked::{has_room, track};
use crate::unit_of_work::change::{Applied, apply};

/// The request's project as the catalogue has it today; nothing when it is gone or cannot be read.
pub(crate) async fn catalogue(context: &Context, request: &Request) -> Result<Option<Project>, Failure> {
    match context.store.project(&request.ask.project).await {
        Ok(project) => Ok(project),
        Err(error @ StoreError::Unreadable { .. }) => {
            warn!(%error, "the project cannot be read");
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

/// A request whose time to be decided was over at `at`, the moment from which a click counts, lapses.
pub(crate) async fn lapse_if_due(
    context: &Context,
    request: Request,
    at: UnixSeconds,
) -> Result<Request, Failure> {
    if request.status != Status::Pending || at < request.lapses_at(context.pending_ttl) {
        return Ok(request);
    }
    match apply(context, request, &Event::Lapse { pending_ttl: context.pending_ttl }).await? {
        Applied::Changed(request) | Applied::Already(request) | Applied::Illegal(request, _) => Ok(*request),
    }
}

/// Tells somebody why their click did nothing, or the form that they submitted, which is shown again.
pub(crate) async fn refuse(
    context: &Context,
    click: &Click,
    request: &Request,
    project: Option<&Project>,
    why: &ClickRefused,
) -> Result<(), Failure> {
    info!(person = %click.user_id, reason = ?why, "the click is refused");
    let said = click_refused(request, project, why);
    let form = RefusedForm { click, request, extension: None, project, at: at_field(why), said: &said };
    show(context, &form).await;
    post_direct(context, &click.user_id, said).await
}

/// Keeps track of the message that was clicked, in case its posting was not recorded, so that it is brought up to
/// date like the others.
pub(crate) async fn remember_message(
    context: &Context,
    request: &mut Request,
    click: &Click,
) -> Result<(), Failure> {
    let Some(message) = &click.message else { return Ok(()) };
    let slack = &request.slack;
    let is_known = slack.messages.iter().any(|posted| posted.message == *message)
        || slack.extension_messages.iter().any(|posted| posted.message == *message)
        || slack.warnings.iter().any(|warning| warning.message.as_ref() == Some(message));
    if is_known {
        return Ok(());
    }
    let audience = if request.ask.requester_slack_id.is_same(&click.user_id)
        && matches!(request.status, Status::Ready | Status::Active)
    {
        Audience::Requester
    } else {
        Audience::Channel
    };
    if has_room(request, &audience) {
        track(context, request, message, &audience, None).await
    } else {
        Ok(())
    }
}
