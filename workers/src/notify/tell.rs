//! Brings Slack up to date with what a request has become: the approvers' messages, and the requester's own.
//!
//! It looks at the request as it is now, not at what made somebody send the job, so jobs that come twice, late or
//! in another order do no harm. One thing is done at a time, and recorded before the next.

use domain::job::MessageRef;
use domain::request::{Audience, Posted};
use domain::{Project, Request, RequestId, Status};
use platform::CallError;
use platform::slack::SlackMessageContent;
use tracing::warn;

use crate::claim::{Task, claim};
use crate::context::Context;
use crate::failure::{Failure, REASON_UNREACHABLE};
use crate::record::{edit, load};
use crate::say::{approval, requester};
use crate::verdict::catalogue;

/// Redraws of one message in one job, at most; the state may change while Slack answers.
const REDRAWS_MAX: u32 = 4;

/// Handles the job `tell`.
pub(super) async fn tell(context: &Context, request_id: &RequestId) -> Result<(), Failure> {
    let mut request = load(context, request_id).await?;
    if request.is_up_to_date() {
        return Ok(());
    }
    let held = claim(context, &mut request, Task::Telling, |_| Ok(())).await?;
    let outcome = catch_up(context, &mut request).await;
    held.release(context, &mut request).await;
    outcome
}

async fn catch_up(context: &Context, request: &mut Request) -> Result<(), Failure> {
    let project = catalogue(context, request).await?;
    let project = project.as_ref();
    ask_approvers(context, request, project).await?;
    let standing: Vec<MessageRef> = request.messages.iter().map(|posted| posted.message.clone()).collect();
    let mut passing = None;
    for message in standing {
        // One message that Slack cannot change now must not hold up the others.
        if let Err(failure) = bring_up_to_date(context, request, project, &message).await {
            passing = Some(failure);
        }
    }
    tell_requester(context, request, project).await?;
    passing.map_or(Ok(()), Err)
}

/// Asks in the project's channel; by direct message to each approver where it has none or Slack refuses it.
async fn ask_approvers(
    context: &Context,
    request: &mut Request,
    project: Option<&Project>,
) -> Result<(), Failure> {
    let Some(project) = project else { return Ok(()) };
    if request.status != Status::Pending {
        return Ok(());
    }
    let mut refused = None;
    if let Some(channel) = &project.channel {
        match ask(context, request, project, channel.as_str(), &Audience::Channel).await? {
            Ok(()) => return Ok(()),
            Err(error) => refused = Some(error),
        }
    }
    let mut reached = 0;
    for approver in project.approvers() {
        let audience = Audience::Approver(approver.clone());
        match ask(context, request, project, approver.as_str(), &audience).await? {
            Ok(()) => reached += 1,
            Err(error) => refused = Some(error),
        }
    }
    match refused {
        Some(error) if reached == 0 => {
            let error = format!("no approver could be asked: {error}");
            Err(Failure::Reject { reason: REASON_UNREACHABLE, error })
        }
        _ => Ok(()),
    }
}

/// Posts the approval message once, unless it stands there. The inner error is Slack's refusal.
async fn ask(
    context: &Context,
    request: &mut Request,
    project: &Project,
    to: &str,
    audience: &Audience,
) -> Result<Result<(), CallError>, Failure> {
    if request.messages.iter().any(|posted| posted.audience == *audience) {
        return Ok(Ok(()));
    }
    let drawn = request.shown();
    let message = match context.slack.post(to, approval::approval(request, Some(project))).await {
        Ok(message) => message,
        Err(error) if error.is_passing() => return Err(error.into()),
        Err(error) => {
            warn!(to, %error, "the approval message could not be posted");
            return Ok(Err(error));
        }
    };
    record(context, request, &message, audience, Some(drawn)).await?;
    Ok(Ok(()))
}

/// Replaces a message until it shows what the request is.
async fn bring_up_to_date(
    context: &Context,
    request: &mut Request,
    project: Option<&Project>,
    message: &MessageRef,
) -> Result<(), Failure> {
    for _ in 0..REDRAWS_MAX {
        let Some(posted) = request.messages.iter().find(|posted| posted.message == *message) else {
            return Ok(());
        };
        let shown = request.shown();
        if posted.shows == Some(shown) {
            return Ok(());
        }
        let audience = posted.audience.clone();
        if let Some(content) = draw(request, project, &audience) {
            match context.slack.update(message, content).await {
                Ok(()) => {}
                Err(error) if error.is_passing() => return Err(error.into()),
                // The message was deleted, or the app removed from its channel: there is nothing left to replace.
                Err(error) => warn!(%error, "a message could not be replaced"),
            }
        }
        // If another worker changed the request meanwhile, this drawing may lie over a newer one: draw again.
        record(context, request, message, &audience, Some(shown)).await?;
    }
    Ok(())
}

fn draw(request: &Request, project: Option<&Project>, audience: &Audience) -> Option<SlackMessageContent> {
    match audience {
        Audience::Channel | Audience::Approver(_) => Some(approval::approval(request, project)),
        Audience::Requester if request.status.is_final() => Some(requester::grant_is_over(request)),
        Audience::Requester => None,
    }
}

/// Tells the requester what the request has become, once for each status.
async fn tell_requester(
    context: &Context,
    request: &mut Request,
    project: Option<&Project>,
) -> Result<(), Failure> {
    let status = request.status;
    if request.told.contains(&status) {
        return Ok(());
    }
    let Some(content) = requester::told(request, project) else { return Ok(()) };
    let drawn = request.shown();
    let posted = match context.slack.post(request.requester_slack_id.as_str(), content).await {
        Ok(message) => Some(message),
        Err(error) if error.is_passing() => return Err(error.into()),
        Err(error) => {
            warn!(%error, "the requester could not be told");
            None
        }
    };
    edit(context, request, |request| {
        if !request.told.contains(&status) {
            request.told.push(status);
        }
        Ok(())
    })
    .await?;
    match posted {
        // Its button has to go when the grant is over.
        Some(message) if status == Status::Active => {
            record(context, request, &message, &Audience::Requester, Some(drawn)).await?;
            bring_up_to_date(context, request, project, &message).await
        }
        _ => Ok(()),
    }
}

/// Records what a message shows.
async fn record(
    context: &Context,
    request: &mut Request,
    message: &MessageRef,
    audience: &Audience,
    shows: Option<domain::request::Shown>,
) -> Result<(), Failure> {
    edit(context, request, |request| {
        match request.messages.iter_mut().find(|posted| posted.message == *message) {
            Some(posted) => posted.shows = shows,
            None => {
                request.messages.push(Posted { message: message.clone(), audience: audience.clone(), shows });
            }
        }
        Ok(())
    })
    .await
}
