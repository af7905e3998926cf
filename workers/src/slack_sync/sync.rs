//! Brings Slack up to date with what a request has become: the approvers' messages, and the requester's own.
//!
//! It looks at the request as it is now, not at what made somebody send the job, so jobs that come twice, late or
//! in another order do no harm. What was posted is recorded before anything else is done.

use domain::job::MessageRef;
use domain::lifecycle::Event;
use domain::request::{Audience, Posted};
use domain::{Job, Phase, Project, Request, RequestId, Status};
use slack::SlackMessageContent;
use slack::messages::cannot_decide::CannotDecide;
use slack::messages::{approval, requester};
use slack::text::shorten;
use tracing::warn;

use crate::consumer::Attempt;
use crate::context::Context;
use crate::failure::Failure;
use crate::requests::authorization::catalogue;
use crate::requests::steps;
use crate::slack_sync::approvers::{Asked, Question, announce, ask_approvers, is_asked, note_pace};
use crate::slack_sync::cannot_decide::cannot_decide;
use crate::slack_sync::failed::Failed;
use crate::slack_sync::home;
use crate::slack_sync::tracked::Done;
use crate::slack_sync::{extensions, warnings};
use crate::unit_of_work::change::{Applied, acknowledge, apply, load};
use crate::unit_of_work::claim::{Held, Task, claim};

/// The line of those who wait because Slack takes no more updates now, which it counts for all channels together.
const UPDATES: &str = "chat.update";
/// How often messages are rendered in one job, at most; the state may change while Slack answers.
const RENDER_ATTEMPTS_MAX: u32 = 4;
/// When asking takes longer than so many seconds, the requester is told that it does.
const SLOW_AFTER_SECONDS: i64 = 10;
/// Longest reason that is kept of why nobody could be asked, in characters.
const WHY_MAX_CHARS: usize = 300;

/// Handles the job `tell`.
pub(crate) async fn sync_slack(
    context: &Context,
    request_id: &RequestId,
    attempt: Attempt,
) -> Result<(), Failure> {
    let mut request = load(context, request_id).await?;
    if request.is_up_to_date() {
        let in_hand = Job::SyncSlack { request_id: request_id.clone() };
        return acknowledge(context, &mut request, &in_hand).await;
    }
    let held = claim(context, &mut request, Task::Telling, |_| Ok(())).await?;
    let outcome = sync_messages(context, &held, &mut request, attempt).await;
    home::refresh(context, &request).await;
    held.release(context, &mut request).await;
    outcome
}

/// Slack took no message for as long as a job is tried: a request that nobody was asked about is closed, so that its
/// requester may ask again.
pub(crate) async fn on_exhausted(
    context: &Context,
    request_id: &RequestId,
    error: &str,
) -> Result<(), Failure> {
    let mut request = load(context, request_id).await?;
    if request.status == Status::Pending && !is_asked(&request) {
        close(context, &mut request, error).await?;
    }
    Ok(())
}

async fn sync_messages(
    context: &Context,
    held: &Held,
    request: &mut Request,
    attempt: Attempt,
) -> Result<(), Failure> {
    let project = project(context, request).await?;
    let project = project.as_ref();
    let mut failed = Failed::default();
    let is_slow = attempt.number > 1
        && context.now().seconds_since(request.ask.created_at) >= SLOW_AFTER_SECONDS
        && request.status == Status::Pending;
    if is_slow && !is_asked(request) {
        let mut done = Done::default();
        failed.note(notify_requester(context, held, request, project, &mut done).await);
        failed.note(done.record(context, held, request).await);
    }
    match ask_approvers(context, held, request, project, Question::Access).await {
        Ok(Asked::Done) => {}
        Ok(Asked::Nobody { why }) => close(context, request, &why).await?,
        Err(failure) => failed.note(Err(failure)),
    }
    failed.note(announce(context, held, request, project).await);
    // An operator takes minutes at least; what may pass by itself is given some seconds first.
    let needs_operator = matches!(failed.0, Some(Failure::NeedsOperator { .. }));
    for _ in 0..RENDER_ATTEMPTS_MAX {
        let mut done = Done::default();
        for posted in out_of_date(request) {
            // One message that Slack cannot change now must not hold up the others.
            failed.note(replace(context, held, request, project, posted, &mut done).await);
        }
        if request.status != Status::Pending || is_asked(request) || needs_operator {
            failed.note(notify_requester(context, held, request, project, &mut done).await);
        }
        failed.note(done.record(context, held, request).await);
        // If another worker changed the request meanwhile, what was drawn may lie over something newer: it is drawn again.
        if failed.0.is_some() || out_of_date(request).is_empty() {
            break;
        }
    }
    extensions::sync(context, held, request, project, &mut failed).await;
    warnings::sync(context, held, request, &mut failed).await;
    failed.note(steps::answer(context, held, request, project).await);
    failed.into_result()
}

