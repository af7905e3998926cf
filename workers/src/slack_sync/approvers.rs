//! Asks the approvers: in the project's channel, or by direct message to each where it has none or Slack refuses it. Of what a
//! rule granted they are told the same way.

use domain::request::{Audience, ExtensionOutcome};
use domain::{Project, Request, RuleName, SlackUserId, Status};
use service::{CallError, Remedy};
use slack::messages::{approval, extension};
use tracing::warn;

use crate::context::Context;
use crate::failure::Failure;
use crate::requests::contacts::{LOOKUPS_MAX, is_excluded};
use crate::requests::people::Lookups;
use crate::slack_sync::cannot_decide::cannot_decide;
use crate::slack_sync::direct::is_undeliverable;
use crate::slack_sync::tracked::{has_room, track, track_extension};
use crate::unit_of_work::change::edit;
use crate::unit_of_work::claim::Held;

/// Approvers who are asked by direct message, at most.
const DIRECT_MESSAGES_MAX: usize = 20;
/// Approvers who are told by direct message of what was granted by break-glass, at most.
const ANNOUNCEMENTS_MAX: usize = 40;

/// What they are asked to decide on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Question {
    /// The request itself.
    Access,
    /// An extension of the grant, by its number.
    Extension(u32),
}

impl Question {
    /// Whether it still waits for a decision.
    fn is_open(self, request: &Request) -> bool {
        match self {
            Self::Access => request.status == Status::Pending,
            Self::Extension(number) => {
                let extension = request.extensions.get(number);
                extension.is_some_and(|extension| extension.outcome == ExtensionOutcome::Open)
            }
        }
    }

    /// Whom the messages are for that ask it.
    fn audiences(self, request: &Request) -> Vec<&Audience> {
        match self {
            Self::Access => request.slack.messages.iter().map(|posted| &posted.audience).collect(),
            Self::Extension(number) => {
                request.slack.messages_about(number).map(|posted| &posted.audience).collect()
            }
        }
    }

    fn is_asked_of(self, request: &Request, audience: &Audience) -> bool {
        self.audiences(request).contains(&audience)
    }

    /// Whether a message that asks it stands before anybody.
    fn is_asked(self, request: &Request) -> bool {
        self.audiences(request).into_iter().any(|audience| *audience != Audience::Requester)
    }

    /// Those who are asked by direct message.
    fn asked_directly(self, request: &Request) -> Vec<SlackUserId> {
        let asked = self.audiences(request).into_iter().filter_map(|audience| match audience {
            Audience::Approver(approver) => Some(approver.clone()),
            Audience::Channel | Audience::Requester => None,
        });
        asked.collect()
    }
}

/// Whether anybody is asked to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    /// A message stands before somebody, or none is due.
    Done,
    /// Slack refuses every message to every approver, or there is nobody to ask.
    Nobody {
        /// Why, for operators.
        why: String,
    },
}

/// Whether a message that asks for a decision stands before anybody.
pub(crate) fn is_asked(request: &Request) -> bool {
    Question::Access.is_asked(request)
}

/// Asks whoever is not asked yet.
pub(crate) async fn ask_approvers(
    context: &Context,
    held: &Held,
    request: &mut Request,
    project: Option<&Project>,
    question: Question,
) -> Result<Asked, Failure> {
    if !question.is_open(request) {
        return Ok(Asked::Done);
    }
    let Some(project) = project else {
        let why = "the project is no longer in the catalogue, or cannot be read".to_owned();
        return Ok(if question.is_asked(request) { Asked::Done } else { Asked::Nobody { why } });
    };
    let mut refused = None;
    let in_channel = question.is_asked_of(request, &Audience::Channel);
    let directly = !in_channel && !question.asked_directly(request).is_empty();
    if let Some(channel) = project.channel.as_ref().filter(|_| !directly) {
        match ask(context, held, request, project, (question, channel.as_str(), &Audience::Channel)).await? {
            Ok(()) => {
                ask_besides(context, held, request, project, question).await?;
                return Ok(Asked::Done);
            }
            Err(why) => refused = Some(why),
        }
    }
    let approvers = (project.approvers(&request.ask.role), DIRECT_MESSAGES_MAX);
    let refused_directly = ask_directly(context, held, request, project, (question, approvers)).await?;
    ask_besides(context, held, request, project, question).await?;
    if question.is_asked(request) {
        return Ok(Asked::Done);
    }
    let why = refused_directly.or(refused);
    Ok(Asked::Nobody { why: why.unwrap_or_else(|| "no approver has an active Slack account".to_owned()) })
}

/// Tells those who would have decided what a rule granted instead. What Slack does not take for good is not tried again:
/// the grant stands, whoever knows of it.
pub(crate) async fn announce(
    context: &Context,
    held: &Held,
    request: &mut Request,
    project: Option<&Project>,
) -> Result<(), Failure> {
    let Some(rule) = request.granted_by_rule().filter(|_| request.is_to_be_announced()) else {
        return Ok(());
    };
    if let Some(project) = project {
        let in_channel = match &project.channel {
            Some(channel) => {
                let whom = (Question::Access, channel.as_str(), &Audience::Channel);
                ask(context, held, request, project, whom).await?.is_ok()
            }
            None => false,
        };
        let is_for_each = match rule {
            RuleName::AutoApprove => !in_channel,
            RuleName::BreakGlass => true,
        };
        let each = (Question::Access, (project.approvers(&request.ask.role), ANNOUNCEMENTS_MAX));
        if is_for_each && let Some(why) = ask_directly(context, held, request, project, each).await? {
            warn!(request_id = %request.request_id, why, "not every approver could be told of what a rule granted");
        }
    }
    edit(context, request, |request| {
        request.slack.is_announced = true;
        Ok(())
    })
    .await
}

