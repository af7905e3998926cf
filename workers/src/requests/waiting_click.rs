//! A job that waits for an operator, and whoever clicked for it to be done.
//!
//! It goes on by itself once somebody has repaired what is broken, which may take days. Until then nothing that people
//! see would change, and whoever clicked would take the silence for success.

use domain::job::Click;
use domain::{Actor, RequestId, SlackUserId, Status};
use slack::SlackMessageContent;
use slack::messages::failed_click::{Button, email_lost};
use slack::messages::waiting_click::{
    click_waits, credential_waits, extension_waits, removal_waits, unread_click_waits,
};
use tracing::warn;

use crate::context::Context;
use crate::failure::Failure;
use crate::requests::failed_click::was_carried_out;
use crate::requests::waiter::Waiter;
use crate::slack_sync::direct::post_direct;

/// Tells whoever waits for a job that it waits for an operator, and why. Returns whether they were told, or nobody has to be.
pub(crate) async fn tell(context: &Context, waiter: Waiter<'_>, why: &str) -> bool {
    let told = match messages(context, waiter, why).await {
        Ok(messages) => post_all(context, messages).await,
        Err(failure) => Err(failure),
    };
    if let Err(failure) = &told {
        warn!(?failure, "whoever clicked could not be told that it waits for an operator");
    }
    told.is_ok()
}

type Message = (SlackUserId, SlackMessageContent);

async fn messages(context: &Context, waiter: Waiter<'_>, why: &str) -> Result<Vec<Message>, Failure> {
    let message = match waiter {
        Waiter::Clicked(button, click) => clicked(context, button, click, why).await?,
        Waiter::Credential(request_id) => credential(context, request_id, why).await?,
        Waiter::LaterEnd(request_id) => return later_end(context, request_id, why).await,
        Waiter::Removal(request_id) => removal(context, request_id, why).await?,
        Waiter::LostEmail(request_id) => email(context, request_id).await?,
        Waiter::Nobody => None,
    };
    Ok(message.into_iter().collect())
}

async fn post_all(context: &Context, messages: Vec<Message>) -> Result<(), Failure> {
    for (person, content) in messages {
        post_direct(context, &person, content).await?;
    }
    Ok(())
}

async fn clicked(
    context: &Context,
    button: Button,
    click: &Click,
    why: &str,
) -> Result<Option<Message>, Failure> {
    let content = match context.store.request(&click.request_id).await {
        // What follows from it waits as a job of its own.
        Ok(Some(request)) if was_carried_out(button, click, &request) => return Ok(None),
        Ok(Some(request)) => click_waits(button, &request, why),
        Ok(None) => return Ok(None),
        Err(error) => {
            warn!(%error, "the request of a click that waits cannot be read");
            unread_click_waits(button, &click.request_id, why)
        }
    };
    Ok(Some((click.user_id.clone(), content)))
}

/// Whoever approved reads on the approval message that the credential is being made.
async fn credential(
    context: &Context,
    request_id: &RequestId,
    why: &str,
) -> Result<Option<Message>, Failure> {
    let Some(request) = context.store.request(request_id).await? else { return Ok(None) };
    let waits = request.status == Status::Approved;
    let approver = request.decision.approver_slack_id.clone().filter(|_| waits);
    // The requester is told by the record.
    let approver = approver.filter(|approver| !approver.is_same(&request.ask.requester_slack_id));
    Ok(approver.map(|approver| (approver, credential_waits(&request, why))))
}

/// The approval message says only that the later end is being put in place, and the requester counts on it.
async fn later_end(context: &Context, request_id: &RequestId, why: &str) -> Result<Vec<Message>, Failure> {
    let Some(request) = context.store.request(request_id).await? else { return Ok(Vec::new()) };
    let waits = request.extensions.to_carry_out().filter(|_| request.status == Status::Active);
    let Some(extension) = waits else { return Ok(Vec::new()) };
    let requester = request.ask.requester_slack_id.clone();
    let decider = extension.decided_by.as_ref().and_then(Actor::person);
    let decider = decider.filter(|decider| !decider.is_same(&requester)).cloned();
    let told = decider.map(|decider| (decider, extension_waits(&request, extension, why, false)));
    Ok(told.into_iter().chain([(requester, extension_waits(&request, extension, why, true))]).collect())
}

async fn removal(context: &Context, request_id: &RequestId, why: &str) -> Result<Option<Message>, Failure> {
    let Some(request) = context.store.request(request_id).await? else { return Ok(None) };
    let ended_by = request.access.ended_by.as_ref().and_then(Actor::person).cloned();
    let ended_by = ended_by.filter(|_| request.status == Status::Revoked && request.access.gone_at.is_none());
    Ok(ended_by.map(|person| (person, removal_waits(&request, why))))
}

/// The grant could not be ended, so its requester is the one who can still do something.
async fn email(context: &Context, request_id: &RequestId) -> Result<Option<Message>, Failure> {
    let request = context.store.request(request_id).await?.filter(|request| request.status.is_live());
    Ok(request.map(|request| (request.ask.requester_slack_id.clone(), email_lost(&request))))
}
