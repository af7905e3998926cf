//! Reminds people of what waits for them, and asks others where nobody decides.
//!
//! The sweep sends the job when a record says that one is due. What is due is looked at again here, and written before it is
//! sent: nobody is reminded twice, or of what was decided meanwhile.

use domain::authorization::who_may_deny;
use domain::lifecycle::Event;
use domain::reminders::{Due, due, may_be_due, next};
use domain::request::{Audience, Posted};
use domain::{Project, Request, RequestId};
use slack::messages::cannot_decide::CannotDecide;
use slack::messages::reminder;
use tracing::warn;

use crate::context::Context;
use crate::failure::Failure;
use crate::requests::authorization::catalogue;
use crate::requests::people::Lookups;
use crate::slack_sync::cannot_decide::of_list;
use crate::unit_of_work::change::{Applied, apply_also, edit, load};

/// People who are looked up for a reminder, at most; it names fewer.
const MENTIONED_MAX: usize = 25;

/// Handles the job `remind`.
pub(crate) async fn remind(context: &Context, request_id: &RequestId) -> Result<(), Failure> {
    let mut request = load(context, request_id).await?;
    let now = context.now();
    if !may_be_due(&request, now) {
        return Ok(());
    }
    let project = catalogue(context, &request).await?;
    let project = project.as_ref();
    if let (Some(Due::Escalation), Some(project)) = (due(&request, project, now), project) {
        let event = Event::Escalate { to: project.escalate_to.clone() };
        let also = |request: &mut Request| request.slack.remind_at = next(request, Some(project));
        match apply_also(context, request, &event, also).await? {
            Applied::Changed(escalated) | Applied::Already(escalated) => request = *escalated,
            // It was decided meanwhile.
            Applied::Illegal(..) => return Ok(()),
        }
    }
    let mut what = None;
    edit(context, &mut request, |request| {
        what = due(request, project, now);
        match what {
            Some(Due::Reminder | Due::Review) => request.note_reminder(project, now),
            Some(Due::Escalation) | None => request.slack.remind_at = next(request, project),
        }
        Ok(())
    })
    .await?;
    match what {
        Some(Due::Reminder | Due::Review) => send(context, &mut request, project).await,
        Some(Due::Escalation) | None => Ok(()),
    }
}

/// In the thread of each message that waits for somebody. What Slack refuses now is sent by the next sweep, unless some of it
/// arrived, or may have: it is not worth a second reminder.
async fn send(context: &Context, request: &mut Request, project: Option<&Project>) -> Result<(), Failure> {
    let cannot = Box::pin(look_listed_up(context, request, project)).await;
    let (mut is_sent, mut is_refused) = (false, false);
    for posted in waiting(request) {
        let content = reminder::reminder(request, project, &posted.audience, &cannot);
        match context.slack.reply(&posted.message, content).await {
            Ok(()) => is_sent = true,
            Err(error) => {
                warn!(request_id = %request.request_id, %error, "people could not be reminded");
                is_sent |= error.code.is_none();
                is_refused |= !error.is_final();
            }
        }
    }
    if is_sent || !is_refused {
        return Ok(());
    }
    let (noted, now) = (request.slack.reminded_at, context.now());
    edit(context, request, |request| {
        if request.slack.reminded_at == noted && request.is_to_be_reminded_of() {
            request.slack.remind_at = Some(now);
            request.slack.reminders = request.slack.reminders.saturating_sub(1);
            request.slack.reminded_at = None;
        }
        Ok(())
    })
    .await
}

/// Who is not to be mentioned. A reminder notifies people, so each is looked up for it, and it is sent whatever Slack says.
async fn look_listed_up(context: &Context, request: &Request, project: Option<&Project>) -> CannotDecide {
    let listed = who_may_deny(request, project);
    let mut lookups = Lookups::new(context);
    for id in listed.iter().filter(|id| !id.is_user_group()).take(MENTIONED_MAX) {
        if let Err(failure) = lookups.look_up(id).await {
            warn!(?failure, "whether everybody who is reminded is still there is not known");
            break;
        }
    }
    of_list(context, &listed).await
}

/// The messages before those who have not decided.
fn waiting(request: &Request) -> Vec<Posted> {
    let waits = |posted: &&Posted| match &posted.audience {
        Audience::Channel => true,
        Audience::Approver(approver) => !approver.is_in(&request.decision.approvals),
        Audience::Requester => false,
    };
    request.slack.messages.iter().filter(waits).cloned().collect()
}
