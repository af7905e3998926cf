//! Warns the requester that a grant ends soon, once for each end, and takes the buttons of a warning away that is over.

use domain::Request;
use domain::job::MessageRef;
use domain::request::Warning;
use slack::messages::warning::{ends_soon, is_over};
use tracing::warn;

use crate::context::Context;
use crate::failure::Failure;
use crate::slack_sync::failed::Failed;
use crate::unit_of_work::change::edit;
use crate::unit_of_work::claim::Held;

/// Brings what a grant's requester was warned of up to date.
pub(super) async fn sync(context: &Context, held: &Held, request: &mut Request, failed: &mut Failed) {
    let warnings = request.slack.warnings.clone();
    for warning in &warnings {
        if request.warning_is_due(warning) {
            failed.note(post(context, held, request, warning).await);
        } else if request.warning_is_over(warning) {
            failed.note(close(context, held, request, warning).await);
        }
    }
}

async fn post(
    context: &Context,
    held: &Held,
    request: &mut Request,
    warning: &Warning,
) -> Result<(), Failure> {
    let now = context.now();
    let mut posted = None;
    // Once the time is over, the message that says so is on its way.
    if now < warning.ends_at {
        held.may_post(now, request)?;
        match context.slack.post(request.ask.requester_slack_id.as_str(), ends_soon(request)).await {
            Ok(message) => posted = Some(message),
            Err(error) if !error.is_final() => return Err(error.into()),
            Err(error) => warn!(%error, "the requester could not be warned"),
        }
    }
    change(context, request, warning, |known| {
        known.told_at.get_or_insert(now);
        if known.message.is_none() {
            known.message.clone_from(&posted);
        }
    })
    .await
}

async fn close(
    context: &Context,
    held: &Held,
    request: &mut Request,
    warning: &Warning,
) -> Result<(), Failure> {
    let Some(message): Option<&MessageRef> = warning.message.as_ref() else { return Ok(()) };
    held.may_post(context.now(), request)?;
    match context.slack.update(message, is_over(request, warning)).await {
        Ok(()) => {}
        Err(error) if !error.is_final() => return Err(error.into()),
        Err(error) => warn!(%error, "a warning could not be replaced"),
    }
    change(context, request, warning, |known| known.is_closed = true).await
}

async fn change(
    context: &Context,
    request: &mut Request,
    warning: &Warning,
    change: impl Fn(&mut Warning),
) -> Result<(), Failure> {
    edit(context, request, |request| {
        let mut known = request.slack.warnings.iter_mut();
        if let Some(known) = known.find(|known| known.ends_at == warning.ends_at) {
            change(known);
        }
        Ok(())
    })
    .await
}