/// Asks those who are to decide because nobody else has, by direct message.
async fn ask_besides(
    context: &Context,
    held: &Held,
    request: &mut Request,
    project: &Project,
    question: Question,
) -> Result<(), Failure> {
    if !request.is_escalated() || question != Question::Access {
        return Ok(());
    }
    let max = question.asked_directly(request).len() + DIRECT_MESSAGES_MAX;
    let besides = (question, (project.escalate_to.as_slice(), max));
    if let Some(why) = ask_directly(context, held, request, project, besides).await? {
        warn!(request_id = %request.request_id, why, "not everybody could be asked besides");
    }
    Ok(())
}

/// One approver whom Slack does not take a message to now holds up none of the others. The result is the last refusal.
async fn ask_directly(
    context: &Context,
    held: &Held,
    request: &mut Request,
    project: &Project,
    (question, (list, max)): (Question, (&[SlackUserId], usize)),
) -> Result<Option<String>, Failure> {
    let requester = request.ask.requester_slack_id.clone();
    let (mut refused, mut failed) = (None, None);
    let mut lookups = Lookups::new(context);
    let listed = lookups.individuals(list).await?;
    let others = listed.iter().filter(|id| project.allow_self_approval || !id.is_same(&requester));
    for approver in others.take(LOOKUPS_MAX) {
        let audience = Audience::Approver(approver.clone());
        let asked = question.asked_directly(request);
        if asked.len() >= max {
            break;
        }
        if question.is_asked_of(request, &audience) {
            continue;
        }
        let outcome = match is_to_be_asked(&mut lookups, project, approver, &requester, &asked).await {
            Ok(true) => ask(context, held, request, project, (question, approver.as_str(), &audience)).await,
            Ok(false) => continue,
            Err(failure) => Err(failure),
        };
        match outcome {
            Ok(Ok(())) => {}
            Ok(Err(why)) => refused = Some(why),
            // Slack named a time, or the claim is over: the others would fare no better.
            Err(failure @ (Failure::Retry { after_seconds: 1.., .. } | Failure::Later { .. })) => {
                return Err(failure);
            }
            Err(failure) => failed = failed.or(Some(failure)),
        }
    }
    failed.map_or(Ok(refused), Err)
}

/// Whether an approver has an active account of a person, may approve it, and was not asked under another id. Slack takes
/// messages to deactivated accounts without an error.
async fn is_to_be_asked(
    lookups: &mut Lookups<'_>,
    project: &Project,
    approver: &SlackUserId,
    requester: &SlackUserId,
    asked: &[SlackUserId],
) -> Result<bool, Failure> {
    Ok(lookups.is_active(approver).await?
        && !is_excluded(lookups, project, approver, requester).await?
        && !lookups.is_one_of(approver, asked).await?)
}

/// What Slack said of how much it takes there.
pub(super) fn note_pace(context: &Context, line: &str, request: &Request, error: Option<&CallError>) {
    match error.map(|error| error.remedy) {
        Some(Remedy::Transient { after_seconds: seconds @ 1.. }) => {
            context.pace.has_to_wait(line, &request.request_id, seconds, context.now());
        }
        Some(Remedy::Transient { after_seconds: 0 } | Remedy::NeedsOperator | Remedy::Permanent) | None => {
            context.pace.is_through(line, &request.request_id, context.now());
        }
    }
}

/// Posts the approval message once, unless it stands there. The inner error is Slack's refusal.
async fn ask(
    context: &Context,
    held: &Held,
    request: &mut Request,
    project: &Project,
    (question, to, audience): (Question, &str, &Audience),
) -> Result<Result<(), String>, Failure> {
    if question.is_asked_of(request, audience) || !has_room(request, audience) {
        return Ok(Ok(()));
    }
    let cannot = cannot_decide(context, request, Some(project)).await;
    let content = match question {
        Question::Access => approval::approval(request, Some(project), &cannot),
        Question::Extension(number) => match request.extensions.get(number) {
            Some(extension) => extension::extension(request, extension, Some(project), &cannot),
            None => return Ok(Ok(())),
        },
    };
    held.may_post(context.now(), request)?;
    context.pace.wait_for_turn(to, &request.request_id, context.now())?;
    let shown = request.shown();
    let posted = context.slack.post(to, content).await;
    note_pace(context, to, request, posted.as_ref().err());
    let message = match posted {
        Ok(message) => message,
        Err(error) if !error.is_final() && !is_undeliverable(&error) => return Err(error.into()),
        Err(error) => {
            warn!(to, %error, "the approval message could not be posted");
            return Ok(Err(error.to_string()));
        }
    };
    match question {
        Question::Access => track(context, request, &message, audience, Some(shown)).await?,
        Question::Extension(number) => track_extension(context, request, number, &message, audience).await?,
    }
    Ok(Ok(()))
}