/// The catalogue's project, where a message says something of it.
async fn project(context: &Context, request: &Request) -> Result<Option<Project>, Failure> {
    match request.status.phase() {
        // Who can decide; and whom to turn to, where nobody could be asked.
        Phase::Undecided | Phase::Declined => catalogue(context, request).await,
        // Where they are told of what a rule granted.
        Phase::Live | Phase::Ended | Phase::Failed if request.is_to_be_announced() => {
            catalogue(context, request).await
        }
        Phase::Live if request.extensions.pending().is_some() => catalogue(context, request).await,
        Phase::Live | Phase::Ended | Phase::Failed => Ok(None),
    }
}

/// The messages that show something else than what the request is.
fn out_of_date(request: &Request) -> Vec<Posted> {
    let shown = request.shown();
    request.slack.messages.iter().filter(|posted| posted.shows != Some(shown)).cloned().collect()
}

/// Nobody can be asked: the request ends here.
async fn close(context: &Context, request: &mut Request, why: &str) -> Result<(), Failure> {
    warn!(request_id = %request.request_id, why, "nobody could be asked to decide; the request is closed");
    let event = Event::AskFailed { why: shorten(why, WHY_MAX_CHARS) };
    match apply(context, request.clone(), &event).await? {
        Applied::Changed(now) | Applied::Already(now) | Applied::Illegal(now, _) => *request = *now,
    }
    Ok(())
}

/// Replaces a message, so that it shows what the request is.
async fn replace(
    context: &Context,
    held: &Held,
    request: &Request,
    project: Option<&Project>,
    posted: Posted,
    done: &mut Done,
) -> Result<(), Failure> {
    let cannot = cannot_decide(context, request, project).await;
    if let Some(content) = render(request, project, (&posted.audience, &posted.message), &cannot) {
        held.may_post(context.now(), request)?;
        context.pace.wait_for_turn(UPDATES, &request.request_id, context.now())?;
        let updated = context.slack.update(&posted.message, content).await;
        note_pace(context, UPDATES, request, updated.as_ref().err());
        match updated {
            Ok(()) => {}
            Err(error) if !error.is_final() => return Err(error.into()),
            // The message was deleted, or the app removed from its channel: there is nothing left to replace.
            Err(error) => warn!(%error, "a message could not be replaced"),
        }
    }
    done.shown.push((posted.message, posted.audience, request.shown()));
    Ok(())
}

fn render(
    request: &Request,
    project: Option<&Project>,
    (audience, message): (&Audience, &MessageRef),
    cannot: &CannotDecide,
) -> Option<SlackMessageContent> {
    match audience {
        Audience::Channel | Audience::Approver(_) => Some(approval::approval(request, project, cannot)),
        Audience::Requester => {
            let place = request
                .slack
                .messages
                .iter()
                .filter(|posted| posted.audience == Audience::Requester)
                .position(|posted| posted.message == *message);
            let told = &request.slack.notified_statuses;
            let live = [Status::Ready, Status::Active].iter().filter(|status| told.contains(status)).count();
            let had_link = place == Some(0) && told.contains(&Status::Ready);
            if !request.status.is_final() {
                if had_link && request.status == Status::Active {
                    return Some(requester::was_claimed(request));
                }
                // It says until when the grant lasts, and whether that can be extended.
                return requester::render(request, project);
            }
            // The first ones are those about the live grant, if it was ever live; the one that says how it ended comes after.
            if place.is_some_and(|place| place < live) {
                Some(requester::grant_is_over(request))
            } else {
                requester::render(request, project)
            }
        }
    }
}

/// Tells the requester what the request has become, once for each status.
async fn notify_requester(
    context: &Context,
    held: &Held,
    request: &Request,
    project: Option<&Project>,
    done: &mut Done,
) -> Result<(), Failure> {
    let status = request.status;
    if request.slack.notified_statuses.contains(&status) {
        return Ok(());
    }
    let Some(content) = requester::render(request, project) else { return Ok(()) };
    held.may_post(context.now(), request)?;
    let shown = request.shown();
    let posted = match context.slack.post(request.ask.requester_slack_id.as_str(), content).await {
        Ok(message) => Some(message),
        Err(error) if !error.is_final() => return Err(error.into()),
        Err(error) => {
            warn!(%error, "the requester could not be told");
            None
        }
    };
    done.told = Some(status);
    if let Some(message) = posted.filter(|_| changes_later(status, shown.gone)) {
        done.shown.push((message, Audience::Requester, shown));
    }
    Ok(())
}

/// Whether a message to the requester has to be replaced later: its button has to go when the grant is over, and what
/// it says of the credential changes when everything was read back as gone.
fn changes_later(status: Status, is_gone: bool) -> bool {
    match status.phase() {
        Phase::Undecided | Phase::Declined => false,
        Phase::Live => status != Status::Approved,
        Phase::Ended | Phase::Failed => !is_gone,
    }
}
