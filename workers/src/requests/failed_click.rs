//! A job that goes to the dead-letter queue, and whoever waits for what it should have done.
//!
//! A click changes a message only when it was carried out. Whoever clicked would take its silence for success.

use domain::authorization::{extension_click_was_taken_in, was_taken_in};
use domain::cause::claim_was_refused;
use domain::job::Click;
use domain::{Actor, Request, RequestId, Status};
use slack::SlackMessageContent;
use slack::messages::failed_click::{Button, email_lost, no_such_request, not_carried_out, not_known};
use tracing::warn;

use crate::context::Context;
use crate::requests::waiter::Waiter;
use crate::slack_sync::direct::post_direct;

/// Tells whoever waits for a job that it was not done. Nothing that fails here keeps the job from being dead-lettered.
pub(crate) async fn tell(context: &Context, waiter: Waiter<'_>) {
    match waiter {
        Waiter::Clicked(button, click) => clicked(context, button, click).await,
        Waiter::LostEmail(request_id) => undelivered(context, request_id).await,
        // People hear of the credential and of a later end by what becomes of the request, and the sweep does what the timers did not.
        Waiter::Credential(_) | Waiter::LaterEnd(_) | Waiter::Removal(_) | Waiter::Nobody => {}
    }
}

async fn clicked(context: &Context, button: Button, click: &Click) {
    let content = match context.store.request(&click.request_id).await {
        Ok(Some(request)) if was_carried_out(button, click, &request) => return,
        Ok(Some(request)) => not_carried_out(button, &request),
        Ok(None) => no_such_request(button, &click.request_id),
        Err(error) => {
            warn!(%error, "whether the click was carried out cannot be read");
            not_known(button, &click.request_id)
        }
    };
    post(context, &click.user_id, content).await;
}

/// The click is in the record, and only what follows from it failed: that goes on from the outbox, and is told then.
pub(super) fn was_carried_out(button: Button, click: &Click, request: &Request) -> bool {
    match button {
        Button::Approve => was_taken_in(request, click),
        Button::Deny => request.was_denied_by(&click.user_id),
        Button::Review => {
            let by = request.review().and_then(|review| review.by.as_ref()?.person());
            by == Some(&click.user_id)
        }
        Button::Extend => {
            click.click_id.is_some()
                && request.extensions.list.iter().any(|asked| asked.click_id == click.click_id)
        }
        Button::ApproveExtension | Button::DenyExtension => {
            let mut numbers = request.extensions.list.iter().map(|extension| extension.number);
            numbers.any(|number| extension_click_was_taken_in(request, number, click))
        }
        Button::ConfirmClaim => {
            request.confirmed_machine().is_some_and(|machine| machine.by == click.user_id)
        }
        Button::RefuseClaim => claim_was_refused(request),
        Button::End => {
            request.status == Status::Revoked
                && request.access.ended_by.as_ref().and_then(Actor::person) == Some(&click.user_id)
        }
    }
}

/// Until the grant ends, nobody else would tell its requester that the email is lost.
async fn undelivered(context: &Context, request_id: &RequestId) {
    match context.store.request(request_id).await {
        Ok(Some(request)) if request.status.is_live() => {
            post(context, &request.ask.requester_slack_id, email_lost(&request)).await;
        }
        Ok(Some(_) | None) => {}
        Err(error) => warn!(%error, "whom the lost email was for cannot be read"),
    }
}

async fn post(context: &Context, person: &domain::SlackUserId, content: SlackMessageContent) {
    if let Err(failure) = post_direct(context, person, content).await {
        warn!(?failure, "somebody could not be told that nothing was done");
    }
}
