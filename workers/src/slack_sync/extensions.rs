//! Extensions in Slack: asks the approvers, updates what they read, and tells the requester what was decided.

use domain::lifecycle::{Event, ExtensionEvent};
use domain::request::{ExtensionMessage, ShownExtension, ToldExtension};
use domain::{Project, Request};
use slack::messages::extension::{extension, to_requester};
use slack::text::shorten;
use tracing::warn;

use crate::context::Context;
use crate::failure::Failure;
use crate::slack_sync::approvers::{Asked, Question, ask_approvers};
use crate::slack_sync::cannot_decide::cannot_decide;
use crate::slack_sync::failed::Failed;
use crate::unit_of_work::change::{Applied, apply, edit};
use crate::unit_of_work::claim::Held;

/// Longest reason that is kept of why nobody could be asked, in characters.
const WHY_MAX_CHARS: usize = 300;

/// Brings Slack up to date with every extension of a grant.
pub(super) async fn sync(
    context: &Context,
    held: &Held,
    request: &mut Request,
    project: Option<&Project>,
    failed: &mut Failed,
) {
    if request.slack.shows_extensions(&request.extensions) {
        return;
    }
    let numbers: Vec<u32> = request.extensions.list.iter().map(|extension| extension.number).collect();
    for number in numbers {
        match ask_approvers(context, held, request, project, Question::Extension(number)).await {
            Ok(Asked::Done) => {}
            Ok(Asked::Nobody { why }) => failed.note(close(context, request, number, &why).await),
            Err(failure) => failed.note(Err(failure)),
        }
        for posted in out_of_date(request, number) {
            failed.note(replace(context, held, request, project, &posted).await);
        }
        failed.note(tell(context, held, request, project, number).await);
    }
}

/// The messages that show something else than what the extension is.
fn out_of_date(request: &Request, number: u32) -> Vec<ExtensionMessage> {
    let shown = shown(request, number);
    request.slack.messages_about(number).filter(|posted| posted.shows != shown).cloned().collect()
}

fn shown(request: &Request, number: u32) -> Option<ShownExtension> {
    request.extensions.get(number).map(|one| request.extensions.shown(one))
}

/// Replaces a message, so that it shows what the extension is.
async fn replace(
    context: &Context,
    held: &Held,
    request: &mut Request,
    project: Option<&Project>,
    posted: &ExtensionMessage,
) -> Result<(), Failure> {
    let Some(asked) = request.extensions.get(posted.number) else { return Ok(()) };
    held.may_post(context.now(), request)?;
    let shows = shown(request, posted.number);
    let cannot = cannot_decide(context, request, project).await;
    match context.slack.update(&posted.message, extension(request, asked, project, &cannot)).await {
        Ok(()) => {}
        Err(error) if !error.is_final() => return Err(error.into()),
        // The message was deleted, or the app removed from its channel: there is nothing left to replace.
        Err(error) => warn!(%error, "a message about an extension could not be replaced"),
    }
    edit(context, request, |request| {
        let messages = &mut request.slack.extension_messages;
        if let Some(known) = messages.iter_mut().find(|known| known.message == posted.message) {
            known.shows = shows;
        }
        Ok(())
    })
    .await
}

/// Tells the requester what the extension has become, once for each.
async fn tell(
    context: &Context,
    held: &Held,
    request: &mut Request,
    project: Option<&Project>,
    number: u32,
) -> Result<(), Failure> {
    let Some(asked) = request.extensions.get(number) else { return Ok(()) };
    let shown = request.extensions.shown(asked);
    if !request.slack.is_untold(number, shown) {
        return Ok(());
    }
    if let Some(content) = to_requester(request, asked, project) {
        held.may_post(context.now(), request)?;
        match context.slack.post(request.ask.requester_slack_id.as_str(), content).await {
            Ok(_) => {}
            Err(error) if !error.is_final() => return Err(error.into()),
            Err(error) => warn!(%error, "the requester could not be told of an extension"),
        }
    }
    edit(context, request, |request| {
        if request.slack.is_untold(number, shown) {
            request.slack.told_extensions.push(ToldExtension { number, outcome: shown.outcome });
        }
        Ok(())
    })
    .await
}

/// Nobody can be asked: the extension ends here, and the grant goes on as it was.
async fn close(context: &Context, request: &mut Request, number: u32, why: &str) -> Result<(), Failure> {
    warn!(number, why, "nobody could be asked to decide on an extension; it is closed");
    let why = Some(format!("Nobody could be asked to decide: {}.", shorten(why, WHY_MAX_CHARS)));
    let event = Event::Extension(ExtensionEvent::Lapse { number, why });
    match apply(context, request.clone(), &event).await? {
        Applied::Changed(now) | Applied::Already(now) | Applied::Illegal(now, _) => *request = *now,
    }
    Ok(())
}
